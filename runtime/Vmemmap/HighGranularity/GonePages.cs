using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// What an operation took out of page tables, until it is flushed (struct mmu_gather): mappings and references that are dropped, and tables
/// that are freed, when no CPU can use them any more.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class GonePages<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly Dictionary<HugePage<TArch, TLayout>, (int Mappings, int References)> _pages = [];
    private readonly List<ulong> _tables = [];

    /// <summary>Notes that mappings of a whole huge page are gone, each with its reference.</summary>
    public void Mappings(HugePage<TArch, TLayout> page, int count)
    {
        (int mappings, int references) = _pages.GetValueOrDefault(page);
        _pages[page] = (mappings + count, references + count);
    }

    /// <summary>Notes that references to a huge page are gone.</summary>
    public void References(HugePage<TArch, TLayout> page, int count)
    {
        (int mappings, int references) = _pages.GetValueOrDefault(page);
        _pages[page] = (mappings, references + count);
    }

    /// <summary>Notes that nothing leads to a table any more.</summary>
    public void Table(ulong frame) => _tables.Add(frame);

    /// <summary>Drops and frees all of it. No CPU holds a translation to it, and the caller no lock under which nobody may sleep.</summary>
    public void Drop(Cpu<TArch> cpu, AddressSpace<TArch> space)
    {
        foreach (ulong table in _tables)
        {
            space.Tables.Free(cpu, table);
        }

        foreach ((HugePage<TArch, TLayout> page, (int mappings, int references)) in _pages)
        {
            if (mappings > 0)
            {
                _ = new MapCounts<TArch>(cpu, page.HeadPfn).TryAddEntire(-mappings);
            }

            for (int i = 0; i < references; i++)
            {
                page.Pool!.Free(page, cpu);
            }
        }

        _tables.Clear();
        _pages.Clear();
    }
}

using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// A huge page of a file that is being moved to other memory. Finish or abort it: until then faults on the page wait, and the new page is nobody's.
/// Any thread, each with a CPU of its own.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
public sealed class HugePageMigration<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly HugetlbFile<TArch, TLayout> _file;
    private bool _isOver;

    internal HugePageMigration(HugetlbFile<TArch, TLayout> file, long index, HugePage<TArch, TLayout> from, HugePage<TArch, TLayout> to)
    {
        _file = file;
        Index = index;
        From = from;
        To = to;
    }

    /// <summary>Which huge page of the file.</summary>
    public long Index { get; }

    /// <summary>The page that it has been.</summary>
    public HugePage<TArch, TLayout> From { get; }

    /// <summary>The page that it will be.</summary>
    public HugePage<TArch, TLayout> To { get; }

    /// <summary>Whether it is under way.</summary>
    public bool IsUnderWay => !Volatile.Read(ref _isOver);

    /// <summary>
    /// Copies the page, puts the new one into the file and into the mappings that had the old one, and frees that (folio_migrate_mapping,
    /// remove_migration_ptes).
    /// </summary>
    /// <param name="cpu">The CPU that does it; it counts the bytes that are copied.</param>
    /// <returns>
    /// After an error the old page is mapped again, as after <see cref="Abort"/>. <see cref="MappingError.Busy"/>: somebody took a reference to it
    /// meanwhile. <see cref="MappingError.HwPoison"/>: one of the two has a memory error now; nothing is mapped until the next fault.
    /// <see cref="MappingError.Fault"/>: the file lost the page.
    /// </returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="InvalidOperationException">It is over already.</exception>
    public MappingResult Finish(Cpu<TArch> cpu)
    {
        _file.Machine.RequireOwn(cpu);
        return _file.End(cpu, this, finish: true);
    }

    /// <summary>Maps the old page again where it was, and gives the new one back.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="InvalidOperationException">It is over already.</exception>
    public void Abort(Cpu<TArch> cpu)
    {
        _file.Machine.RequireOwn(cpu);
        _ = _file.End(cpu, this, finish: false);
    }

    /// <summary>Notes that it is over; the page's fault mutex is held.</summary>
    /// <exception cref="InvalidOperationException">It was already.</exception>
    internal void SetOver()
    {
        if (_isOver)
        {
            throw new InvalidOperationException($"The migration of page {Index} of the file is over already.");
        }

        Volatile.Write(ref _isOver, true);
    }
}

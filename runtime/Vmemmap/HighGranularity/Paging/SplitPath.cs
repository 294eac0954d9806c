using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// The entries and tables that take the place of a leaf which is split: down to a size along the path to an address, as large as fits beside it
/// (hugetlb_find_shift of the series). Nothing of it is live yet.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="tables">The process's page tables.</param>
/// <param name="address">The address whose piece gets the size.</param>
/// <param name="shift">log2 of that size.</param>
/// <param name="offset">What is added to a virtual address to get the physical one.</param>
/// <param name="bits">What the leaf said, and its pieces will.</param>
internal sealed class SplitPath<TArch>(UserPageTables<TArch> tables, ulong address, int shift, ulong offset, LeafBits bits)
    where TArch : struct, IArchitecture
{
    private readonly List<ulong> _frames = [];

    /// <summary>Leaves that were made, a contiguous group counting once.</summary>
    public int Leaves { get; private set; }

    /// <summary>Makes the entries of a range on a level, and the tables below them.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="level">The level, 0 = root.</param>
    /// <param name="start">First virtual address.</param>
    /// <param name="end">First virtual address behind it.</param>
    /// <param name="entries">The entries.</param>
    /// <returns>False if a frame was not to be had: those that were are freed.</returns>
    public bool TryBuild(Cpu<TArch> cpu, int level, ulong start, ulong end, Span<ulong> entries)
    {
        ulong reach = 1UL << TArch.LevelShift(level);
        for (ulong current = start; current < end;)
        {
            MappingSize size = SizeAt(current, end);
            int index = (int)((current - start) / reach);
            if (size.TableLevel != level)
            {
                if (!TryBuildTable(cpu, level + 1, current, current + reach, out ulong frame))
                {
                    return false;
                }

                entries[index] = TArch.MakeUserTable(frame << TArch.PageShift);
                current += reach;
                continue;
            }

            for (int i = 0; i < size.Entries; i++)
            {
                entries[index + i] = bits.Leaf<TArch>(level, current + offset + ((ulong)i * reach), size.Entries > 1);
            }

            Leaves++;
            current += size.Bytes;
        }

        return true;
    }

    /// <summary>Frees the tables that were made; nothing leads to them.</summary>
    public void GiveBack(Cpu<TArch> cpu)
    {
        foreach (ulong frame in _frames)
        {
            tables.Free(cpu, frame);
        }

        _frames.Clear();
    }

    private bool TryBuildTable(Cpu<TArch> cpu, int level, ulong start, ulong end, out ulong frame)
    {
        ulong[] entries = new ulong[1 << TArch.LevelIndexBits(level)];
        if (!tables.TryTake(cpu, out frame))
        {
            GiveBack(cpu);
            return false;
        }

        _frames.Add(frame);
        if (!TryBuild(cpu, level, start, end, entries))
        {
            return false;
        }

        for (int i = 0; i < entries.Length; i++)
        {
            cpu.Machine.Memory.WriteWord((frame << TArch.PageShift) + ((ulong)i * sizeof(ulong)), entries[i]);
        }

        cpu.Counters.PteWrites += entries.Length;
        return true;
    }

    private MappingSize SizeAt(ulong current, ulong end)
    {
        MappingSize largest = MappingSizes<TArch>.Largest(current, end, most: int.MaxValue);
        return current <= address && address - current < largest.Bytes && largest.Shift > shift ? SmallerAt(current, largest) : largest;
    }

    // The largest at this place that does not reach the address, or has the size.
    private MappingSize SmallerAt(ulong current, MappingSize largest)
    {
        foreach (MappingSize size in MappingSizes<TArch>.All)
        {
            if (size.Shift < largest.Shift && (size.Shift <= shift || address - current >= size.Bytes))
            {
                return size;
            }
        }

        throw new InconsistentMachineException($"A piece at 0x{current:x} cannot be made as small as 2^{shift} bytes.");
    }
}

using System.Numerics;
using System.Runtime.Intrinsics;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>
/// Maps struct pages of which each has a place of its own: whole sections by blocks where the architecture does so, parts of a section and
/// the rest page by page (vmemmap_populate: 6.12 arch/x86/mm/init_64.c:1559-1576, mm/sparse-vmemmap.c, vmemmap_populate_hugepages).
/// </summary>
/// <remarks>
/// Where a section's struct pages fill no whole blocks, the first section maps the block that the next begins in. A kernel lets the device
/// share a block with what is beside it, too; here it ends with pages there, so that a block is never of two owners.
/// </remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="machine">The machine.</param>
/// <param name="tables">Its tables.</param>
/// <param name="node">The node that frames come from.</param>
/// <param name="altmap">Frames of the device that are used instead; null: none.</param>
/// <param name="wholeFirst">First page of vmemmap of the device's whole sections.</param>
/// <param name="wholeEnd">First page behind them.</param>
internal sealed class PlainPopulation<TArch>(
    Machine<TArch> machine, DevmapTables<TArch> tables, int node, Altmap? altmap, long wholeFirst, long wholeEnd)
    where TArch : struct, IArchitecture
{
    private static readonly Vector512<ulong> Poison = Vector512<ulong>.AllBitsSet;

    // Unlike RAM's, a device's sections may share blocks with each other: they need not fill whole ones.
    private readonly bool _usesBlocks = machine.Options.VmemmapMapping switch
    {
        VmemmapMapping.BasePages => false,
        VmemmapMapping.Blocks => true,
        _ => TArch.MapsVmemmapByBlocks,
    };

    /// <summary>Maps a piece of a device's vmemmap.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="page">Its first page.</param>
    /// <param name="end">First page behind it.</param>
    /// <returns>False if a frame or a table is missing; what is mapped stays mapped.</returns>
    public bool TryMap(Cpu<TArch> cpu, long page, long end)
    {
        while (page < end)
        {
            long next = machine.PageTables.EndOfTable(page);
            long first = next - DevmapTables<TArch>.TablePages;
            EntryPlace place = machine.PageTables.Find(page);
            bool block = _usesBlocks && first >= wholeFirst && next <= wholeEnd && place.Level < KernelPageTables<TArch>.LastLevel;
            if (block && place.Kind == EntryKind.Leaf)
            {
                // The section before mapped it.
                page = Math.Min(next, end);
                continue;
            }

            if (block && page == first && TryTake(cpu, BitOperations.Log2((ulong)DevmapTables<TArch>.TablePages), out ulong frames))
            {
                if (!TryMapFrames(cpu, page, frames, next - page, KernelPageTables<TArch>.BlockLevel))
                {
                    return false;
                }

                next = Math.Min(next, end);
            }
            else
            {
                next = page + 1;
                if (!TryTake(cpu, 0, out ulong frame) || !TryMapFrames(cpu, page, frame, 1, KernelPageTables<TArch>.LastLevel))
                {
                    return false;
                }
            }

            page = next;
        }

        return true;
    }

    private bool TryTake(Cpu<TArch> cpu, int order, out ulong frame) => altmap is not null
        ? altmap.TryTake(1UL << order, out frame)
        : machine.PageAllocator.TryAllocate(cpu, node, order, AllocationPurpose.VmemmapRestore, thisNode: false, out frame);

    private bool TryMapFrames(Cpu<TArch> cpu, long page, ulong frame, long count, int level)
    {
        if (!tables.TryEntryOf(cpu, page, level, out ulong entryAddress))
        {
            GiveBack(cpu, frame, count);
            return false;
        }

        for (long i = 0; i < count; i++)
        {
            machine.Memory.FillFrame(frame + (ulong)i, in Poison);
        }

        cpu.Counters.FramesTaken += altmap is null ? count : 0;
        if (level == KernelPageTables<TArch>.BlockLevel)
        {
            machine.PageTables.WriteBlock(cpu, entryAddress, page, frame);
        }
        else
        {
            machine.PageTables.WritePage(cpu, entryAddress, page, KernelPageTables<TArch>.MakePage(frame, writable: true));
        }

        return true;
    }

    private void GiveBack(Cpu<TArch> cpu, ulong frame, long count)
    {
        if (altmap is not null)
        {
            altmap.Free((ulong)count);
            return;
        }

        for (long i = 0; i < count; i++)
        {
            machine.PageAllocator.FreeFrame(cpu, frame + (ulong)i, FrameUse.Vmemmap);
        }
    }
}

using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Counts the frames that the page tables over vmemmap lead to, so that the books need not be believed.</summary>
internal static class VmemmapFrames
{
    /// <summary>Compares the tables with the books.</summary>
    /// <exception cref="InconsistentMachineException">They disagree.</exception>
    public static void Check<TArch>(Machine<TArch> machine)
        where TArch : struct, IArchitecture
    {
        var frames = new Frames<TArch>(new ulong[(machine.Books.Total >> 6) + 1]);
        SparseMemoryView view = machine.Memory.View;
        PageTableWalk.Walk(
            default(ArchitectureFormat<TArch>),
            in view,
            machine.PageTables.Root,
            machine.Vmemmap.Start,
            machine.Vmemmap.AddressOfPage(machine.Vmemmap.Pages) - 1,
            ref frames);
        long booked = machine.Books[FrameUse.Vmemmap] + machine.Books[FrameUse.SharedTail];
        if (frames.Count != booked)
        {
            throw new InconsistentMachineException($"The page tables lead to {frames.Count} frames of struct pages; the books say {booked}.");
        }
    }

    private struct Frames<TArch>(ulong[] seen) : IPageTableVisitor
        where TArch : struct, IArchitecture
    {
        public long Count { get; private set; }

        public bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
        {
            foreach (ulong entry in entries)
            {
                if (TArch.Classify(TArch.LevelCount - 1, entry) == EntryKind.Leaf)
                {
                    Add(KernelPageTables<TArch>.FrameOf(entry));
                }
            }

            return true;
        }

        public bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
        {
            foreach (ulong entry in entries)
            {
                ulong first = TArch.PhysicalAddress(level, entry, 0) >> TArch.PageShift;
                for (ulong i = 0; i < 1UL << (TArch.LevelShift(level) - TArch.PageShift); i++)
                {
                    Add(first + i);
                }
            }

            return true;
        }

        public readonly bool VisitHole(int level, ulong address, ulong length) => true;

        public readonly bool VisitFault(in WalkFault fault) => throw new InconsistentMachineException(
            $"The page tables over vmemmap are damaged at 0x{fault.Address:x}: {fault.Reason} on level {fault.Level}.");

        private void Add(ulong frame)
        {
            ref ulong word = ref seen[frame >> 6];
            ulong bit = 1UL << (int)frame;
            Count += (word & bit) == 0 ? 1 : 0;
            word |= bit;
        }
    }
}

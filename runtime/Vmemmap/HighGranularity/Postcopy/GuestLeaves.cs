using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>Counts the leaves that map a guest by a walk of its tables, and checks that each leads to the guest's own page.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal struct GuestLeaves<TArch, TLayout> : IPageTableVisitor
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly PostcopyDestination<TArch, TLayout> _destination;
    private readonly ulong _start;
    private readonly ulong _bytes;
    private readonly SortedDictionary<int, long> _byShift;

    private GuestLeaves(PostcopyDestination<TArch, TLayout> destination)
    {
        _destination = destination;
        _start = AddressSpace<TArch>.AsWalked(destination.Mapping.Start);
        _bytes = destination.Mapping.End - destination.Mapping.Start;
        _byShift = [];
    }

    public static IReadOnlyList<LeafCount> Count(PostcopyDestination<TArch, TLayout> destination)
    {
        var leaves = new GuestLeaves<TArch, TLayout>(destination);
        SparseMemoryView view = destination.Machine.Memory.View;
        ulong last = leaves._start + leaves._bytes - 1;
        PageTableWalk.Walk(default(ArchitectureFormat<TArch>), in view, destination.Space.Root, leaves._start, last, ref leaves);
        return [.. leaves._byShift.Select(pair => new LeafCount(1L << pair.Key, pair.Value))];
    }

    public readonly bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable) =>
        Visit(TArch.LevelCount - 1, address, entries);

    public readonly bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable) =>
        Visit(level, address, entries);

    public readonly bool VisitHole(int level, ulong address, ulong length) => true;

    public readonly bool VisitFault(in WalkFault fault) => throw new InconsistentMachineException(
        $"The page tables of the guest are damaged at 0x{fault.Address:x}: {fault.Reason} on level {fault.Level}.");

    private readonly bool Visit(int level, ulong address, ReadOnlySpan<ulong> entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            ulong current = address + ((ulong)i << TArch.LevelShift(level));
            ulong offset = current - _start;
            if (offset >= _bytes || TArch.Classify(level, entries[i]) != EntryKind.Leaf)
            {
                continue;
            }

            ulong physicalAddress = TArch.PhysicalAddress(level, entries[i], current);
            if (physicalAddress != _destination.PhysicalAddress(offset))
            {
                throw new InconsistentMachineException(
                    $"Byte 0x{offset:x} of the guest is mapped to 0x{physicalAddress:x}, which is not its page.");
            }

            int shift = TArch.LeafSizeShift(level, entries[i]);
            if ((offset & ((1UL << shift) - 1)) == 0)
            {
                _byShift[shift] = _byShift.GetValueOrDefault(shift) + 1;
            }
        }

        return true;
    }
}

using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>MADV_SPLIT, and splitting a leaf along a path.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>
    /// Lets huge pages of this mapping be mapped in pieces (MADV_SPLIT of v1 and v2, value 26, 74 on parisc; the userfaultfd feature
    /// MINOR_HUGETLBFS_HGM of RFC v1): nothing is split yet, and page-table pages that it shares with other mappings are given up. It cannot be undone.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns><see cref="MappingError.Invalid"/> for a private mapping, or one that has ended.</returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public MappingResult AdviseSplit(Cpu<TArch> cpu)
    {
        Space.Machine.RequireOwn(cpu);
        cpu.Counters.SystemCalls++;
        if (!IsShared)
        {
            return Refused("The mapping is private: only what is shared is mapped in pieces.");
        }

        using KernelSemaphore.Scope mappings = Space.MmapLock.HoldToWrite(cpu);
        using KernelSemaphore.Scope walks = File.MappingsLock.HoldToWrite(cpu);
        if (_hasEnded)
        {
            return Outside(Start, End - Start);
        }

        Unshare(cpu, Start, End);
        Volatile.Write(ref _isHighGranularity, true);
        return MappingResult.Done(End - Start);
    }

    /// <summary>
    /// Brings the position of an address to a size (huge_pte_alloc_high_granularity and hugetlb_split_to_shift of RFC v1): adds tables where nothing is,
    /// and splits a leaf along the path to the address, its neighbours staying as large as fits.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="address">Virtual address.</param>
    /// <param name="size">Bytes of the position.</param>
    /// <param name="mode">What may be split.</param>
    /// <param name="place">The position: of that size, or where it stopped for want of the mode.</param>
    /// <returns>
    /// <see cref="MappingError.Invalid"/> where pieces cannot be mapped; <see cref="MappingError.NoMemory"/> without frames for tables: a leaf is then as it
    /// was; <see cref="MappingError.Exists"/> and <see cref="MappingError.Fault"/> as <see cref="WalkTo"/> says.
    /// </returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The address is not the mapping's, or there is no such size.</exception>
    public MappingResult SplitTo(Cpu<TArch> cpu, ulong address, ulong size, SplitMode mode, out HugetlbPte place)
    {
        Space.Machine.RequireOwn(cpu);
        place = default;
        int shift = ShiftOf(size);
        using KernelSemaphore.Scope mappings = Space.MmapLock.HoldToRead(cpu);
        if (_hasEnded)
        {
            return Outside(address, size);
        }

        if (!IsHighGranularity && size < Hstate.Size && mode != SplitMode.Never)
        {
            return Refused(WhyNoPieces(address));
        }

        using KernelSemaphore.Scope walks = (mode & SplitMode.Present) != 0 ? File.MappingsLock.HoldToWrite(cpu) : File.MappingsLock.HoldToRead(cpu);
        MappingError error = WalkTo(cpu, address, size, (mode & SplitMode.None) == 0, out place);
        if (error == MappingError.None
            && place.Shift > shift
            && (mode & SplitMode.Present) != 0
            && Tables.StateOf(place) == HugetlbPteState.PresentLeaf)
        {
            MappingResult split = SplitLeaf(cpu, place, address, shift);
            _ = Walk(cpu, address, shift, stopAtNone: true, out place);
            return split;
        }

        return error switch
        {
            MappingError.None => MappingResult.Done(place.Size),
            MappingError.Exists => new MappingResult(error, 0, $"An entry that is not present is in the way at 0x{address:x}."),
            MappingError.Invalid => Refused(WhyNoPieces(address)),
            MappingError.Fault => new MappingResult(error, 0, $"The file has no page {IndexOf(address)} to map at 0x{address:x}."),
            MappingError.Busy => new MappingResult(error, 0, $"The page at 0x{address:x} is being migrated: try again when it has moved."),
            _ => new MappingResult(error, 0, $"No frame for a page table to map 0x{address:x}."),
        };
    }

    /// <summary>Splits a leaf so that the piece of an address has a size, and the others are as large as fits; i_mmap_rwsem is held to write.</summary>
    private MappingResult SplitLeaf(Cpu<TArch> cpu, HugetlbPte place, ulong address, int shift)
    {
        File.MappingsLock.RequireHeld(toWrite: true);
        HugePage<TArch, TLayout> page = PageOf(address)
            ?? throw new InconsistentMachineException($"Address 0x{address:x} is mapped, and its page is not in the file.");
        if (WhyNoPieces(page) is { Length: > 0 } reason)
        {
            return new MappingResult(MappingError.Invalid, 0, reason);
        }

        ulong start = address & ~place.OffsetMask;
        LeafBits bits = Tables.BitsOf(place);
        var path = new SplitPath<TArch>(Space.Tables, address, shift, PhysicalAddress(page, start) - start, bits);
        Span<ulong> entries = stackalloc ulong[UserPageTables<TArch>.Entries(place)];
        if (!path.TryBuild(cpu, UserPageTables<TArch>.TableLevel(place), start, start + place.Size, entries))
        {
            return new MappingResult(MappingError.NoMemory, 0, $"No frames for the page tables of a split at 0x{address:x}: the leaf is as it was.");
        }

        if (CountsPieces && !TryCountPieces(cpu, place, page, path.Leaves))
        {
            path.GiveBack(cpu);
            return new MappingResult(
                MappingError.NoMemory, 0, $"No room in the counts of references and mappings to map 0x{address:x} in pieces: the leaf is as it was.");
        }

        using (Tables.LockOf(place.EntryAddress).Hold(cpu))
        {
            if (TArch.RequiresBreakBeforeMake)
            {
                Tables.WriteNonPresent(cpu, place, start, 0);
                Space.Flush(cpu, start, start + place.Size);
                Tables.Write(cpu, place, start, entries);
            }
            else
            {
                Tables.Write(cpu, place, start, entries);
                Space.Flush(cpu, start, start + place.Size);
            }
        }

        return MappingResult.Done(1UL << shift);
    }

    // A leaf of the whole becomes pieces, which cover each base page once. Those of a piece cover what it covered.
    private bool TryCountPieces(Cpu<TArch> cpu, HugetlbPte place, HugePage<TArch, TLayout> page, int leaves)
    {
        var head = new FolioHead<TArch>(cpu, page.HeadPfn);
        if (!head.TryAddReferences(leaves - 1))
        {
            return false;
        }

        var counts = new MapCounts<TArch>(cpu, page.HeadPfn);
        if (place.Shift == HugeShift && !counts.TryAddPiece(0, page.Count, 1))
        {
            head.AddReferences(1 - leaves);
            return false;
        }

        return place.Shift != HugeShift || counts.TryAddEntire(-1);
    }
}

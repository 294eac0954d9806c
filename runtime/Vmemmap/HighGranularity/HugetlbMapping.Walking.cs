using System.Numerics;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Walks: from the root to a position, and the positions on the way.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>
    /// Walks towards a position of a size (hugetlb_walk_to of RFC v1; hugetlb_full_walk and hugetlb_full_walk_alloc of v1 and v2): from the
    /// top down, through every huge page size up to the file's own, contiguous groups included. It stops at the size; at a leaf that is present;
    /// where nothing is, if it is told to; and otherwise goes on, and adds the tables that are missing.
    /// </summary>
    /// <param name="cpu">The CPU that walks.</param>
    /// <param name="address">Virtual address.</param>
    /// <param name="size">Bytes of the position: a huge page size of the architecture, not above the file's own, or a base page.</param>
    /// <param name="stopAtNone">Whether to stop where nothing is: nothing is changed then.</param>
    /// <param name="place">Where it stopped.</param>
    /// <returns>
    /// <see cref="MappingError.Exists"/> where it would have to go below an entry that is not present and not none, <see cref="MappingError.NoMemory"/>
    /// without a frame for a table, <see cref="MappingError.Fault"/> where a table would be for a page that the file has not,
    /// <see cref="MappingError.Invalid"/> where it would be for a page that cannot be mapped in pieces, <see cref="MappingError.Busy"/> for one that
    /// is being migrated.
    /// </returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The address is not the mapping's, or there is no such size.</exception>
    /// <exception cref="InconsistentMachineException">This thread does not hold i_mmap_rwsem.</exception>
    public MappingError WalkTo(Cpu<TArch> cpu, ulong address, ulong size, bool stopAtNone, out HugetlbPte place)
    {
        Space.Machine.RequireOwn(cpu);
        if (!Contains(address, 1))
        {
            throw new ArgumentOutOfRangeException(nameof(address), $"Address 0x{address:x}: the mapping is from 0x{Start:x} to 0x{End:x}.");
        }

        int shift = ShiftOf(size);
        File.MappingsLock.RequireHeld(toWrite: false);
        return Walk(cpu, address, shift, stopAtNone, out place);
    }

    /// <summary>What is at a position that <see cref="WalkTo"/> gave.</summary>
    /// <param name="place">The position.</param>
    public HugetlbPteState StateOf(HugetlbPte place) => Tables.StateOf(place);

    private int ShiftOf(ulong size) => BitOperations.IsPow2(size) && size <= Hstate.Size
        ? MappingSizes<TArch>.Of(BitOperations.Log2(size)).Shift
        : throw new ArgumentOutOfRangeException(
            nameof(size), size, $"Pages of {Hstate.Name} are mapped in pieces of huge page sizes up to theirs, and of base pages.");

    private MappingError Walk(Cpu<TArch> cpu, ulong address, int shift, bool stopAtNone, out HugetlbPte place)
    {
        place = FirstPlace(Space.Root, 0, address);
        while (place.Shift > shift)
        {
            HugetlbPteState state = Tables.StateOf(place);
            if (state == HugetlbPteState.PresentLeaf || (stopAtNone && state is HugetlbPteState.None or HugetlbPteState.NotPresent))
            {
                return MappingError.None;
            }

            if (state == HugetlbPteState.NotPresent)
            {
                return MappingError.Exists;
            }

            int level = UserPageTables<TArch>.TableLevel(place);
            if (place.Shift > TArch.LevelShift(level))
            {
                place = UserPageTables<TArch>.Place(TableOf(place), level, address, TArch.LevelShift(level));
            }
            else if (Tables.TryTableBelow(place, out ulong table))
            {
                place = FirstPlace(table, level + 1, address);
            }
            else if (AddTable(cpu, place, address) is var error && error != MappingError.None)
            {
                return error;
            }
        }

        return MappingError.None;
    }

    /// <summary>The largest position of an address in a table: a contiguous group where the architecture has one of a size up to the file's own.</summary>
    private HugetlbPte FirstPlace(ulong table, int level, ulong address)
    {
        int largest = TArch.LevelShift(level);
        foreach (MappingSize size in MappingSizes<TArch>.All)
        {
            if (size.TableLevel == level && size.Shift <= HugeShift)
            {
                largest = Math.Max(largest, size.Shift);
            }
        }

        return UserPageTables<TArch>.Place(table, level, address, largest);
    }

    /// <summary>The position of the huge page's own size in the table of another position of that level.</summary>
    private HugetlbPte HugePlace(HugetlbPte place, ulong address) =>
        UserPageTables<TArch>.Place(TableOf(place), Hstate.Level, address, HugeShift);

    private static ulong TableOf(HugetlbPte place) => place.EntryAddress & (ulong.MaxValue << TArch.PageShift);

    // Where somebody was faster the frame goes back, and the walk looks again.
    private MappingError AddTable(Cpu<TArch> cpu, HugetlbPte place, ulong address)
    {
        if (place.Shift <= HugeShift && WhyNoPieces(address).Length > 0)
        {
            return MappingError.Invalid;
        }

        if (TryShare(cpu, place, address))
        {
            return MappingError.None;
        }

        if (!Tables.TryTake(cpu, out ulong frame))
        {
            return MappingError.NoMemory;
        }

        MappingError error = MappingError.None;
        bool written = false;
        using (Tables.LockOf(place.EntryAddress).Hold(cpu))
        {
            if (Tables.Read(place.EntryAddress) == 0)
            {
                error = CountBefore(cpu, place, address);
                if (error == MappingError.None)
                {
                    Tables.WriteTable(cpu, place, address, frame);
                    written = true;
                }
            }
        }

        if (!written)
        {
            Tables.Free(cpu, frame);
        }

        return error;
    }

    /// <summary>
    /// What a position's first present entry means for the huge page, by <see cref="MapCountRule.HugePage"/>: where it is the first of the huge
    /// page's own position, one mapping and one reference. The entry's lock is held.
    /// </summary>
    private MappingError CountBefore(Cpu<TArch> cpu, HugetlbPte place, ulong address)
    {
        if (UserPageTables<TArch>.TableLevel(place) != Hstate.Level || place.Shift > HugeShift)
        {
            return MappingError.None;
        }

        if (PageOf(address) is not { } page)
        {
            return MappingError.Fault;
        }

        if (File.IsMigrating(page))
        {
            return MappingError.Busy;
        }

        return File.MapCountRule != MapCountRule.HugePage || Tables.IsMapped(HugePlace(place, address)) || TryCountEntire(cpu, page)
            ? MappingError.None
            : MappingError.NoMemory;
    }

    private static bool TryCountEntire(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        var head = new FolioHead<TArch>(cpu, page.HeadPfn);
        if (!head.TryAddReferences(1))
        {
            return false;
        }

        if (new MapCounts<TArch>(cpu, page.HeadPfn).TryAddEntire(1))
        {
            return true;
        }

        head.AddReferences(-1);
        return false;
    }
}

using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Splitting an entry of a memory error.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>
    /// Makes entries of the next smaller size of an entry of a memory error that stands for more than a base page: they say the same, so that each can be
    /// replaced for itself. i_mmap_rwsem is held to write.
    /// </summary>
    private MappingResult SplitPoison(Cpu<TArch> cpu, HugetlbPte place, ulong address)
    {
        File.MappingsLock.RequireHeld(toWrite: true);
        if (WhyNoPieces(address) is { Length: > 0 } reason)
        {
            return Refused(reason);
        }

        // A group has its entries already; a single entry gets a table.
        int level = UserPageTables<TArch>.TableLevel(place);
        bool isGroup = place.Shift > TArch.LevelShift(level);
        ulong frame = 0;
        MappingError error = isGroup || Tables.TryTake(cpu, out frame) ? MappingError.None : MappingError.NoMemory;
        if (error == MappingError.None)
        {
            ulong[] entries = PoisonEntries(place, isGroup ? level : level + 1, isGroup ? TArch.LevelShift(level) : FirstPlace(0, level + 1, address).Shift);
            for (int i = 0; i < entries.Length && !isGroup; i++)
            {
                cpu.Counters.PteWrites++;
                cpu.Machine.Memory.WriteWord((frame << TArch.PageShift) + ((ulong)i * sizeof(ulong)), entries[i]);
            }

            // The whole mapped nothing; what is in pieces counts as mapped.
            using KernelLock.Scope<TArch> held = Tables.LockOf(place.EntryAddress).Hold(cpu);
            error = CountBefore(cpu, place, address);
            if (error == MappingError.None)
            {
                Tables.Write(cpu, place, address, isGroup ? entries : [TArch.MakeUserTable(frame << TArch.PageShift)]);
                return MappingResult.Done(place.Size);
            }
        }

        if (frame != 0)
        {
            Tables.Free(cpu, frame);
        }

        return new MappingResult(error, 0, $"No frame for a page table, or no room in a count, to split what a memory error took away at 0x{address:x}.");
    }

    // All that the position has on a level, each piece with its first frame.
    private ulong[] PoisonEntries(HugetlbPte place, int level, int shift)
    {
        ulong[] entries = new ulong[place.Size >> TArch.LevelShift(level)];
        ulong frame = NonPresentEntry.FrameOf(Tables.Read(place.EntryAddress));
        for (int i = 0; i < entries.Length; i++)
        {
            ulong offset = ((ulong)i << TArch.LevelShift(level)) & (ulong.MaxValue << shift);
            entries[i] = NonPresentEntry.Make(NonPresentKind.HwPoison, shift, frame + (offset >> TArch.PageShift));
        }

        return entries;
    }
}

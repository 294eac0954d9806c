using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>UFFDIO_CONTINUE.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>
    /// Maps what the file has in a range (UFFDIO_CONTINUE), in as few pieces as fit: by base pages once <see cref="AdviseSplit"/> was called, by whole huge
    /// pages before.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="start">First virtual address: a multiple of the base page, or of the huge page.</param>
    /// <param name="length">Bytes, the same.</param>
    /// <returns>
    /// How far it came. <see cref="MappingError.Exists"/>: something is mapped there. <see cref="MappingError.Fault"/>: the file has no page there.
    /// <see cref="MappingError.Invalid"/>: a private mapping, a range that is not aligned or not the mapping's, or a page that cannot be mapped in
    /// pieces. <see cref="MappingError.InputOutput"/>: a memory error. <see cref="MappingError.NoMemory"/>: no frame for a table.
    /// <see cref="MappingError.Busy"/>: nothing is mapped there, and the file's page is being migrated.
    /// </returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public MappingResult Continue(Cpu<TArch> cpu, ulong start, ulong length)
    {
        Space.Machine.RequireOwn(cpu);
        cpu.Counters.SystemCalls++;
        ulong granularity = IsHighGranularity ? 1UL << TArch.PageShift : Hstate.Size;
        if (!IsShared)
        {
            return Refused("The mapping is private: only what is shared has pages to continue with.");
        }

        if (length == 0 || ((start | length) & (granularity - 1)) != 0)
        {
            return Refused($"0x{length:x} bytes at 0x{start:x}: both are multiples of {SizeText.Of(granularity)} in this mapping{(IsHighGranularity ? string.Empty : " until AdviseSplit is called")}.");
        }

        for (ulong done = 0; done < length;)
        {
            ulong address = start + done;
            MappingResult result = ContinueAt(cpu, address, length - done);
            if (!result.IsDone)
            {
                return result with { Bytes = done };
            }

            if (CollapsesAutomatically)
            {
                CollapseIfComplete(cpu, address);
            }

            done += result.Bytes;
        }

        return MappingResult.Done(length);
    }

    private MappingResult ContinueAt(Cpu<TArch> cpu, ulong address, ulong length)
    {
        using KernelSemaphore.Scope mappings = Space.MmapLock.HoldToRead(cpu);
        if (!Contains(address, length))
        {
            return Outside(address, length);
        }

        using KernelLock.Scope<TArch> mutex = File.FaultMutexOf(IndexOf(address)).Hold(cpu);
        using KernelSemaphore.Scope walks = File.MappingsLock.HoldToRead(cpu);
        return ContinueOne(cpu, address, address + length);
    }

    private MappingResult ContinueOne(Cpu<TArch> cpu, ulong address, ulong end)
    {
        if (PageOf(address) is not { } page)
        {
            return new MappingResult(MappingError.Fault, 0, $"The file has no page {IndexOf(address)} to map at 0x{address:x}.");
        }

        // Largest first, and around what has a memory error.
        int shift = SizeAround(address, MappingSizes<TArch>.Largest(address, end, HugeShift).Shift, page);
        if (shift == 0)
        {
            return new MappingResult(MappingError.InputOutput, 0, $"The page at 0x{address:x} has a memory error.");
        }

        if (shift < HugeShift && WhyNoPieces(page) is { Length: > 0 } reason)
        {
            return new MappingResult(MappingError.Invalid, 0, reason);
        }

        MappingError error = Walk(cpu, address, shift, stopAtNone: false, out HugetlbPte place);

        // Where a table is, or part of a group, what is free of it is mapped in smaller pieces.
        while (error == MappingError.None && place.Shift > TArch.PageShift && Tables.StateOf(place) == HugetlbPteState.Smaller)
        {
            shift = MappingSizes<TArch>.Largest(address, end, place.Shift - 1).Shift;
            error = Walk(cpu, address, shift, stopAtNone: false, out place);
        }

        if (error == MappingError.None)
        {
            error = place.Shift > shift ? MappingError.Exists : AddLeaf(cpu, place, address, page);
        }

        return error switch
        {
            MappingError.None => MappingResult.Done(1UL << shift),
            MappingError.Exists => new MappingResult(error, 0, $"Something is mapped at 0x{address:x} already, or an entry that is not present is in the way."),
            MappingError.Busy => new MappingResult(error, 0, $"The page at 0x{address:x} is being migrated: try again when it has moved."),
            _ => new MappingResult(error, 0, $"No frame for a page table, or no room in the count of references, to map 0x{address:x}."),
        };
    }

    private static MappingResult Refused(string reason) => new(MappingError.Invalid, 0, reason);
}

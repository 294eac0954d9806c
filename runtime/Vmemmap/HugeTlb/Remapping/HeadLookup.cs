using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>How code finds the head of a struct page that it knows nothing of (compound_head), in the three ways the kernel had.</summary>
internal static class HeadLookup
{
    private const int FlagsOffset = 0;
    private const int CompoundInfoOffset = 8;

    /// <summary>A tail holds its head's address (to v7.0).</summary>
    public static AccessResult TryPointer<TArch>(Machine<TArch> machine, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture
    {
        head = pfn;
        ulong address = machine.Vmemmap.AddressOf(pfn);
        AccessResult result = cpu.TryReadWord(address + CompoundInfoOffset, out ulong info);
        if (result == AccessResult.Done && (info & CompoundInfo.TailBit) != 0)
        {
            head = machine.Vmemmap.PfnOf(info & ~CompoundInfo.TailBit);
        }

        return result;
    }

    /// <summary>
    /// As <see cref="TryPointer"/>, but what looks like a head at the start of a page of vmemmap may be an alias of one. The next struct page
    /// tells: a tail's leads to the real head (6.12 include/linux/page-flags.h:203-226, page_fixed_fake_head).
    /// </summary>
    public static AccessResult TryThroughFakeHead<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture
    {
        Machine<TArch> machine = vmemmap.Machine;

        // The key first: it counts down when nobody can see an alias any more, which may be while this looks.
        bool mayBeAlias = vmemmap.AliasedFolios > 0;
        AccessResult result = TryPointer(machine, cpu, pfn, out head);
        ulong address = machine.Vmemmap.AddressOf(pfn);
        if (result != AccessResult.Done || head != pfn || !mayBeAlias || (address & ((1UL << TArch.PageShift) - 1)) != 0)
        {
            return result;
        }

        result = cpu.TryReadWord(address + FlagsOffset, out ulong flags);
        if (result != AccessResult.Done)
        {
            return result;
        }

        if ((flags & PageFlags.Head) == 0)
        {
            // Between the two it may have become a tail of its own, restored.
            return TryPointer(machine, cpu, pfn, out head);
        }

        result = cpu.TryReadWord(address + (ulong)machine.Vmemmap.StructPageSize + CompoundInfoOffset, out ulong next);
        if (result == AccessResult.Done && (next & CompoundInfo.TailBit) != 0)
        {
            head = machine.Vmemmap.PfnOf(next & ~CompoundInfo.TailBit);
        }

        return result;
    }

    /// <summary>A tail holds the mask that makes its own address its head's (v7.1 on).</summary>
    public static AccessResult TryMask<TArch>(Machine<TArch> machine, Cpu<TArch> cpu, ulong pfn, out ulong head)
        where TArch : struct, IArchitecture
    {
        head = pfn;
        ulong address = machine.Vmemmap.AddressOf(pfn);
        AccessResult result = cpu.TryReadWord(address + CompoundInfoOffset, out ulong info);
        if (result == AccessResult.Done && (info & CompoundInfo.TailBit) != 0)
        {
            head = machine.Vmemmap.PfnOf(address & info & ~CompoundInfo.TailBit);
        }

        return result;
    }
}

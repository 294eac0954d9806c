using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <content>Memory errors in a device (6.12 mm/memory-failure.c, memory_failure_dev_pagemap and mf_generic_kill_procs).</content>
public sealed partial class DaxDevice<TArch>
{
    private const int MappingOffset = 24;
    private const int IndexOffset = 32;

    /// <summary>
    /// Handles a memory error. Only when the frame is known to be one of the device's data is its head looked for: the struct pages of
    /// frames that describe the device were never initialised, and those beside it may not be there.
    /// </summary>
    /// <param name="cpu">The CPU that handles it.</param>
    /// <param name="pfn">The bad frame.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public DaxMemoryFailure MemoryFailure(Cpu<TArch> cpu, ulong pfn)
    {
        CheckUse(cpu);
        if (pfn < FirstPfn || pfn - FirstPfn >= Frames)
        {
            return new DaxMemoryFailure(DaxMemoryFailureKind.NotOfDevice, 0, 0, 0);
        }

        // pgmap_pfn_valid.
        if (pfn < DataPfn)
        {
            return new DaxMemoryFailure(DaxMemoryFailureKind.NotRecoverable, 0, 0, 0);
        }

        if (HeadLookup.TryPointer(Machine, cpu, pfn, out ulong head) != AccessResult.Done)
        {
            throw new InconsistentMachineException($"The struct page of PFN 0x{pfn:x}, of the device's data, cannot be read.");
        }

        new FolioHead<TArch>(cpu, head).MarkPoisoned();
        ulong address = Machine.Vmemmap.AddressOf(head);
        if (cpu.ReadWord(address + MappingOffset) == 0)
        {
            return new DaxMemoryFailure(DaxMemoryFailureKind.NotMapped, head, 0, 0);
        }

        // What is taken from the processes that map the file: the whole page by which it is mapped (unmap_and_kill).
        ulong bytes = 1UL << (CompoundOrder + TArch.PageShift);
        ulong start = (cpu.ReadWord(address + IndexOffset) << TArch.PageShift) & ~(bytes - 1);
        return new DaxMemoryFailure(DaxMemoryFailureKind.Unmapped, head, start, bytes);
    }
}

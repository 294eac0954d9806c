using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Accesses and page faults (hugetlb_fault and hugetlb_no_page).</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>
    /// Reads or writes an address, and handles the page faults on the way that are the kernel's.
    /// </summary>
    /// <param name="cpu">The CPU.</param>
    /// <param name="address">Virtual address.</param>
    /// <param name="write">Whether it is to be written.</param>
    /// <param name="physicalAddress">Physical address, if it was done; else 0.</param>
    /// <returns><see cref="FaultKind.Mapped"/> if it was done; else why not, for its user to see to it.</returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public FaultResult Touch(Cpu<TArch> cpu, ulong address, bool write, out ulong physicalAddress)
    {
        Space.Machine.RequireOwn(cpu);
        if (!Contains(address, 1))
        {
            physicalAddress = 0;
            return new FaultResult(FaultKind.NotAllowed, address);
        }

        while (true)
        {
            if (Space.Access(cpu, address, write, out physicalAddress) == UserAccess.Done)
            {
                return new FaultResult(FaultKind.Mapped, address);
            }

            FaultResult result = Fault(cpu, address, write);
            if (result.Kind != FaultKind.Mapped)
            {
                physicalAddress = 0;
                return result;
            }
        }
    }

    /// <summary>
    /// Handles a page fault. What nobody mapped is mapped in the largest size that fits the hole: the whole huge page, or, where it is mapped in pieces, the
    /// piece that is missing; without the base pages that have memory errors.
    /// </summary>
    /// <param name="cpu">The CPU that faulted.</param>
    /// <param name="address">Virtual address.</param>
    /// <param name="write">Whether it was to be written.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public FaultResult Fault(Cpu<TArch> cpu, ulong address, bool write)
    {
        Space.Machine.RequireOwn(cpu);
        cpu.Counters.PageFaults++;
        using KernelSemaphore.Scope mappings = Space.MmapLock.HoldToRead(cpu);
        if (!Contains(address, 1) || (write && !IsWritable))
        {
            return new FaultResult(FaultKind.NotAllowed, address);
        }

        using KernelLock.Scope<TArch> mutex = File.FaultMutexOf(IndexOf(address)).Hold(cpu);
        using KernelSemaphore.Scope walks = File.MappingsLock.HoldToRead(cpu);
        FaultResult? result;
        do
        {
            _ = Walk(cpu, address, TArch.PageShift, stopAtNone: true, out HugetlbPte place);
            result = (Tables.StateOf(place), Tables.NonPresentAt(place)) switch
            {
                (HugetlbPteState.PresentLeaf, _) => new FaultResult(
                    write && !Tables.BitsOf(place).IsWritable ? FaultKind.NotAllowed : FaultKind.Mapped, address),
                (HugetlbPteState.NotPresent, NonPresentKind.Migration) => new FaultResult(FaultKind.Migrating, Reported(address)),
                (HugetlbPteState.NotPresent, NonPresentKind.HwPoison) => new FaultResult(FaultKind.HwPoison, address, place.Shift),
                _ => NothingMapped(cpu, address, place),
            };
        }
        while (result is null);
        return result.Value;
    }

    /// <summary>Maps what is not; null if somebody else put a table there meanwhile: look again.</summary>
    private FaultResult? NothingMapped(Cpu<TArch> cpu, ulong address, HugetlbPte hole)
    {
        HugePage<TArch, TLayout>? page = PageOf(address);
        if (page is null && (Userfaults & Userfaults.Missing) != 0)
        {
            return new FaultResult(FaultKind.Missing, Reported(address));
        }

        // Whoever moves it has its lock.
        if (page is not null && File.IsMigrating(page))
        {
            return new FaultResult(FaultKind.Migrating, Reported(address));
        }

        if (page is not null && IsShared && (Userfaults & Userfaults.Minor) != 0)
        {
            return new FaultResult(FaultKind.Minor, Reported(address));
        }

        page ??= TakePage(cpu, address);
        if (page is null)
        {
            return new FaultResult(FaultKind.NoMemory, address);
        }

        int shift = SizeAround(address, Math.Min(hole.Shift, HugeShift), page);
        if (shift == 0)
        {
            return new FaultResult(FaultKind.HwPoison, address, IsHighGranularity ? TArch.PageShift : HugeShift);
        }

        if (shift < HugeShift && WhyNoPieces(page).Length > 0)
        {
            return new FaultResult(FaultKind.HwPoison, address, HugeShift);
        }

        if (hole.Shift > shift)
        {
            DropMarker(cpu, hole, address);
        }

        MappingError error = Walk(cpu, address, shift, stopAtNone: false, out HugetlbPte place);
        if (error == MappingError.None)
        {
            error = AddLeaf(cpu, place, address, page);
        }

        return error switch
        {
            MappingError.None => new FaultResult(FaultKind.Mapped, address, shift),
            MappingError.NoMemory => new FaultResult(FaultKind.NoMemory, address, shift),
            MappingError.Busy => new FaultResult(FaultKind.Migrating, Reported(address)),
            MappingError.Exists => null,
            _ => throw new InconsistentMachineException($"Page {IndexOf(address)} of the file cannot be mapped at 0x{address:x}: {error}."),
        };
    }

    // A marker larger than the piece would be in its way; the fault mutex keeps others from mapping there.
    private void DropMarker(Cpu<TArch> cpu, HugetlbPte place, ulong address)
    {
        using KernelLock.Scope<TArch> held = Tables.LockOf(place.EntryAddress).Hold(cpu);
        if (Tables.NonPresentAt(place) == NonPresentKind.Marker)
        {
            Tables.WriteNonPresent(cpu, place, address, 0);
        }
    }

    private HugePage<TArch, TLayout>? TakePage(Cpu<TArch> cpu, ulong address)
    {
        if (IsShared)
        {
            return File.TryFillUnderMutex(cpu, IndexOf(address), node: 0) ? PageOf(address) : null;
        }

        HugePage<TArch, TLayout>? page = File.Pool.TryAllocate(Hstate, cpu: cpu);
        if (page is not null)
        {
            lock (_ownLock)
            {
                _own.Add(IndexOf(address), page);
            }
        }

        return page;
    }

    /// <summary>log2 of the largest piece around an address that has no memory error; 0 if its own base page has one, or pieces cannot be mapped.</summary>
    private int SizeAround(ulong address, int most, HugePage<TArch, TLayout> page)
    {
        if (!page.IsPoisoned)
        {
            return most;
        }

        foreach (MappingSize size in MappingSizes<TArch>.All)
        {
            if (size.Shift <= most && (IsHighGranularity || size.Shift == HugeShift) && !HasPoison(page, address & ~(size.Bytes - 1), size.Bytes))
            {
                return size.Shift;
            }
        }

        return 0;
    }

    private bool HasPoison(HugePage<TArch, TLayout> page, ulong address, ulong bytes)
    {
        long first = BasePage(address);
        long pages = (long)(bytes >> TArch.PageShift);
        foreach (long index in page.PoisonedIndexes)
        {
            if (index >= first && index - first < pages)
            {
                return true;
            }
        }

        return false;
    }

    // With pieces, faults are reported where they were (RFC v2 on: to the base page).
    private ulong Reported(ulong address) => address & ~((IsHighGranularity ? 1UL << TArch.PageShift : Hstate.Size) - 1);
}

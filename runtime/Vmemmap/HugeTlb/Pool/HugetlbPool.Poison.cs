using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Memory errors.</summary>
public sealed partial class HugetlbPool<TArch, TLayout>
{
    // _hugetlb_hwpoison in the third tail.
    private const ulong HwPoisonOffset = 40;

    /// <summary>Takes note of a memory error (memory_failure).</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <returns>What the frame is, and who cannot live on.</returns>
    /// <remarks>
    /// That the frame has a struct page is found out before its struct page is read, and both in a read section: memory may be unplugged meanwhile. Huge pages of
    /// other pools on this machine are known by their struct pages: an error in one is theirs to handle.
    /// </remarks>
    public MemoryFailureResult MemoryFailure(ulong pfn, Cpu<TArch>? cpu = null)
    {
        cpu = Or0(cpu);
        for (var spin = default(SpinWait); ; spin.SpinOnce())
        {
            if (TryHandle(cpu, pfn) is { } result)
            {
                // Who is free can be given back at once, all but the bad frame (__page_handle_poison).
                return result.HugePage is { } head && _pages.Containing(head) is { } page && page.Place == HugePagePlace.Free
                    ? result with { Dissolved = Dissolve(page, cpu) }
                    : result;
            }
        }
    }

    /// <summary>Null if the frame changed hands meanwhile.</summary>
    private MemoryFailureResult? TryHandle(Cpu<TArch> cpu, ulong pfn)
    {
        using Rcu<TArch>.ReadSection reading = _machine.Rcu.Read(cpu);
        if (!_machine.Sections.IsOnline(pfn))
        {
            SectionState state = _machine.Sections.Of(pfn).State;
            return new(state == SectionState.Offline ? MemoryFailureKind.Offline : MemoryFailureKind.NoMemory, pfn);
        }

        if (_pages.Containing(pfn) is { } page)
        {
            return TryPoison(cpu, page, pfn, out bool known)
                ? new(known ? MemoryFailureKind.AlreadyPoisoned : MemoryFailureKind.HugePage, pfn) { HugePage = page.HeadPfn }
                : null;
        }

        ulong flags = _machine.Vmemmap.AddressOf(pfn);
        if ((cpu.ReadWord(flags) & PageFlags.HwPoison) != 0)
        {
            return new(MemoryFailureKind.AlreadyPoisoned, pfn);
        }

        if (_machine.ZoneOf(pfn).IsFree(pfn))
        {
            if (!_machine.PageAllocator.TryTake(pfn, 1, FrameUse.Poisoned))
            {
                return null;
            }

            MarkPoisoned(cpu, pfn);
            return new(MemoryFailureKind.FreeFrame, pfn);
        }

        if (TLayout.TryCompoundHead(_vmemmap, cpu, pfn, out ulong other) == AccessResult.Done && new FolioHead<TArch>(cpu, other).IsHugeTlb)
        {
            // Another pool's. Its struct page may be an alias: hands off.
            return new(MemoryFailureKind.Other, pfn);
        }

        MemoryFailureKind kind = new VmemmapFrameUsers<TArch, TLayout>(_vmemmap, cpu, SmallestHugePage).Find(pfn, out List<ulong> users);
        new FolioHead<TArch>(cpu, pfn).MarkPoisoned();
        return new(kind, pfn) { FatalFor = users };
    }

    /// <summary>Notes an error in a base page of a huge page: in the head and the third tail, because its own struct page may be an alias
    /// (folio_set_hugetlb_hwpoison).</summary>
    /// <returns>False if the huge page is being given back.</returns>
    private bool TryPoison(Cpu<TArch> cpu, HugePage<TArch, TLayout> page, ulong pfn, out bool known)
    {
        using KernelLock.Scope<TArch> held = Lock.Hold(cpu);
        if (!page.RawHwPoison.TryAdd((long)(pfn - page.HeadPfn), out known))
        {
            return false;
        }

        if (!known)
        {
            MarkHead(cpu, page, pfn);
        }

        return true;
    }

    private void MarkHead(Cpu<TArch> cpu, HugePage<TArch, TLayout> page, ulong bad)
    {
        // The kernel keeps a list there. Here it is the struct page of the base page, which is no null pointer either.
        cpu.WriteWord(_machine.Vmemmap.AddressOf(page.HeadPfn + 3) + HwPoisonOffset, _machine.Vmemmap.AddressOf(bad));
        new FolioHead<TArch>(cpu, page.HeadPfn).MarkPoisoned();
    }

    /// <summary>
    /// Marks the head of a huge page that has come through the optimizer: an error that was reported while its head moved to another frame may have been
    /// written to the old one. Under the pool's lock.
    /// </summary>
    private void MarkAgainIfPoisoned(Cpu<TArch> cpu, HugePage<TArch, TLayout> page)
    {
        if (page.IsPoisoned)
        {
            MarkHead(cpu, page, page.HeadPfn + (ulong)page.PoisonedIndexes[0]);
        }
    }

    /// <summary>
    /// Gives back all frames of a huge page but those with memory errors, whose own struct pages are marked now that they have some
    /// (folio_clear_hugetlb_hwpoison).
    /// </summary>
    private void FreeAround(Cpu<TArch> cpu, HugePage<TArch, TLayout> page, List<long> poisoned)
    {
        ulong pfn = page.HeadPfn;
        foreach (long index in poisoned)
        {
            ulong bad = page.HeadPfn + (ulong)index;
            MarkPoisoned(cpu, bad);
            _machine.Books.Move(FrameUse.HugePage, FrameUse.Poisoned, 1);
            _machine.PageAllocator.FreeRange(pfn, bad - pfn, FrameUse.HugePage);
            pfn = bad + 1;
        }

        _machine.PageAllocator.FreeRange(pfn, page.HeadPfn + (ulong)page.Count - pfn, FrameUse.HugePage);
    }

    private void MarkPoisoned(Cpu<TArch> cpu, ulong pfn)
    {
        Zone zone = _machine.ZoneOf(pfn);
        StructPage page = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 1);
        page.Flags |= PageFlags.HwPoison;
        cpu.WriteStructPage(pfn, in page);
    }
}

using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>The struct pages of a compound page, as prep_compound_page leaves them (6.12 mm/page_alloc.c, mm/internal.h), and as they are freed.</summary>
internal static class CompoundPages
{
    /// <summary>A tail that is nothing but a tail.</summary>
    public static StructPage Tail<TArch>(Machine<TArch> machine, ulong headPfn, ulong tailInfo)
        where TArch : struct, IArchitecture
    {
        Zone zone = machine.ZoneOf(headPfn);
        StructPage tail = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 0);
        tail.SetTail(tailInfo);
        return tail;
    }

    /// <summary>Makes a compound page of free pages, frozen (refcount 0) and marked as HugeTLB's.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="headPfn">First frame.</param>
    /// <param name="order">log2 of the frames.</param>
    /// <param name="tailInfo">The word of its tails.</param>
    /// <param name="tails">Tails to write: all, or fewer where the rest will never be looked at.</param>
    public static void Prepare<TArch>(Machine<TArch> machine, Cpu<TArch> cpu, ulong headPfn, int order, ulong tailInfo, ulong tails)
        where TArch : struct, IArchitecture
    {
        Zone zone = machine.ZoneOf(headPfn);
        StructPage tail = Tail(machine, headPfn, tailInfo);
        StructPage first = tail;
        first.FolioOrder = (byte)order;
        first.LargeMapCount = -1;
        first.EntireMapCount = -1;
        first.PagesMapped = 0;
        first.PinCount = 0;
        first.FolioPages = 1U << order;
        StructPage second = tail;
        second.DeferredNext = 0;
        second.DeferredPrevious = 0;
        StructPage third = tail;
        third.HugeTlbSubpool = 0;
        third.HugeTlbCgroup = 0;
        third.HugeTlbCgroupReserved = 0;
        third.HugeTlbHwPoison = 0;

        // Tails before the head: who finds PG_head may follow it to the tails.
        cpu.FillStructPages(headPfn + 4, tails - 3, in tail);
        cpu.WriteStructPage(headPfn + 3, in third);
        cpu.WriteStructPage(headPfn + 2, in second);
        cpu.WriteStructPage(headPfn + 1, in first);
        StructPage head = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 0);
        head.SetHead();
        head.PageType = PageTypes.HugeTlb;
        cpu.WriteStructPage(headPfn, in head);
    }

    /// <summary>Makes single free pages of a compound page again.</summary>
    public static void Free<TArch>(Machine<TArch> machine, Cpu<TArch> cpu, ulong headPfn, int order)
        where TArch : struct, IArchitecture
    {
        Zone zone = machine.ZoneOf(headPfn);
        StructPage free = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 0);
        cpu.WriteStructPage(headPfn, in free);
        cpu.FillStructPages(headPfn + 1, (1UL << order) - 1, in free);
    }
}

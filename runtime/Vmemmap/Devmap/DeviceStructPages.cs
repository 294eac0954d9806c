using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>Initialises a device's struct pages (6.12 mm/mm_init.c, memmap_init_zone_device and memmap_init_compound).</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="machine">The machine.</param>
/// <param name="node">The device's node.</param>
/// <param name="pgmap">Address of its dev_pagemap, which every struct page that is no tail leads to.</param>
internal sealed class DeviceStructPages<TArch>(Machine<TArch> machine, int node, ulong pgmap)
    where TArch : struct, IArchitecture
{
    // Device DAX uses three struct pages of a compound page; order, counts and list are in the first two tails.
    private const int DeferredListOffset = 16;

    /// <summary>Base pages: each its own, idle with one reference.</summary>
    public void InitializeBase(Cpu<TArch> cpu, ulong pfn, ulong count)
    {
        StructPage page = Single();
        cpu.FillStructPages(pfn, count, in page);
    }

    /// <summary>Frames of the device that hold struct pages: reserved, and of no use to anybody else.</summary>
    public void InitializeAltmap(Cpu<TArch> cpu, ulong pfn, ulong count)
    {
        StructPage page = Reserved(refCount: 1);
        cpu.FillStructPages(pfn, count, in page);
    }

    /// <summary>A compound page, idle with one reference: its head, and as many struct pages as are its own.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="headPfn">First frame.</param>
    /// <param name="order">log2 of the frames.</param>
    /// <param name="structPages">Struct pages to write, the head's with them: all, or those of the pages of vmemmap that are its own
    /// (compound_nr_pages).</param>
    public void InitializeCompound(Cpu<TArch> cpu, ulong headPfn, int order, ulong structPages)
    {
        StructPage tail = Reserved(refCount: 0);
        tail.SetTail(CompoundInfo.TailOf(machine.Vmemmap.AddressOf(headPfn)));
        StructPage first = tail;
        first.FolioOrder = (byte)order;
        first.LargeMapCount = -1;
        first.EntireMapCount = -1;
        first.PagesMapped = 0;
        first.PinCount = 0;
        first.FolioPages = 1U << order;
        StructPage second = tail;
        second.DeferredNext = machine.Vmemmap.AddressOf(headPfn + 2) + DeferredListOffset;
        second.DeferredPrevious = second.DeferredNext;
        StructPage head = Single();
        head.SetHead();
        cpu.FillStructPages(headPfn + 3, structPages - 3, in tail);
        cpu.WriteStructPage(headPfn + 2, in second);
        cpu.WriteStructPage(headPfn + 1, in first);
        cpu.WriteStructPage(headPfn, in head);
    }

    // PG_reserved: nobody may take it for memory of the page allocator (__init_zone_device_page).
    private StructPage Reserved(int refCount)
    {
        StructPage page = StructPage.Initialized(node, (int)ZoneKind.Device, refCount);
        page.Flags |= PageFlags.Reserved;
        return page;
    }

    private StructPage Single()
    {
        StructPage page = Reserved(refCount: 1);
        page.LruNext = pgmap;
        return page;
    }
}

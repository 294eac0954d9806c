namespace Vmemmap.Simulation;

/// <summary>
/// The memory that the kernel used before it had a page allocator (memblock): it is taken from the top of each node, its struct pages
/// carry PG_reserved, and it has its own way of being freed.
/// </summary>
/// <remarks>
/// Frames of vmemmap are registered with the section they serve, so that freeing them finds out when nobody needs them (bootmem info:
/// 6.12 mm/bootmem_info.c, include/linux/bootmem_info.h; patches 1, 2 and 5 of the HVO series).
/// </remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class BootMemory<TArch>
    where TArch : struct, IArchitecture
{
    /// <summary>The type that marks a frame of vmemmap in its struct page's index (SECTION_INFO).</summary>
    public const ulong SectionInfo = 12;

    private readonly Machine<TArch> _machine;
    private readonly List<FreeRange> _ranges;

    internal BootMemory(Machine<TArch> machine, IEnumerable<NodeMemory> memory)
    {
        _machine = machine;
        _ranges = [.. memory.Select(range => new FreeRange(range.Node, range.Start >> TArch.PageShift, (range.Start + range.Bytes) >> TArch.PageShift))];
    }

    /// <summary>Checks that a reserved frame may go to the page allocator (free_bootmem_page, put_page_bootmem).</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="page">Its struct page.</param>
    /// <exception cref="InconsistentMachineException">Its references are not those of its kind: somebody still needs it.</exception>
    internal static void CheckFree(ulong pfn, in StructPage page)
    {
        // A registered frame has the reference of its reservation and that of its registration.
        int references = page.Index == SectionInfo ? 2 : 1;
        if (page.RefCount != references)
        {
            throw new InconsistentMachineException($"Reserved frame 0x{pfn:x} is freed with {page.RefCount} references instead of {references}.");
        }
    }

    /// <summary>The struct page of a reserved frame.</summary>
    internal StructPage Reserved(ulong pfn)
    {
        Zone zone = _machine.ZoneOf(pfn);
        StructPage page = StructPage.Initialized(zone.Node, (int)zone.Kind, refCount: 1);
        page.Flags |= PageFlags.Reserved;
        return page;
    }

    /// <summary>The struct page of a frame of vmemmap, registered with its section.</summary>
    internal StructPage Registered(ulong pfn, int section)
    {
        StructPage page = Reserved(pfn);
        page.Flags |= PageFlags.Private;
        page.RefCount = 2;
        page.Index = SectionInfo;
        page.Private = (ulong)section;
        return page;
    }

    /// <summary>Takes the huge pages of the kernel's command line, before anything else.</summary>
    /// <exception cref="ArgumentException">The architecture has no such size, the node no such memory, or a page would lie in two zones.</exception>
    internal List<BootHugePage> TakeHugePages(IReadOnlyList<BootReservation> reservations)
    {
        var pages = new List<BootHugePage>();
        foreach (BootReservation reservation in reservations)
        {
            int order = OrderOf(reservation);
            for (int i = 0; i < reservation.Count; i++)
            {
                ulong pfn = Take(reservation.Node, 1UL << order, 1UL << order);
                if (Machine<TArch>.ZoneKindOf(pfn) != Machine<TArch>.ZoneKindOf(pfn + (1UL << order) - 1))
                {
                    throw new ArgumentException(
                        $"A huge page of {reservation.Bytes} bytes at 0x{pfn << TArch.PageShift:x} would lie over the border of two zones, at 4 GiB: give node {reservation.Node} more memory above it.",
                        nameof(reservations));
                }

                pages.Add(new BootHugePage(pfn, order, reservation.Node));
            }
        }

        return pages;
    }

    /// <summary>Takes frames from the top of a node's memory.</summary>
    internal ulong Take(int node, ulong count, ulong alignment)
    {
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            FreeRange range = _ranges[i];
            if (range.Node != node || range.End - range.First < count)
            {
                continue;
            }

            ulong first = (range.End - count) & ~(alignment - 1);
            if (first < range.First)
            {
                continue;
            }

            _ranges[i] = range with { End = first };
            if (first + count < range.End)
            {
                _ranges.Insert(i + 1, new FreeRange(node, first + count, range.End));
            }

            return first;
        }

        throw new ArgumentException(
            $"Node {node} has no {count} frames left for the kernel's boot memory, aligned to {alignment}: give it more memory.", nameof(count));
    }

    /// <summary>What nobody took: it goes to the page allocator.</summary>
    internal IEnumerable<(ulong First, ulong End)> Left() => _ranges.Where(range => range.First < range.End).Select(range => (range.First, range.End));

    private static int OrderOf(BootReservation reservation)
    {
        if (reservation.Count < 0)
        {
            throw new ArgumentException($"{reservation.Count} huge pages cannot be set aside: 0 is the least.", nameof(reservation));
        }

        foreach (Hstate hstate in TArch.Hstates)
        {
            if (hstate.Size == reservation.Bytes)
            {
                return hstate.Order;
            }
        }

        throw new ArgumentException(
            $"{reservation.Bytes} bytes is no size of a huge page of {TArch.Name}: it has {string.Join(", ", TArch.Hstates.ToArray().Select(hstate => hstate.Name))}.",
            nameof(reservation));
    }

    private readonly record struct FreeRange(int Node, ulong First, ulong End);
}

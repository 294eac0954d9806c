using System.Numerics;

namespace Vmemmap.SyntheticImages;

/// <summary>Computes what a reader must find. Arithmetic over the requests only; the frames are those the builder chose.</summary>
internal sealed class ExpectedReport(SyntheticKernel kernel, AddressSpace space, VmemmapMap map, NodeTable nodes)
{
    private readonly MachineGeometry _machine = kernel.Machine;

    internal Expected Compute()
    {
        ExpectedHugeSize[] sizes = [.. _machine.HugeSizes.Select(SizeOf)];
        long freed = sizes.Sum(size => size.FreedPages);
        long pageSize = (long)_machine.PageSize;
        long shared = SharedTails();
        long split = SplitTables();
        return new Expected
        {
            KernelRelease = kernel.Release ?? kernel.Version.ToString(),
            Architecture = kernel.Architecture,
            PageSize = _machine.PageSize,
            VirtualAddressBits = kernel.VirtualBits,
            StructPageSize = kernel.StructPageSize,
            VmemmapBase = space.Vmemmap,
            KaslrOffset = _machine.Family == CpuFamily.RiscV64 ? null : kernel.KernelOffset,
            Layout = kernel.HugePages.Any(page => page.Optimized) ? NameOf(kernel.EffectiveLayout) : "none",
            HugeTlb = sizes,
            DevDax = [.. kernel.DaxDevices.GroupBy(device => device.Align).Select(DaxOf).OrderBy(dax => dax.Align)],
            StaleHeads = kernel.WholeVmemmap && kernel.AbsentStructPages.Count == 0 ? StaleHeads() : null,
            SharedTailPages = shared,
            AliasesWritable = _machine.Family == CpuFamily.RiscV64 && freed > 0,
            Nodes = [.. nodes.Nodes.Select(NodeOf)],
            SplitPageTables = split,
            FreedPages = freed,
            FreedBytes = freed * pageSize,
            NetBytes = (freed - split - shared) * pageSize,
            HugePages = [.. kernel.HugePages.OrderBy(page => page.HeadPfn).Select(PageOf)],
        };
    }

    /// <summary>vmemmap pages that an optimized page of a size gives: total less one, or less two, or nothing.</summary>
    internal long FreedPerPage(ulong size)
    {
        if (!BitOperations.IsPow2(kernel.StructPageSize))
        {
            return 0;
        }

        long total = (long)(StructBytes(size) / _machine.PageSize);
        int kept = kernel.EffectiveLayout == HvoLayout.ReserveTwo ? 2 : 1;
        return total > kept ? total - kept : 0;
    }

    private static string NameOf(HvoLayout layout) => layout switch
    {
        HvoLayout.ReserveTwo => "reserve-two",
        HvoLayout.ReserveOne => "reserve-one",
        _ => "shared-tail",
    };

    private ulong StructBytes(ulong size) => (size >> _machine.PageShift) * kernel.StructPageSize;

    private long FreedBy(HugePageRequest page) => page.Optimized ? FreedPerPage(page.Size) : page.PartialSlots.Count;

    private ExpectedHugeSize SizeOf(ulong size)
    {
        HugePageRequest[] pages = [.. kernel.HugePages.Where(page => page.Size == size)];
        long freed = pages.Sum(FreedBy);
        return new ExpectedHugeSize(
            size,
            pages.Length,
            pages.Count(page => page.Optimized),
            pages.Count(page => page.PartialSlots.Count > 0),
            pages.Count(page => page.Flag is bool flag && flag != page.Optimized),
            0,
            StructBytes(size),
            (double)StructBytes(size) / _machine.PageSize,
            FreedPerPage(size),
            freed,
            freed * (long)_machine.PageSize);
    }

    private ExpectedHugePage PageOf(HugePageRequest page)
    {
        ulong address = space.Vmemmap + (page.HeadPfn * kernel.StructPageSize);
        ulong last = address + StructBytes(page.Size) - 1;
        long touched = (long)((last >> _machine.PageShift) - (address >> _machine.PageShift)) + 1;

        // Aliases of a shared tail frame have one frame more than those of a page of their own.
        long freed = FreedBy(page);
        long distinct = touched - freed + (freed > 0 && kernel.EffectiveLayout == HvoLayout.SharedTail ? 1 : 0);
        ulong frame = map.FrameOf(address) ?? throw new InvalidOperationException($"PFN 0x{page.HeadPfn:x} has no vmemmap.");
        return new ExpectedHugePage(page.HeadPfn, page.Size, page.Optimized, address, distinct, frame);
    }

    private long SharedTails() => kernel.EffectiveLayout == HvoLayout.SharedTail
        ? kernel.HugePages.Where(page => FreedBy(page) > 0).Select(page => (page.Zone, page.Size)).Distinct().Count()
        : 0;

    private long StaleHeads() => kernel.RestoredPages.Where(page => page.StaleHeads && page.KeepsHeadFlag)
        .Sum(page => (long)(StructBytes(page.Size) / _machine.PageSize) - 1);

    /// <summary>Blocks of vmemmap that something had to split: each costs one last-level table.</summary>
    private long SplitTables()
    {
        if (!_machine.MapsVmemmapByBlocks)
        {
            return 0;
        }

        var split = kernel.HugePages.Where(page => FreedBy(page) > 0).Select(page => (page.HeadPfn, page.Size))
            .Concat(kernel.RestoredPages.Select(page => (page.HeadPfn, page.Size)))
            .Concat(kernel.SplitAt.Select(pfn => (pfn, _machine.PageSize)));
        HashSet<ulong> blocks = [];
        foreach (var (pfn, size) in split)
        {
            ulong first = (space.Vmemmap + (pfn * kernel.StructPageSize)) >> _machine.LastTableShift;
            ulong last = (space.Vmemmap + (pfn * kernel.StructPageSize) + StructBytes(size) - 1) >> _machine.LastTableShift;
            for (ulong block = first; block <= last; block++)
            {
                blocks.Add(block);
            }
        }

        return blocks.Count;
    }

    private ExpectedDax DaxOf(IGrouping<ulong, DaxDeviceRequest> devices)
    {
        ulong align = devices.Key;
        long groups = devices.Sum(device => (long)(device.Range.Length / align));
        long pages = (long)(StructBytes(align) / _machine.PageSize);
        long tables = devices.Sum(device => TablesOf(device));
        return new ExpectedDax(align, groups, groups * (pages - 2), tables);
    }

    private long TablesOf(DaxDeviceRequest device)
    {
        if (device.SharesTables)
        {
            return (long)(device.Range.Length / device.Align) * 2;
        }

        ulong first = space.Vmemmap + (device.Range.Start / _machine.PageSize * kernel.StructPageSize);
        ulong last = first + StructBytes(device.Range.Length) - 1;
        return (long)((last >> _machine.LastTableShift) - (first >> _machine.LastTableShift)) + 1;
    }

    private ExpectedNode NodeOf(MemoryNode node)
    {
        long freed = kernel.HugePages
            .Where(page => node.Range.Contains(new MemoryRange(page.HeadPfn << _machine.PageShift, page.Size)))
            .Sum(FreedBy);
        return new ExpectedNode(node.Id, freed);
    }
}

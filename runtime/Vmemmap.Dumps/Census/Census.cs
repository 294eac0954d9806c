namespace Vmemmap.Dumps;

/// <summary>Image → map of vmemmap → struct pages → huge pages → result. Nothing flows back.</summary>
internal sealed class Census<TFormat, TMemory>(
    KernelImage kernel, AddressSpaceOf<TFormat, TMemory> space, PhysicalImage image, IProgress<ImageProgress>? progress)
    where TFormat : struct, IPageTableFormat
    where TMemory : struct, IPhysicalMemory
{
    private readonly List<string> _warnings = [];

    public CensusResult Take(VmemmapMap<TFormat, TMemory> map)
    {
        var pages = new StructPages<TFormat, TMemory>(map, image, kernel.VmemmapBase, kernel.StructPages, kernel.Architecture.PageShift);
        var scan = new StructPageScan<TFormat, TMemory>(kernel, map, image, pages);
        scan.Run(progress);

        var judge = new HugePageScan<TFormat, TMemory>(kernel, map, run => IsDevice(run, records: null));
        List<HugePageRecord> records = judge.Judge(scan.Heads);
        DevdaxScan devdax = DevdaxScan.Of(kernel, map.Runs.Where(run => IsDevice(run, records)), address => TableOf(map, address));
        (long split, long splitWithoutAlias) = CountSplitTables(map, devdax);
        VmemmapLayout layout = Layout(records);
        Warn(map, scan, judge, devdax, records, splitWithoutAlias);
        string? staleHeadsUnknown = WhyStaleHeadsAreUnknown(map, scan);
        if (staleHeadsUnknown is not null)
        {
            _warnings.Add($"staleHeads is unknown: {staleHeadsUnknown}");
        }

        return new CensusResult
        {
            HugePages = records,
            Devdax = devdax.Groups,
            Layout = layout,
            StaleHeads = staleHeadsUnknown is null ? scan.StaleHeads : null,
            SharedTailPages = judge.SharedTailPages,
            AliasesWritable = records.Any(r => r.AliasesWritable),
            SplitPageTables = split,
            MappedPages = scan.MappedPages,
            AbsentPages = scan.AbsentPages,
            Warnings = _warnings,
        };
    }

    /// <summary>
    /// Whether an alias run is of a device. Where mem_section cannot tell, a device's aliases are writable and belong to no huge page;
    /// on architectures without read-only mappings HVO's are writable too, and only a HugeTLB page explains them.
    /// </summary>
    private bool IsDevice(AliasRun run, IReadOnlyList<HugePageRecord>? records)
    {
        ulong pfn = (run.Address - kernel.VmemmapBase) / (ulong)kernel.StructPageSize;
        SectionInfo section = kernel.SectionOf(pfn);
        return section.IsDevice
            || (section.State == SectionState.Unknown && run.RestWritable && (records is null || CensusResult.Find(records, pfn) is null));
    }

    private string? WhyStaleHeadsAreUnknown(VmemmapMap<TFormat, TMemory> map, StructPageScan<TFormat, TMemory> scan) =>
        kernel.StructPages.Mark is null ? "VMCOREINFO does not say how heads are marked"
        : scan.AbsentPages > 0 ? $"{scan.AbsentPages} of {scan.MappedPages} vmemmap frames over RAM are not in the image"
        : map.FaultCount > 0 || scan.UnknownPages > 0 ? "part of vmemmap is unknown"
        : scan.HasUnknownSections ? "mem_section is not in the image, so which memory is RAM is unknown"
        : null;

    private ulong? TableOf(VmemmapMap<TFormat, TMemory> map, ulong address)
    {
        int last = space.Format.LevelCount - 1;
        return map.ExtentAt(address) is { } extent && extent.Level == last ? TableBase(extent) : null;
    }

    private ulong TableBase(in VmemmapExtent extent) => TableBase(extent.EntryAddress);

    /// <summary>The last-level table that an entry is in.</summary>
    private ulong TableBase(ulong entryAddress) =>
        entryAddress & ~(((ulong)sizeof(ulong) << space.Format.LevelIndexBits(space.Format.LevelCount - 1)) - 1);

    /// <summary>Last-level tables over RAM, where the kernel maps by blocks and so made them by splitting one.</summary>
    private (long Tables, long WithoutAlias) CountSplitTables(VmemmapMap<TFormat, TMemory> map, DevdaxScan devdax)
    {
        if (!kernel.Architecture.MapsVmemmapByBlocks)
        {
            return (0, 0);
        }

        int shift = kernel.Architecture.PageShift;
        var tables = new Dictionary<ulong, bool>();
        int nextRun = 0;
        foreach (VmemmapExtent extent in map.Extents)
        {
            if (extent.Level != space.Format.LevelCount - 1)
            {
                continue;
            }

            ulong end = extent.Address + ((ulong)extent.Count << shift);
            while (nextRun < map.Runs.Count && map.Runs[nextRun].End(shift) <= extent.Address)
            {
                nextRun++;
            }

            if (!CoversRam(extent.Address, end))
            {
                continue;
            }

            bool hasAlias = nextRun < map.Runs.Count && map.Runs[nextRun].Address < end;
            ulong table = TableBase(extent);
            if (kernel.SectionOf((extent.Address - kernel.VmemmapBase) / (ulong)kernel.StructPageSize).State == SectionState.Unknown && devdax.IsTable(table))
            {
                continue;
            }

            tables[table] = tables.GetValueOrDefault(table) || hasAlias;
        }

        // A table that is absent from the image is one all the same: the entry that points to it is there.
        foreach (WalkFault fault in map.Faults)
        {
            if (fault.Reason == TranslationFault.Absent && fault.Level == space.Format.LevelCount - 1
                && CoversRam(Math.Max(fault.Address, kernel.VmemmapBase), fault.Address + fault.Length))
            {
                tables.TryAdd(TableBase(fault.EntryAddress), true);
            }
        }

        return (tables.Count, tables.Values.Count(hasAlias => !hasAlias));
    }

    private bool CoversRam(ulong address, ulong end)
    {
        ulong size = (ulong)kernel.StructPageSize;
        ulong pfn = (address - kernel.VmemmapBase) / size;
        ulong lastPfn = (end - 1 - kernel.VmemmapBase) / size;
        ulong step = kernel.Sections is { } sections ? 1UL << (sections.SizeShift - kernel.Architecture.PageShift) : ulong.MaxValue;
        while (true)
        {
            SectionInfo section = kernel.SectionOf(pfn);
            if (section.IsRam || section.State == SectionState.Unknown)
            {
                return true;
            }

            ulong next = step == ulong.MaxValue ? ulong.MaxValue : (pfn & ~(step - 1)) + step;
            if (next > lastPfn)
            {
                return false;
            }

            pfn = next;
        }
    }

    private VmemmapLayout Layout(List<HugePageRecord> records)
    {
        var seen = records.Where(r => r.State == HugePageState.Optimized).GroupBy(r => r.Layout).Select(g => (g.Key, Count: g.Count())).ToList();
        if (seen.Count > 1)
        {
            _warnings.Add($"optimized huge pages of {seen.Count} layouts were seen ({string.Join(", ", seen.Select(s => $"{s.Key}: {s.Count}"))}); the most frequent is reported");
        }

        return seen.Count == 0 ? VmemmapLayout.None : seen.MaxBy(s => s.Count).Key;
    }

    private void Warn(
        VmemmapMap<TFormat, TMemory> map,
        StructPageScan<TFormat, TMemory> scan,
        HugePageScan<TFormat, TMemory> judge,
        DevdaxScan devdax,
        List<HugePageRecord> records,
        long splitWithoutAlias)
    {
        if (map.FaultCount > 0)
        {
            _warnings.Add(
                $"vmemmap from 0x{map.Faults[0].Address:x} on ({map.Faults[0].Length} bytes) is unknown: {FaultText.Of(map.Faults[0], kernel.Architecture)}"
                + (map.FaultCount > 1 ? $"; and {map.FaultCount - 1} more such places" : string.Empty)
                + "; huge pages there are not seen, so pages and freedPages are lower bounds");
        }

        if (scan.UnknownPages > 0)
        {
            TraceStep leaf = space.Trace(scan.FirstUnknownPage)[^1];
            _warnings.Add(
                $"{scan.UnknownPages} vmemmap pages are unknown, their entries have a pattern that {kernel.Architecture.Name} reserves; the first is 0x{scan.FirstUnknownPage:x}: {leaf.Name} entry 0x{leaf.Entry:x} at 0x{leaf.EntryAddress:x}");
        }

        if (scan.HasUnknownSections)
        {
            _warnings.Add("mem_section is not in the image: which memory is RAM and which a device's is judged by the shape of its aliases alone, and splitPageTables and netBytes may include a device's tables");
        }

        if (scan.AbsentPages > 0)
        {
            _warnings.Add(
                $"{scan.AbsentPages} of {scan.MappedPages} vmemmap frames over RAM are not in the image: huge pages whose struct pages are among them are counted only if they are optimized");
        }

        if (devdax.OddRuns > 0)
        {
            _warnings.Add($"{devdax.OddRuns} runs of aliased vmemmap pages over device memory are no compound page of a power-of-two size; they are not counted");
        }

        int unknown = records.Count(r => r.State == HugePageState.Unknown);
        if (unknown > 0)
        {
            _warnings.Add($"{unknown} huge pages are unknown: part of their vmemmap is not mapped, or by tables that are absent or corrupt; freedPages is a lower bound");
        }

        int headless = records.Count(r => !r.HasHead && r.State != HugePageState.Unknown);
        if (headless > 0)
        {
            _warnings.Add($"{headless} optimized huge pages are known by their page tables only: their head struct page is absent or has no HugeTLB mark");
        }

        if (judge.Unexplained.Count > 0)
        {
            _warnings.Add(
                $"{judge.Unexplained.Count} runs of aliased vmemmap pages fit no huge page size and are not counted; the first is {judge.Unexplained[0].Count} pages at 0x{judge.Unexplained[0].Address:x}");
        }

        if (splitWithoutAlias > 0)
        {
            _warnings.Add($"splitPageTables is an upper bound: {splitWithoutAlias} of the tables have no alias; HVO made them and its pages were restored, or they were there from boot");
        }
    }
}

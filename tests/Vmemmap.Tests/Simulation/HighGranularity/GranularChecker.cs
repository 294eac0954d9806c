using System.Numerics;
using System.Runtime.InteropServices;
using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>
/// Looks at all mappings of a machine's files with eyes of its own: tables and struct pages as raw words, caches of CPUs, counts by their definitions, and
/// the books. Each look reads every word of every table; what follows from words that are as they were is kept from the look before.
/// </summary>
internal sealed class GranularChecker<TArch, TLayout>(GranularRig<TArch, TLayout> rig)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const ulong MigrationKind = 1;
    private const ulong HwPoisonKind = 2;
    private const ulong MarkerKind = 3;
    private readonly RawTables _tables = rig.Tables;
    private readonly Checking.MachineWords _words = new(rig.Machine.Memory);
    private readonly Dictionary<(AddressSpace<TArch> Space, ulong Table), TableImage> _images = [];
    private readonly Dictionary<HugetlbMapping<TArch, TLayout>, MappingImage<TArch, TLayout>> _mappings = [];
    private readonly Dictionary<ulong, PageCounts> _counts = [];
    private readonly List<TableImage> _distinct = [];
    private readonly HashSet<ulong> _seen = [];
    private readonly byte[] _frame = new byte[1 << TArch.PageShift];
    private readonly byte[] _structs = new byte[1 << TArch.PageShift];
    private MappingImage<TArch, TLayout>[] _ofSpace = [];
    private AddressSpace<TArch>? _space;
    private bool _readsAnew;
    private long _look;

    /// <summary>Checks everything. Where a test knows what each base page of each mapping has to be, this too.</summary>
    /// <param name="mappings">All mappings.</param>
    /// <param name="models">What each has to show.</param>
    /// <param name="migrations">All migrations that are under way.</param>
    public void Check(
        IReadOnlyList<HugetlbMapping<TArch, TLayout>> mappings,
        IReadOnlyList<MappingModel<TArch, TLayout>>? models = null,
        IReadOnlyList<HugePageMigration<TArch, TLayout>>? migrations = null)
    {
        _look++;
        _counts.Clear();
        _distinct.Clear();
        _seen.Clear();
        foreach (HugetlbMapping<TArch, TLayout> ended in _mappings.Keys.Except(mappings).ToArray())
        {
            _mappings.Remove(ended);
            _readsAnew = true;
        }

        foreach (HugetlbMapping<TArch, TLayout> mapping in mappings)
        {
            if (!_mappings.TryGetValue(mapping, out MappingImage<TArch, TLayout>? image) || image.Start != mapping.Start)
            {
                _mappings[mapping] = new MappingImage<TArch, TLayout>(mapping);
                _readsAnew = true;
            }
        }

        foreach (AddressSpace<TArch> space in rig.Spaces)
        {
            CheckSpace(space);
        }

        _readsAnew = false;
        Assert.Equal(_distinct.Count, rig.Machine.Books[FrameUse.UserPageTable]);
        Assert.Equal(rig.Total, rig.Machine.Books.Total);
        Assert.Equal([], rig.Machine.Violations.First);
        CheckCounts(models, migrations ?? []);
        foreach (MappingModel<TArch, TLayout> model in models ?? [])
        {
            Compare(_mappings[model.Mapping], model);
        }
    }

    private void CheckSpace(AddressSpace<TArch> space)
    {
        _space = space;
        _ofSpace = [.. _mappings.Values.Where(image => image.Mapping.Space == space)];
        long tables = 0;
        long mapped = 0;
        Visit(space.Root, 0, 0, _readsAnew, ref tables, ref mapped);
        foreach (((AddressSpace<TArch> of, ulong table), TableImage image) in _images)
        {
            if (of == space && image.Look != _look)
            {
                _images.Remove((of, table));
            }
        }

        Assert.Equal((tables, mapped), (space.PageTables, space.HugetlbPages));
        foreach (Cpu<TArch> cpu in rig.Machine.Cpus)
        {
            foreach ((ulong address, UserTlbEntry cached) in space.PeekTlb(cpu))
            {
                CheckCached(cpu, address, cached);
            }
        }
    }

    private void CheckCached(Cpu<TArch> cpu, ulong address, UserTlbEntry cached)
    {
        bool isRight = false;
        if (ImageAt(address) is { } image && cached.Size <= image.End - address)
        {
            int first = image.At(address);
            int last = image.At(address + cached.Size - 1);
            ulong frame = (cached.PhysicalAddress >> TArch.PageShift) + 1;
            isRight = (image.Pages[first], image.Pages[last]) == (frame, frame + (ulong)(last - first))
                && (1UL << image.Shifts[first], 1UL << image.Shifts[last]) == (cached.Size, cached.Size)
                && cached.IsWritable == image.Mapping.IsWritable;
        }

        if (!isRight)
        {
            Assert.Fail($"CPU {cpu.Number} has {cached} cached for 0x{address:x}; the tables say {_tables.Walk(_space!.Root, address)}.");
        }
    }

    private MappingImage<TArch, TLayout>? ImageAt(ulong address)
    {
        foreach (MappingImage<TArch, TLayout> image in _ofSpace)
        {
            if (address >= image.Start && address < image.End)
            {
                return image;
            }
        }

        return null;
    }

    private void Visit(ulong table, int level, ulong start, bool anew, ref long tables, ref long mapped)
    {
        tables++;
        if (!_images.TryGetValue((_space!, table), out TableImage? image) || (image.Level, image.Start) != (level, start))
        {
            _images[(_space!, table)] = image = new TableImage(table, level, start, 1 << _tables.Manual.IndexBits(level));
            anew = true;
        }

        // Tables of one file may lead into each other's; nothing else may be reached twice.
        bool isFirst = _seen.Add(table);
        if (image.Look == _look || (!isFirst && !rig.Files.Any(file => file.SharesPageTables)))
        {
            Assert.Fail($"The table at 0x{table:x} is reached twice.");
        }

        image.Look = _look;
        if (isFirst)
        {
            _distinct.Add(image);
        }

        rig.Machine.Memory.ReadFrame(table >> TArch.PageShift, _frame);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(_frame)[..image.Words.Length];
        Span<bool> changed = stackalloc bool[image.Words.Length];
        bool anyChanged = anew;
        changed.Fill(anew);
        if (!anew && !words.SequenceEqual(image.Words))
        {
            anyChanged = true;
            for (int i = 0; i < words.Length; i++)
            {
                changed[i] = words[i] != image.Words[i];
            }
        }

        if (anyChanged)
        {
            words.CopyTo(image.Words);
            for (int i = 0; i < words.Length; i++)
            {
                if (changed[i])
                {
                    Parse(image, i);
                }
            }
        }

        if (anyChanged || anew)
        {
            Count(image);
        }

        mapped += image.Mapped;
        for (int i = 0; i < image.Below.Length; i++)
        {
            if (image.Below[i] != 0)
            {
                Visit(image.Below[i], level + 1, start + ((ulong)i << _tables.Manual.Shift(level)), changed[i], ref tables, ref mapped);
            }
        }
    }

    /// <summary>Reads an entry that has changed.</summary>
    private void Parse(TableImage image, int i)
    {
        int shift = _tables.Manual.Shift(image.Level);
        ulong address = image.Start + ((ulong)i << shift);
        ulong bytes = 1UL << shift;
        ulong word = image.Words[i];
        RawKind kind = _tables.KindOf(image.Level, word);
        image.Kinds[i] = kind;
        image.Below[i] = 0;
        image.Outcomes[i] = default;
        if (kind is RawKind.None or RawKind.Table)
        {
            foreach (MappingImage<TArch, TLayout> mapping in _ofSpace)
            {
                ulong first = Math.Max(address, mapping.Start);
                ulong end = Math.Min(address + bytes, mapping.End);
                if (first < end)
                {
                    mapping.Fill(first, end - first, 0);
                }
            }
        }

        switch (kind)
        {
            case RawKind.Table:
                List<ulong> path = [];
                _tables.Manual.Walk(_words, _space!.Root, _tables.Canonical(address), path);
                Assert.True(_tables.IsUserTable(word), $"The table at 0x{address:x}, level {image.Level}, is not user mode's: 0x{word:x}.");
                image.Below[i] = path[image.Level + 1];
                break;
            case RawKind.Leaf:
                Outcome outcome = _tables.Walk(_space!.Root, address);
                if (outcome.Level != image.Level || outcome.Fault != TranslationFault.None || ImageAt(address) is not { } of || bytes > of.End - address)
                {
                    Assert.Fail($"0x{word:x} at 0x{address:x}, level {image.Level}, where the walk gives {outcome}: no mapping is there, or not this.");
                    return;
                }

                image.Outcomes[i] = outcome;
                of.Map(address, bytes, outcome.PhysicalAddress >> TArch.PageShift, BitOperations.Log2(outcome.Size));
                break;
            case RawKind.NotPresent:
                if (ImageAt(address) is not { } mapping2 || bytes > mapping2.End - address)
                {
                    Assert.Fail($"0x{word:x} at 0x{address:x}, level {image.Level}, where no mapping is.");
                    return;
                }

                mapping2.Fill(address, bytes, (word >> 60) switch
                {
                    MigrationKind => Shown.Migration,
                    HwPoisonKind => Shown.Poison,
                    MarkerKind => Shown.Marker,
                    _ => throw new InvalidOperationException($"0x{word:x} at 0x{address:x} is nothing."),
                });
                break;
        }
    }

    /// <summary>What a table that has changed maps, and what counts by it: groups are whole, and lead to the right pages.</summary>
    private void Count(TableImage image)
    {
        image.Mapped = 0;
        image.Leaves.Clear();
        image.Positions.Clear();
        int shift = _tables.Manual.Shift(image.Level);
        for (int i = 0; i < image.Kinds.Length;)
        {
            if (image.Kinds[i] == RawKind.Leaf)
            {
                int count = CheckLeaf(image, i);
                image.Mapped += (long)count << (shift - TArch.PageShift);
                i += count;
            }
            else
            {
                i++;
            }
        }

        foreach (MappingImage<TArch, TLayout> of in _ofSpace)
        {
            ulong tableEnd = image.Start + ((ulong)image.Words.Length << shift);
            if (_tables.LevelOf(HugeShift(of.Mapping)) != image.Level)
            {
                continue;
            }

            int entries = 1 << (HugeShift(of.Mapping) - shift);
            ulong end = Math.Min(of.End, tableEnd);
            for (ulong address = Math.Max(of.Start, image.Start); address < end; address += of.Mapping.Hstate.Size)
            {
                int first = (int)((address - image.Start) >> shift);
                bool counts = false;
                for (int i = first; i < first + entries; i++)
                {
                    counts |= CountsForPosition(image.Kinds[i], image.Words[i], HugeShift(of.Mapping));
                }

                if (counts)
                {
                    image.Positions.Add((of.Mapping, of.Mapping.FirstPage + (long)((address - of.Start) / of.Mapping.Hstate.Size)));
                }
            }
        }
    }

    // RFC v1: a position of the huge page's own size counts while it is not none. What stands for the whole of it and maps no page, for a migration or
    // a memory error, dropped its mapping as everywhere in the kernel; a memory error of a smaller piece leaves the position mapped, and counted.
    private static bool CountsForPosition(RawKind kind, ulong word, int hugeShift) =>
        kind is RawKind.Leaf or RawKind.Table
        || (kind == RawKind.NotPresent && word >> 60 == HwPoisonKind && (int)((word >> 54) & 63) < hugeShift);

    /// <summary>One leaf, or a whole group; how many entries that were.</summary>
    private int CheckLeaf(TableImage image, int first)
    {
        Outcome outcome = image.Outcomes[first];
        ulong reach = 1UL << _tables.Manual.Shift(image.Level);
        ulong address = image.Start + ((ulong)first * reach);
        MappingImage<TArch, TLayout> of = ImageAt(address)!;
        HugetlbMapping<TArch, TLayout> mapping = of.Mapping;
        int shift = BitOperations.Log2(outcome.Size);
        int hugeShift = HugeShift(mapping);
        bool isPossible = _tables.Shifts.Contains(shift)
            && shift <= hugeShift
            && (mapping.IsHighGranularity || shift == hugeShift)
            && ((address | outcome.PhysicalAddress) & (outcome.Size - 1)) == 0;
        if (!isPossible)
        {
            Assert.Fail($"0x{address:x} is mapped by {outcome}.");
        }

        int count = (int)(outcome.Size / reach);
        if (first + count > image.Words.Length)
        {
            Assert.Fail($"The group at 0x{address:x} is not whole.");
        }

        for (int i = first; i < first + count; i++)
        {
            ulong offset = (ulong)(i - first) * reach;
            Outcome each = image.Outcomes[i];
            ulong word = image.Words[i];
            bool isWhole = image.Kinds[i] == RawKind.Leaf && (each.PhysicalAddress, each.Size) == (outcome.PhysicalAddress + offset, outcome.Size);
            if (!isWhole || !_tables.IsUser(word))
            {
                Assert.Fail($"Entry {i - first} of the {count} at 0x{address:x} is 0x{word:x}, {each}.");
            }

            bool isWritable = mapping.IsWritable;
            if ((each.IsWritable, (word & _tables.AccessedBit) != 0, (word & _tables.DirtyBit) != 0) != (isWritable, true, isWritable))
            {
                Assert.Fail($"0x{word:x} at 0x{address + offset:x}, in a mapping that is {(isWritable ? "writable" : "read-only")}.");
            }
        }

        long index = mapping.FirstPage + (long)((address - of.Start) / mapping.Hstate.Size);
        HugePage<TArch, TLayout>? page = mapping.IsShared ? mapping.File.PageAt(index) : rig.Pool.PageOf(outcome.PhysicalAddress >> TArch.PageShift);
        if (page is null || (page.HeadPfn << TArch.PageShift) + (address & (mapping.Hstate.Size - 1)) != outcome.PhysicalAddress)
        {
            Assert.Fail($"0x{address:x} maps 0x{outcome.PhysicalAddress:x}; page {index} of the file is at 0x{page?.HeadPfn:x}.");
        }

        image.Leaves.Add((outcome.PhysicalAddress >> TArch.PageShift, shift, mapping));
        return count;
    }

    private static int HugeShift(HugetlbMapping<TArch, TLayout> mapping) => mapping.Hstate.Order + TArch.PageShift;

    private void CheckCounts(IReadOnlyList<MappingModel<TArch, TLayout>>? models, IReadOnlyList<HugePageMigration<TArch, TLayout>> migrations)
    {
        // Whoever holds a page holds a reference to it: a file, a private mapping, a migration.
        foreach (HugetlbFile<TArch, TLayout> file in rig.Files)
        {
            for (long i = 0; i < file.PageCount; i++)
            {
                if (file.PageAt(i) is { } page)
                {
                    CountsOf(page).References++;
                }
            }
        }

        foreach (HugePage<TArch, TLayout> own in models?.SelectMany(model => model.Own.Values) ?? [])
        {
            CountsOf(own).References++;
        }

        foreach (HugePageMigration<TArch, TLayout> migration in migrations)
        {
            CountsOf(migration.From).References++;
            CountsOf(migration.To).References++;
        }

        if (models is not null)
        {
            CheckPool();
        }

        foreach (TableImage image in _distinct)
        {
            foreach ((object of, long index) in image.Positions)
            {
                var mapping = (HugetlbMapping<TArch, TLayout>)of;
                if (mapping.IsShared)
                {
                    Assert.NotNull(mapping.File.PageAt(index));
                    PageCounts counts = CountsOf(mapping.File.PageAt(index)!);
                    counts.Positions++;
                    counts.Rule = mapping.File.MapCountRule;
                }
            }

            foreach ((ulong pfn, int shift, object of) in image.Leaves)
            {
                var mapping = (HugetlbMapping<TArch, TLayout>)of;
                HugePage<TArch, TLayout> page = rig.Pool.PageOf(pfn)!;
                PageCounts counts = CountsOf(page);
                counts.Rule = mapping.File.MapCountRule;
                counts.Leaves++;
                if (!mapping.IsShared)
                {
                    counts.Positions++;
                    counts.References += models is null ? 1 : 0;
                }

                if (shift == HugeShift(mapping))
                {
                    counts.Whole++;
                }
                else if (counts.Rule == MapCountRule.SubPage)
                {
                    counts.Count((int)(pfn - page.HeadPfn), 1 << (shift - TArch.PageShift));
                }
            }
        }

        foreach (PageCounts counts in _counts.Values)
        {
            HugePage<TArch, TLayout> page = counts.Page;
            (int References, int Entire, int All) found = rig.CountsOf(page);
            (int, int, int) wanted = counts.Rule == MapCountRule.HugePage
                ? (counts.References + counts.Positions, counts.Positions, counts.Positions)
                : (counts.References + counts.Leaves, counts.Whole, counts.Whole + counts.SubPages.Sum());
            if (wanted != found)
            {
                Assert.Fail($"The page at PFN 0x{page.HeadPfn:x} has {found} of references, mappings and their sum, and {wanted} by definition.");
            }

            CheckSubPages(page, counts);
        }
    }

    // Every page of the pool is free, or somebody holds it: what has a memory error leaves the pool when it is freed.
    private void CheckPool()
    {
        foreach (Hstate hstate in rig.Files.Select(file => file.Hstate).Distinct())
        {
            int held = _counts.Values.Count(counts => counts.Page.Hstate == hstate);
            Assert.Equal(rig.Pool[hstate].Pages, rig.Pool[hstate].FreePages + held);
        }
    }

    private PageCounts CountsOf(HugePage<TArch, TLayout> page)
    {
        if (!_counts.TryGetValue(page.HeadPfn, out PageCounts? counts))
        {
            _counts.Add(page.HeadPfn, counts = new PageCounts(page));
        }

        return counts;
    }

    // Struct pages of base pages may be aliases where the page is optimized: nothing is counted there, and the remapping tests look at their words.
    // A huge page of which nothing was ever counted by base page has all its words as they were: some of them are looked at.
    private void CheckSubPages(HugePage<TArch, TLayout> page, PageCounts counts)
    {
        if (page.IsOptimized)
        {
            return;
        }

        long perFrame = (1L << TArch.PageShift) / 64;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(_structs);
        int[] wanted = counts.SubPages;
        for (long i = 0; i < page.Count; i++)
        {
            if (i == 0 || (page.HeadPfn + (ulong)i) % (ulong)perFrame == 0)
            {
                rig.Machine.Memory.ReadFrame(rig.StructWordPlace(page.HeadPfn + (ulong)i, 48) >> TArch.PageShift, _structs);
            }

            uint word = (uint)words[(int)((page.HeadPfn + (ulong)i) % (ulong)perFrame * 8) + 6];
            int found = i == 0 ? (int)(word & 0xffffff) : (int)word + 1;
            if (found != (wanted.Length == 0 ? 0 : wanted[i]))
            {
                Assert.Fail($"Base page {i} of PFN 0x{page.HeadPfn:x} has a count of {found}, and {(wanted.Length == 0 ? 0 : wanted[i])} pieces map it.");
            }
        }
    }

    private void Compare(MappingImage<TArch, TLayout> image, MappingModel<TArch, TLayout> model)
    {
        int first = Math.Min(image.Changed.First, model.Changed.First);
        int end = Math.Max(image.Changed.End, model.Changed.End);
        image.Changed.Clear();
        model.Changed.Clear();
        if (first >= end)
        {
            return;
        }

        int same = model.Pages.AsSpan(first, end - first).CommonPrefixLength(image.Pages.AsSpan(first, end - first));
        if (same < end - first)
        {
            ulong address = image.Start + ((ulong)(first + same) << TArch.PageShift);
            Assert.Fail($"0x{address:x} is 0x{image.Pages[first + same]:x} in the tables, and 0x{model.Pages[first + same]:x} for the oracle.");
        }
    }

    private sealed class PageCounts(HugePage<TArch, TLayout> page)
    {
        public HugePage<TArch, TLayout> Page => page;

        public MapCountRule Rule { get; set; }

        /// <summary>Of those who hold it, mappings aside.</summary>
        public int References { get; set; }

        public int Positions { get; set; }

        public int Leaves { get; set; }

        public int Whole { get; set; }

        /// <summary>Pieces that map each base page; empty if none does.</summary>
        public int[] SubPages { get; private set; } = [];

        public void Count(int first, int pages)
        {
            SubPages = SubPages.Length == 0 ? new int[page.Count] : SubPages;
            foreach (ref int count in SubPages.AsSpan(first, pages))
            {
                count++;
            }
        }
    }
}

using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>A machine with a few huge pages of one size, a file of them, and address spaces that map it.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class GranularRig<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const int OtherPages = 2;
    private readonly List<AddressSpace<TArch>> _spaces = [];
    private readonly List<HugetlbFile<TArch, TLayout>> _files = [];

    public GranularRig(
        string size, int pages = 1, MapCountRule rule = MapCountRule.HugePage, bool optimize = false, int cpus = 3, int filePages = 0,
        string otherSize = "", bool shares = false)
    {
        Hstate = OptimizerRig<TArch, TLayout>.HstateOf(size);
        ulong section = TArch.PageShift == 16 ? 1UL << 29 : 1UL << 27;
        ulong others = otherSize.Length == 0 ? 0 : OtherPages * OptimizerRig<TArch, TLayout>.HstateOf(otherSize).Size;
        ulong bytes = (((ulong)pages * Hstate.Size) + others + (Hstate.Size >= 1UL << 29 ? section : 0) + section - 1) / section * section;
        Machine = new Machine<TArch>(MachineOptions.OfSize(Math.Max(bytes, section)) with
        {
            Cpus = cpus,
            BreakBeforeMake = BreakBeforeMakePolicy.StopMachine,
            VmemmapMapping = TLayout.NeedsBasePages ? VmemmapMapping.BasePages : VmemmapMapping.Default,
        });
        Remapper = new VmemmapRemapper<TArch>(Machine);
        Total = Machine.Books.Total;
        Pool = new HugetlbPool<TArch, TLayout>(Remapper, new HugetlbOptions { OptimizeVmemmap = optimize });
        Assert.Equal(pages, Pool.SetHugePages(Hstate, pages));
        File = new HugetlbFile<TArch, TLayout>(Pool, Hstate, filePages == 0 ? pages : filePages, rule) { SharesPageTables = shares };
        _files.Add(File);
        if (otherSize.Length > 0)
        {
            Hstate other = OptimizerRig<TArch, TLayout>.HstateOf(otherSize);
            Assert.Equal(OtherPages, Pool.SetHugePages(other, OtherPages));
            _files.Add(new HugetlbFile<TArch, TLayout>(Pool, other, OtherPages, rule));
        }

        Tables = new RawTables(Manuals.AllManuals.Of(TArch.Name), Machine.Memory);
    }

    public Machine<TArch> Machine { get; }

    public VmemmapRemapper<TArch> Remapper { get; }

    public HugetlbPool<TArch, TLayout> Pool { get; }

    public HugetlbFile<TArch, TLayout> File { get; }

    public Hstate Hstate { get; }

    public RawTables Tables { get; }

    public long Total { get; }

    public IReadOnlyList<AddressSpace<TArch>> Spaces => _spaces;

    /// <summary>The file, and the one of pages of another size if there is one.</summary>
    public IReadOnlyList<HugetlbFile<TArch, TLayout>> Files => _files;

    public Cpu<TArch> Cpu => Machine.Cpus[0];

    public ulong BasePage => 1UL << TArch.PageShift;

    public int HugeShift => Hstate.Order + TArch.PageShift;

    /// <summary>Where mappings begin unless a test wants it otherwise.</summary>
    public ulong Start => 4 * Math.Max(Hstate.Size, 1UL << 30);

    public AddressSpace<TArch> AddSpace()
    {
        Assert.True(AddressSpace<TArch>.TryCreate(Cpu, out AddressSpace<TArch>? space));
        _spaces.Add(space);
        return space;
    }

    /// <summary>A mapping of the whole file in an address space of its own, told to map pieces.</summary>
    public HugetlbMapping<TArch, TLayout> MapGranular(AddressSpace<TArch>? space = null, HugetlbMappingOptions? options = null)
    {
        HugetlbMapping<TArch, TLayout> mapping = Map(space, options);
        Assert.True(mapping.AdviseSplit(Cpu).IsDone);
        return mapping;
    }

    public HugetlbMapping<TArch, TLayout> Map(AddressSpace<TArch>? space = null, HugetlbMappingOptions? options = null) =>
        File.Map(Cpu, space ?? AddSpace(), options ?? new HugetlbMappingOptions { Start = Start, Pages = File.PageCount });

    public HugePage<TArch, TLayout> Fill(long index = 0)
    {
        Assert.True(File.TryFill(Cpu, index));
        return File.PageAt(index)!;
    }

    /// <summary>How many pieces of which size an address space has, a group counting once: "31 x 32M + 16 x 2M".</summary>
    public string PiecesOf(AddressSpace<TArch> space) => string.Join(" + ", Tables.Read(space.Root).Entries
        .Where(entry => entry.Kind == RawKind.Leaf && (entry.Address & (entry.Outcome.Size - 1)) == 0)
        .GroupBy(entry => entry.Outcome.Size)
        .OrderByDescending(group => group.Key)
        .Select(group => $"{group.Count()} x {SizeText(group.Key)}"));

    /// <summary>Writes the entries of a position as raw words.</summary>
    public void WriteEntries(AddressSpace<TArch> space, ulong address, int shift, Func<ulong, ulong> change)
    {
        int level = Tables.LevelOf(shift);
        ulong first = Tables.EntryOf(space.Root, address & (ulong.MaxValue << shift), level);
        for (ulong i = 0; i < 1UL << (shift - Tables.Manual.Shift(level)); i++)
        {
            Machine.Memory.WriteWord(first + (i * 8), change(Machine.Memory.ReadWord(first + (i * 8))));
        }
    }

    public void FailPageTableAt(long number)
    {
        long left = number;
        Machine.PageAllocator.Fail = attempt => attempt.Purpose == AllocationPurpose.UserPageTable && left-- == 0;
    }

    public void FailNothing() => Machine.PageAllocator.Fail = null;

    /// <summary>The checker, and no violation.</summary>
    public void Check(params IReadOnlyList<HugetlbMapping<TArch, TLayout>> mappings) =>
        new GranularChecker<TArch, TLayout>(this).Check(mappings);

    /// <summary>Ends an address space in which nothing is mapped.</summary>
    public void Exit(AddressSpace<TArch> space)
    {
        Assert.Equal((0, 1), (space.HugetlbPages, space.PageTables));
        space.Exit(Cpu);
        Assert.Equal(0, space.PageTables);
        Assert.True(_spaces.Remove(space));
    }

    /// <summary>Ends everything; nothing may be left.</summary>
    public void End(params IReadOnlyList<HugetlbMapping<TArch, TLayout>> mappings)
    {
        foreach (HugetlbMapping<TArch, TLayout> mapping in mappings)
        {
            mapping.Remove(Cpu);
        }

        foreach (AddressSpace<TArch> space in _spaces.ToArray())
        {
            Exit(space);
        }

        foreach (HugetlbFile<TArch, TLayout> file in _files)
        {
            for (long i = 0; i < file.PageCount; i++)
            {
                if (file.PageAt(i) is { } page)
                {
                    Assert.Equal((1, 0, 0), CountsOf(page));
                }

                file.TryRemove(Cpu, i);
            }

            file.Dispose();
            Assert.Equal(Pool[file.Hstate].Pages, Pool[file.Hstate].FreePages);
        }

        Assert.Equal(0, Machine.Books[FrameUse.UserPageTable]);
        Assert.Equal(Total, Machine.Books.Total);
        Assert.Equal([], Machine.Violations.First);
    }

    /// <summary>References, mappings of the whole, all mappings: raw words of the head and the first tail (6.12 mm_types.h).</summary>
    public (int References, int Entire, int All) CountsOf(HugePage<TArch, TLayout> page)
    {
        ulong counts = StructWord(page.HeadPfn + 1, 16);
        return ((int)(StructWord(page.HeadPfn, 48) >> 32), (int)(counts >> 32) + 1, (int)counts + 1);
    }

    /// <summary>Mappings of one base page by pieces.</summary>
    public int SubPageCountOf(HugePage<TArch, TLayout> page, long index)
    {
        uint word = (uint)StructWord(page.HeadPfn + (ulong)index, 48);
        return index == 0 ? (int)(word & 0xffffff) : (int)word + 1;
    }

    public void WriteStructWord(ulong pfn, ulong offset, ulong word) => Machine.Memory.WriteWord(StructWordPlace(pfn, offset), word);

    public ulong StructWord(ulong pfn, ulong offset) => Machine.Memory.ReadWord(StructWordPlace(pfn, offset));

    public ulong StructWordPlace(ulong pfn, ulong offset)
    {
        Manuals.Outcome outcome = Tables.Manual.Walk(
            new Checking.MachineWords(Machine.Memory), Machine.PageTables.Root, Machine.Vmemmap.AddressOf(pfn) + offset);
        Assert.Equal(TranslationFault.None, outcome.Fault);
        return outcome.PhysicalAddress;
    }

    private static string SizeText(ulong bytes) => bytes >= 1UL << 30 ? $"{bytes >> 30}G" : bytes >= 1UL << 20 ? $"{bytes >> 20}M" : $"{bytes >> 10}K";
}

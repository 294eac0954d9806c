using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Simulation.Checking;
using Vmemmap.Tests.Simulation.Machine;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>A machine, a file of huge pages, and processes; what is in memory is read by the walkers written by hand, and as words.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal sealed class RefusedRig<TArch>
    where TArch : struct, IArchitecture
{
    // facts/kernel.md section 7: _refcount in the high half of the word at 48; _entire_mapcount, from -1, in that of the word at 16 of the first tail.
    private const ulong CountOffset = 48;
    private const ulong EntireOffset = 16;

    private readonly MachineWords _words;
    private readonly List<AddressSpace<TArch>> _processes = [];
    private readonly long[] _before;

    public RefusedRig(
        string size, int inPool = 6, long length = 6, bool shares = false, MapCountRule rule = MapCountRule.HugePage, int nodes = 1, ulong bytes = 1UL << 29)
    {
        Machine = new Machine<TArch>(MachineOptions.OfSize(bytes, nodes) with { Cpus = 4, BreakBeforeMake = BreakBeforeMakePolicy.StopMachine });
        Hstate = TArch.Hstates.ToArray().Single(hstate => hstate.Name == size);
        Pool = new HugetlbPool<TArch, ReserveOne>(
            new VmemmapRemapper<TArch>(Machine), new HugetlbOptions { OptimizeVmemmap = rule == MapCountRule.HugePage });
        Assert.Equal(inPool, Pool.SetHugePages(Hstate, inPool));
        File = new HugetlbFile<TArch, ReserveOne>(Pool, Hstate, length, rule) { SharesPageTables = shares };
        _words = new MachineWords(Machine.Memory);
        _before = Reading();
    }

    public Machine<TArch> Machine { get; }

    public Hstate Hstate { get; }

    public HugetlbPool<TArch, ReserveOne> Pool { get; }

    public HugetlbFile<TArch, ReserveOne> File { get; }

    public Manual Manual { get; } = AllManuals.Of(TArch.Name);

    public Cpu<TArch> Cpu => Machine.Cpus[0];

    public Cpu<TArch> OtherCpu => Machine.Cpus[1];

    /// <summary>Bytes of a table of the huge pages' level: what can be shared.</summary>
    public ulong TableReach => 1UL << TArch.LevelShift(Hstate.Level - 1);

    /// <summary>Two huge pages before the end of a table: a mapping there needs two of them.</summary>
    public ulong AcrossTables => (3 * TableReach) - (2 * Hstate.Size);

    public AddressSpace<TArch> NewProcess()
    {
        Assert.True(AddressSpace<TArch>.TryCreate(Cpu, out AddressSpace<TArch>? space));
        _processes.Add(space);
        return space;
    }

    public HugetlbMapping<TArch, ReserveOne> Map(AddressSpace<TArch> space, ulong start, long pages, HugetlbMappingOptions? like = null) =>
        File.Map(Cpu, space, (like ?? new HugetlbMappingOptions { Start = 0, Pages = 1 }) with { Start = start, Pages = pages });

    /// <summary>Reads, and with it maps, the huge pages of a mapping.</summary>
    public void Read(HugetlbMapping<TArch, ReserveOne> mapping, params ReadOnlySpan<long> pages)
    {
        foreach (long page in pages)
        {
            Assert.Equal(FaultKind.Mapped, mapping.Touch(Cpu, At(mapping, page), write: false, out _).Kind);
        }
    }

    /// <summary>Virtual address of a huge page of a mapping.</summary>
    public ulong At(HugetlbMapping<TArch, ReserveOne> mapping, long page) => mapping.Start + ((ulong)page * Hstate.Size);

    public HugePage<TArch, ReserveOne> PageAt(long index) => Assert.IsType<HugePage<TArch, ReserveOne>>(File.PageAt(index));

    public Outcome Walk(AddressSpace<TArch> space, ulong address, ICollection<ulong>? tables = null)
    {
        ulong canonical = Manual.Canonical(address);
        Outcome outcome = Manual.Walk(_words, space.Root, canonical, tables);
        Assert.Equal(outcome, Outcome.Of(space.TryWalk(address, out Translation translation), in translation));
        return outcome;
    }

    /// <summary>An address is mapped to a page, as a whole.</summary>
    public void AssertMapped(AddressSpace<TArch> space, ulong address, HugePage<TArch, ReserveOne> page, bool writable = true)
    {
        ulong offset = address & (Hstate.Size - 1);
        Outcome outcome = Walk(space, address);
        Assert.Equal(
            (TranslationFault.None, (page.HeadPfn << TArch.PageShift) + offset, Hstate.Size, writable),
            (outcome.Fault, outcome.PhysicalAddress, outcome.Size, outcome.IsWritable));
    }

    public void AssertNothing(AddressSpace<TArch> space, ulong address)
    {
        Outcome outcome = Walk(space, address);
        Assert.Equal((TranslationFault.NotPresent, 0UL), (outcome.Fault, outcome.Entry));
    }

    /// <summary>References and mappings of a huge page.</summary>
    public (int References, int Mappings) Counts(HugePage<TArch, ReserveOne> page) =>
        (References(page.HeadPfn), (int)(Cpu.ReadWord(Machine.Vmemmap.AddressOf(page.HeadPfn + 1) + EntireOffset) >> 32) + 1);

    public int References(ulong pfn) => (int)(Cpu.ReadWord(Machine.Vmemmap.AddressOf(pfn) + CountOffset) >> 32);

    /// <summary>Sets the references of a huge page.</summary>
    public void SetReferences(HugePage<TArch, ReserveOne> page, int references)
    {
        ulong address = Machine.Vmemmap.AddressOf(page.HeadPfn) + CountOffset;
        Cpu.WriteWord(address, (uint)Cpu.ReadWord(address) | ((ulong)references << 32));
    }

    /// <summary>The words of the entries of a huge page's own position.</summary>
    public ulong[] Entries(AddressSpace<TArch> space, ulong address)
    {
        ulong first = Walk(space, address & ~(Hstate.Size - 1)).EntryAddress;
        return [.. Enumerable.Range(0, Hstate.ContiguousCount).Select(i => Machine.Memory.ReadWord(first + ((ulong)i * 8)))];
    }

    /// <summary>Frame of the table of the huge pages' level that an address is translated by; 0 if there is none.</summary>
    public ulong TableOf(AddressSpace<TArch> space, ulong address)
    {
        var tables = new List<ulong>();
        Walk(space, address, tables);
        return tables.Count > Hstate.Level ? tables[Hstate.Level] >> TArch.PageShift : 0;
    }

    /// <summary>Every allocation that a step makes fails in turn, alone; the step says how it ended.</summary>
    /// <returns>Steps that failed.</returns>
    public int FailEach(Func<bool> step)
    {
        int failed = 0;
        for (long at = 0; ; at++)
        {
            long first = Machine.PageAllocator.Attempts + at;
            Machine.PageAllocator.Fail = attempt => attempt.Number == first;
            bool done = step();
            Machine.PageAllocator.Fail = null;
            if (Machine.PageAllocator.Attempts <= first)
            {
                Assert.True(done);
                return failed;
            }

            Assert.False(done);
            failed++;
        }
    }

    public void Exit(AddressSpace<TArch> process)
    {
        Assert.Equal(0, process.HugetlbPages);
        process.Exit(Cpu);
        Assert.Equal(0, process.PageTables);
        Assert.True(_processes.Remove(process));
    }

    public long[] Books() => OnMachine.Books(Machine);

    /// <summary>Everything ends: no frame is lost, and nothing was done that no kernel does.</summary>
    /// <param name="asBefore">Whether the machine is as at first: not after memory errors.</param>
    public void End(bool asBefore = true)
    {
        foreach (HugetlbMapping<TArch, ReserveOne> mapping in File.Mappings)
        {
            mapping.Remove(Cpu);
        }

        foreach (AddressSpace<TArch> process in _processes.ToArray())
        {
            Exit(process);
        }

        for (long index = 0; index < File.PageCount; index++)
        {
            if (File.PageAt(index) is { } page)
            {
                Assert.Equal((1, 0), Counts(page));
                Assert.True(File.TryRemove(Cpu, index));
            }
        }

        Assert.Equal(0, Machine.Books[FrameUse.UserPageTable]);
        Assert.Equal(0, Machine.Violations.Count);
        if (asBefore)
        {
            Assert.Equal(_before, Reading());
        }

        File.Dispose();
    }

    private long[] Reading() => [.. Books(), .. Machine.FreeByOrder(), Pool[Hstate].FreePages];
}

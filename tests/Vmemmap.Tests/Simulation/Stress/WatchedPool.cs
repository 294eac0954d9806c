using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Broken;
using Vmemmap.Tests.Simulation.Checking;

namespace Vmemmap.Tests.Simulation.Stress;

/// <summary>
/// A pool on CPU 0, and PFN walkers on the others that ask for heads wherever the machine lets them, on one thread. What they were told is judged after the
/// operation, by the huge pages that there were before and after it.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">The layout.</typeparam>
internal sealed class WatchedPool<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const int Probes = 8;
    private const int LookedAtOfWrites = 7;

    private readonly List<PfnWalker<TArch, TLayout>> _walkers;
    private readonly MachineChecker<TArch, TLayout> _checker;
    private readonly List<(ulong Pfn, ulong Head, MachineEvent At)> _answers = [];
    private readonly Random _random = new(2026);
    private readonly long[] _events = new long[Enum.GetValues<MachineEvent>().Length];
    private HugePage<TArch, TLayout>[] _before = [];
    private bool _looking;

    public WatchedPool(MachineOptions options)
    {
        Machine = new Machine<TArch>(options);
        Remapper = new VmemmapRemapper<TArch>(Machine);
        Pool = new HugetlbPool<TArch, TLayout>(Remapper, new HugetlbOptions { OptimizeVmemmap = true });
        _checker = new MachineChecker<TArch, TLayout>(Remapper);
        _walkers = [.. Machine.Cpus.Skip(1).Select(cpu => new PfnWalker<TArch, TLayout>(Remapper, cpu))];
        Machine.Observer = Look;
    }

    public Machine<TArch> Machine { get; }

    public VmemmapRemapper<TArch> Remapper { get; }

    public HugetlbPool<TArch, TLayout> Pool { get; }

    /// <summary>Huge pages that somebody uses all the time.</summary>
    public List<HugePage<TArch, TLayout>> Held { get; } = [];

    /// <summary>Answers that were judged by a huge page which lived through the operation.</summary>
    public long Judged { get; private set; }

    /// <summary>Times a walker had to come again.</summary>
    public long HeldUp { get; private set; }

    public long Seen(MachineEvent machineEvent) => _events[(int)machineEvent];

    public void Do(Action operation)
    {
        _before = Live();
        _answers.Clear();
        operation();
        Dictionary<ulong, HugePage<TArch, TLayout>> after = Live().ToDictionary(page => page.HeadPfn);
        Dictionary<ulong, HugePage<TArch, TLayout>> before = _before.ToDictionary(page => page.HeadPfn);
        foreach ((ulong pfn, ulong head, MachineEvent at) in _answers)
        {
            foreach (Hstate hstate in TArch.Hstates)
            {
                ulong expected = pfn & (ulong.MaxValue << hstate.Order);
                if (before.TryGetValue(expected, out HugePage<TArch, TLayout>? page)
                    && page.Hstate.Order == hstate.Order
                    && after.GetValueOrDefault(expected) == page)
                {
                    Judged++;
                    if (head != expected)
                    {
                        Assert.Fail($"At {at} the head of 0x{pfn:x} was said to be 0x{head:x}: its huge page began at 0x{expected:x} all the time.");
                    }
                }
            }
        }

        _checker.Check([.. Pool.Pages]);
        Expect.None(Machine);
        foreach (HugePage<TArch, TLayout> page in Held)
        {
            Assert.Equal(1, Machine.Cpus[0].ReadStructPage(page.HeadPfn).RefCount);
        }
    }

    private HugePage<TArch, TLayout>[] Live() =>
        [.. Pool.Pages.Where(page => page.Place is HugePagePlace.Free or HugePagePlace.InUse).OrderBy(page => page.HeadPfn)];

    private bool Look(MachineEvent machineEvent, Cpu<TArch> cpu)
    {
        long number = _events[(int)machineEvent]++;
        if (_looking || (machineEvent == MachineEvent.EntryWritten && number % LookedAtOfWrites != 0))
        {
            return false;
        }

        _looking = true;
        foreach (PfnWalker<TArch, TLayout> walker in _walkers)
        {
            if (walker.Cpu != cpu)
            {
                Ask(walker, machineEvent);
                Refer(walker);
            }
        }

        _looking = false;
        return true;
    }

    private void Ask(PfnWalker<TArch, TLayout> walker, MachineEvent machineEvent)
    {
        for (int i = 0; i < Probes; i++)
        {
            ulong pfn = Choose(i);
            switch (walker.FindHead(pfn, out ulong head))
            {
                case PfnLookup.Found:
                    Answers.RequirePlausible<TArch>(pfn, head);
                    _answers.Add((pfn, head, machineEvent));
                    break;
                case PfnLookup.NotOnline:
                    Assert.NotEqual(SectionState.Online, Machine.Sections.Of(pfn).State);
                    break;
                case PfnLookup.TryAgain:
                    HeldUp++;
                    RequireWindow(machineEvent, pfn);
                    break;
                default:
                    Assert.Fail($"At {machineEvent} CPU {walker.Cpu.Number} faulted on the struct page of 0x{pfn:x}.");
                    break;
            }
        }
    }

    // A reference to what is in use succeeds, and is given back; to what is free or frozen it does not.
    private void Refer(PfnWalker<TArch, TLayout> walker)
    {
        if (Held.Count == 0)
        {
            return;
        }

        HugePage<TArch, TLayout> page = Held[_random.Next(Held.Count)];
        ulong pfn = page.HeadPfn + (ulong)_random.NextInt64(page.Count);
        if (walker.FindHead(pfn, out _) == PfnLookup.Found)
        {
            Assert.True(walker.TryGet(pfn, out ulong head));
            Assert.Equal(page.HeadPfn, head);
            walker.Put(head);
        }

        HugePage<TArch, TLayout> other = _before[_random.Next(_before.Length)];
        if (other.Place == HugePagePlace.Free)
        {
            Assert.False(walker.TryGet(other.HeadPfn + (ulong)_random.NextInt64(other.Count), out _));
        }
    }

    private ulong Choose(int probe)
    {
        if (probe % 4 == 0 || _before.Length == 0)
        {
            return (ulong)_random.NextInt64((long)Machine.Memory.FrameCount);
        }

        HugePage<TArch, TLayout> page = _before[_random.Next(_before.Length)];
        ulong index = (ulong)_random.NextInt64(page.Count);

        // Where a page of vmemmap begins, an alias of the head may be met.
        ulong structPages = (1UL << TArch.PageShift) / (ulong)Machine.Options.StructPageSize;
        return page.HeadPfn + (probe % 4 == 1 ? index : index / structPages * structPages);
    }

    private void RequireWindow(MachineEvent machineEvent, ulong pfn)
    {
        Assert.StartsWith("arm64", TArch.Name, StringComparison.Ordinal);
        Assert.Contains(machineEvent, new[] { MachineEvent.EntryWritten, MachineEvent.Flushed, MachineEvent.InBreakBeforeMake });
        if (Machine.Options.BreakBeforeMake == BreakBeforeMakePolicy.FaultFixUp)
        {
            SparseMemoryView view = Machine.Memory.View;
            Assert.False(TArch.TryTranslate(in view, Machine.PageTables.Root, Machine.Vmemmap.AddressOf(pfn), out _));
        }
    }
}

using System.Diagnostics;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Broken;
using Vmemmap.Tests.Simulation.Checking;
using Vmemmap.Tests.Simulation.Memory;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Stress;

/// <summary>
/// Several pools on one machine, each on a thread and CPU of its own, PFN walkers on others, and one that plugs memory in and out: all at once, for a number of
/// operations or until a stop by the clock.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">The layout.</typeparam>
internal sealed class StressRun<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const int Pools = 3;
    private const int Walkers = 2;
    private const int Pins = 2;
    private const int MostPages = 24;
    private const ulong Section = 128UL << 20;
    private const ulong Start = 3 * Section;

    private readonly Machine<TArch> _machine;
    private readonly VmemmapRemapper<TArch> _remapper;
    private readonly HugetlbPool<TArch, TLayout>[] _pools;
    private readonly Hstate _small = OptimizerRig<TArch, TLayout>.HstateOf("2M");
    private readonly Dictionary<ulong, HugePage<TArch, TLayout>> _pinned = [];
    private readonly bool _hasGracePeriods = typeof(TLayout) == typeof(ReserveOne);
    private readonly Stopwatch _clock = new();

    // Windows take longer, and a large page is demoted now and then.
    private readonly int _rounds = TArch.RequiresBreakBeforeMake ? 40 : 120;
    private int _running = Pools + 1;
    private long _answers;
    private long _references;

    public StressRun(BreakBeforeMakePolicy policy)
    {
        _machine = new Machine<TArch>(MachineOptions.OfSize(Start) with
        {
            Cpus = Pools + Walkers + 1,
            BreakBeforeMake = policy,
            HotplugLimit = Start + Section,
        });
        _remapper = new VmemmapRemapper<TArch>(_machine);
        _pools = [.. Enumerable.Range(0, Pools).Select(_ => new HugetlbPool<TArch, TLayout>(_remapper, new HugetlbOptions { OptimizeVmemmap = true }))];
    }

    public void Run()
    {
        foreach (HugetlbPool<TArch, TLayout> pool in _pools)
        {
            Assert.Equal(Pins, pool.SetHugePages(_small, Pins));
            for (int i = 0; i < Pins; i++)
            {
                HugePage<TArch, TLayout> page = pool.TryAllocate(_small)!;
                _pinned.Add(page.HeadPfn, page);
            }
        }

        _clock.Start();
        Together.Run(Pools + Walkers + 1, thread =>
        {
            Cpu<TArch> cpu = _machine.Cpus[thread];
            if (thread is >= Pools and < Pools + Walkers)
            {
                Walk(new PfnWalker<TArch, TLayout>(_remapper, cpu), new Random(thread));
                return;
            }

            try
            {
                if (thread < Pools)
                {
                    Use(_pools[thread], cpu, new Random(thread));
                }
                else
                {
                    PlugInAndOut(cpu);
                }
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        });
        Check();
        Settle();
    }

    private bool IsOver => _clock.Elapsed > TimeSpan.FromSeconds(5);

    private void Use(HugetlbPool<TArch, TLayout> pool, Cpu<TArch> cpu, Random random)
    {
        var used = new List<HugePage<TArch, TLayout>>();
        pool.SetOvercommitLimit(_small, 4, cpu);
        for (int round = 0; round < _rounds && !IsOver; round++)
        {
            switch (random.Next(TArch.RequiresBreakBeforeMake ? 6 : 5))
            {
                case 0 or 1:
                    pool.SetHugePages(_small, random.Next(MostPages), cpu: cpu);
                    break;
                case 2 or 3 when pool.TryAllocate(_small, cpu: cpu) is { } page:
                    used.Add(page);
                    break;
                case 5:
                    Hstate large = OptimizerRig<TArch, TLayout>.HstateOf("32M");
                    pool.SetHugePages(large, 1, cpu: cpu);
                    pool.Demote(large, 1, _small, cpu: cpu);
                    pool.SetHugePages(large, 0, cpu: cpu);
                    break;
                default:
                    for (int i = random.Next(4); i > 0 && used.Count > 0; i--)
                    {
                        int which = random.Next(used.Count);
                        pool.Free(used[which], cpu);
                        used.RemoveAt(which);
                    }

                    break;
            }
        }

        foreach (HugePage<TArch, TLayout> page in used)
        {
            pool.Free(page, cpu);
        }
    }

    private void PlugInAndOut(Cpu<TArch> cpu)
    {
        const int Times = 6;
        ulong pfn = Start >> TArch.PageShift;
        for (int i = 0; i < Times && Volatile.Read(ref _running) > 1 && !IsOver; i++)
        {
            if (!_machine.Hotplug.TryPlug(cpu, Start, Section, node: 0))
            {
                Thread.Yield();
                continue;
            }

            for (int pause = 0; pause < 50; pause++)
            {
                Thread.Yield();
            }

            bool offline;
            while (!(offline = TryLeave(cpu, pfn)) && Volatile.Read(ref _running) > 1 && !IsOver)
            {
                Thread.Yield();
            }

            if (!offline)
            {
                return;
            }

            _machine.Hotplug.Unplug(cpu, Start, Section);
        }
    }

    private bool TryLeave(Cpu<TArch> cpu, ulong pfn)
    {
        foreach (HugetlbPool<TArch, TLayout> pool in _pools)
        {
            pool.DissolveRange(pfn, Section >> TArch.PageShift, cpu);
        }

        return _machine.Hotplug.TryOffline(cpu, Start, Section);
    }

    private void Walk(PfnWalker<TArch, TLayout> walker, Random random)
    {
        ulong[] pinned = [.. _pinned.Keys];
        long answers = 0;
        while (Volatile.Read(ref _running) > 0)
        {
            ulong pin = pinned[random.Next(pinned.Length)];
            ulong index = (ulong)random.Next(512);
            answers += Ask(walker, pin + index);
            answers += Ask(walker, pin + (index & ~63UL));
            answers += Ask(walker, (ulong)random.NextInt64((long)_machine.Memory.FrameCount));
            Refer(walker, pin, index);
            if (_hasGracePeriods)
            {
                // Nothing but huge pages is in memory that may be unplugged, so that whoever drops the last reference knows what to do.
                ReferToAny(walker, (Start >> TArch.PageShift) + (ulong)random.NextInt64((long)(Section >> TArch.PageShift)));
            }
        }

        Interlocked.Add(ref _answers, answers);
    }

    private int Ask(PfnWalker<TArch, TLayout> walker, ulong pfn)
    {
        PfnLookup lookup = walker.FindHead(pfn, out ulong head);
        if (lookup == PfnLookup.Found)
        {
            Answers.RequirePlausible<TArch>(pfn, head);
            if (_pinned.ContainsKey(pfn & ~511UL))
            {
                Assert.Equal(pfn & ~511UL, head);
            }

            return 1;
        }

        Assert.NotEqual(PfnLookup.Faulted, lookup);
        Assert.True(lookup != PfnLookup.TryAgain || _machine.BreakBeforeMake == BreakBeforeMakePolicy.FaultFixUp);
        return 0;
    }

    private void Refer(PfnWalker<TArch, TLayout> walker, ulong pin, ulong index)
    {
        if (walker.TryGet(pin + index, out ulong head))
        {
            Assert.Equal(pin, head);
            walker.Put(head);
            Interlocked.Increment(ref _references);
        }
        else
        {
            Assert.Equal(BreakBeforeMakePolicy.FaultFixUp, _machine.BreakBeforeMake);
        }
    }

    private void ReferToAny(PfnWalker<TArch, TLayout> walker, ulong pfn)
    {
        if (walker.TryGet(pfn, out ulong head))
        {
            HugetlbPool<TArch, TLayout>? owner = Array.Find(_pools, pool => pool.PageOf(head) is not null);
            Assert.NotNull(owner);
            owner.Free(owner.PageOf(head)!, walker.Cpu);
            Interlocked.Increment(ref _references);
        }
    }

    private void Check()
    {
        Expect.None(_machine);
        Folio[] folios = [.. _pools.SelectMany(pool => pool.Pages)];
        new MachineChecker<TArch, TLayout>(_remapper).Check(folios);
        Assert.All(_pinned.Values, page => Assert.Equal(1, _machine.Cpus[0].ReadStructPage(page.HeadPfn).RefCount));
        Assert.True(_answers > 0 && _references > 0);
        Assert.NotEqual(0, _machine.Count().FramesReturned);
    }

    private void Settle()
    {
        foreach (HugetlbPool<TArch, TLayout> pool in _pools)
        {
            foreach (HugePage<TArch, TLayout> page in _pinned.Values.Where(page => pool.PageOf(page.HeadPfn) == page))
            {
                pool.Free(page);
            }

            // What came back as surplus is taken in first, and then goes.
            Assert.Equal(pool[_small].Pages, pool.SetHugePages(_small, pool[_small].Pages));
            Assert.Equal(0, pool.SetHugePages(_small, 0));
            Assert.Equal([], pool.Pages.Select(page => $"{page.Hstate.Name} at 0x{page.HeadPfn:x} is {page.Place}"));
        }

        // Every frame of the memory that was plugged in is free now.
        if (_machine.Sections.IsOnline(Start >> TArch.PageShift))
        {
            Assert.True(_machine.Hotplug.TryOffline(_machine.Cpus[0], Start, Section));
            _machine.Hotplug.Unplug(_machine.Cpus[0], Start, Section);
        }

        Assert.Equal(0, _machine.Books[FrameUse.HugePage]);
        Assert.Equal(0, _machine.Books[FrameUse.Deferred]);
        Assert.Equal((long)(Start >> TArch.PageShift), _machine.Books.Total);
        Assert.Equal(0, _remapper.AliasedFolios);
        new MachineChecker<TArch, TLayout>(_remapper).Check([]);
        Expect.None(_machine);
    }
}

using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Checking;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>A machine with huge pages made by hand, without a pool, and the checker of both.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">The layout.</typeparam>
internal sealed class OptimizerRig<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    public OptimizerRig(MachineOptions options)
    {
        Machine = new Machine<TArch>(options);
        Remapper = new VmemmapRemapper<TArch>(Machine);
        Checker = new MachineChecker<TArch, TLayout>(Remapper);
    }

    public Machine<TArch> Machine { get; }

    public VmemmapRemapper<TArch> Remapper { get; }

    public MachineChecker<TArch, TLayout> Checker { get; }

    public Cpu<TArch> Cpu => Machine.Cpus[0];

    public List<HugePage<TArch, TLayout>> Pages { get; } = [];

    /// <summary>A machine as these tests use it: vmemmap by base pages where the layout wants that.</summary>
    public static OptimizerRig<TArch, TLayout> OfSize(ulong bytes, BreakBeforeMakePolicy policy = BreakBeforeMakePolicy.StopMachine, int cpus = 3) =>
        new(MachineOptions.OfSize(bytes) with
        {
            Cpus = cpus,
            BreakBeforeMake = policy,
            VmemmapMapping = TLayout.NeedsBasePages ? VmemmapMapping.BasePages : VmemmapMapping.Default,
        });

    /// <summary>Bytes of a machine with room for three huge pages of a size, whole sections of every architecture.</summary>
    public static ulong RoomFor(Hstate hstate)
    {
        ulong section = TArch.PageShift == 16 ? 1UL << 29 : 1UL << 27;
        ulong bytes = (3 * hstate.Size) + (hstate.Size >= 1UL << 29 ? section : 0);
        return Math.Max((bytes + section - 1) / section * section, 2 * section);
    }

    public static Hstate HstateOf(string name)
    {
        foreach (Hstate hstate in TArch.Hstates)
        {
            if (hstate.Name == name)
            {
                return hstate;
            }
        }

        throw new KeyNotFoundException($"{TArch.Name} has no {name}");
    }

    /// <summary>Makes a huge page as the kernel prepares one for the pool: compound, frozen, marked.</summary>
    public HugePage<TArch, TLayout> Take(Hstate hstate, int node = 0)
    {
        Assert.True(Machine.PageAllocator.TryAllocate(Cpu, node, hstate.Order, AllocationPurpose.HugePage, thisNode: true, out ulong pfn));
        return Make(hstate, pfn);
    }

    /// <summary>Makes huge pages next to each other from physical address 0 on.</summary>
    public void TakeFirst(Hstate hstate, int count)
    {
        for (ulong i = 0; i < (ulong)count; i++)
        {
            ulong frames = 1UL << hstate.Order;
            Assert.True(Machine.PageAllocator.TryTake(i * frames, frames, FrameUse.HugePage));
            Make(hstate, i * frames);
        }
    }

    public void Take(Hstate hstate, int count, int node)
    {
        for (int i = 0; i < count; i++)
        {
            Take(hstate, node);
        }
    }

    public bool TryOptimize(Folio folio) => TLayout.TryOptimize(Remapper, Cpu, folio);

    public bool TryRestore(Folio folio) => TLayout.TryRestore(Remapper, Cpu, folio);

    public void OptimizeBatch(IReadOnlyList<Folio> folios) => TLayout.OptimizeBatch(Remapper, Cpu, folios);

    public int RestoreBatch(IReadOnlyList<Folio> folios) => TLayout.RestoreBatch(Remapper, Cpu, folios);

    /// <summary>The checker, and no violation.</summary>
    public void Check(CheckMoment moment = CheckMoment.Settled)
    {
        Checker.Check(Pages, moment: moment);
        Assert.Equal([], Machine.Violations.First);
    }

    /// <summary>Has the other CPUs look at every page of vmemmap of every huge page, so that their TLBs know them.</summary>
    public void Warm()
    {
        foreach (Cpu<TArch> cpu in Machine.Cpus.Skip(1))
        {
            foreach (Folio folio in Pages)
            {
                for (long page = folio.FirstVmemmapPage; page <= folio.LastVmemmapPage; page++)
                {
                    Assert.Equal(AccessResult.Done, cpu.TryReadWord(Machine.Vmemmap.AddressOfPage(page), out _));
                }
            }
        }
    }

    /// <summary>The raw bytes of a huge page's struct pages, as the tables show them.</summary>
    public byte[] BytesOf(Folio folio)
    {
        int size = 1 << TArch.PageShift;
        byte[] bytes = new byte[folio.VmemmapPages * size];
        for (long i = 0; i < folio.VmemmapPages; i++)
        {
            Machine.Memory.ReadFrame(Remapper.FrameAt(folio.FirstVmemmapPage + i), bytes.AsSpan((int)i * size, size));
        }

        return bytes;
    }

    private HugePage<TArch, TLayout> Make(Hstate hstate, ulong pfn)
    {
        ulong tailInfo = TLayout.TailInfo(Machine.Vmemmap.AddressOf(pfn), hstate.Order, Machine.Vmemmap.StructPageSize);
        CompoundPages.Prepare(Machine, Cpu, pfn, hstate.Order, tailInfo, (1UL << hstate.Order) - 1);
        HugePage<TArch, TLayout> page = new(Remapper, pfn, hstate);
        Pages.Add(page);
        return page;
    }
}

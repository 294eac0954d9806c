using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Memory;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>
/// A reference that was begun while a frame was somebody's, and is finished when its struct page is a tail of an optimized huge page (bd225530a4c7).
/// </summary>
public class GracePeriodTests
{
    // In the second page of vmemmap: an alias under ReserveOne.
    private const ulong Index = 100;

    [Fact]
    public void WithoutAGracePeriod_TheReferenceIsWrittenToAnAlias()
    {
        Expect.Only(ReferToWhatIsOptimized<X64, ReserveOneWith<NoGracePeriod>>(), ViolationKind.WriteToReadOnly, count: 1);
        Expect.Only(ReferToWhatIsOptimized<Arm64K4Va48, ReserveOneWith<NoGracePeriod>>(), ViolationKind.WriteToReadOnly, count: 1);
        Expect.Only(ReferToWhatIsOptimized<RiscV64Sv48, ReserveOneWith<NoGracePeriod>>(), ViolationKind.WriteThroughAlias, count: 1);
    }

    [Fact]
    public void KernelsThatHaveNone_HaveTheRace()
    {
        // v5.18 to v6.1, and v7.1 where a shared tail is still read-only.
        Expect.Only(ReferToWhatIsOptimized<X64, ReserveOneKeptHead>(), ViolationKind.WriteToReadOnly, count: 1);
        Expect.Only(ReferToWhatIsOptimized<RiscV64Sv48, ReserveOneKeptHead>(), ViolationKind.WriteThroughAlias, count: 1);
        Expect.Only(ReferToWhatIsOptimized<X64, SharedTail>(), ViolationKind.WriteToReadOnly, count: 1);
        Expect.Only(ReferToWhatIsOptimized<RiscV64Sv48, SharedTail>(), ViolationKind.WriteThroughAlias, count: 1);
    }

    [Fact]
    public void WithOne_AReaderOnTheSameThreadWouldHangIt()
    {
        InconsistentMachineException thrown = Assert.Throws<InconsistentMachineException>(() => ReferToWhatIsOptimized<X64, ReserveOne>());
        Assert.Contains("read section", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<InconsistentMachineException>(() => ReferToWhatIsOptimized<RiscV64Sv48, ReserveOneWith<NoMistake>>());
    }

    [Fact]
    public void WithOne_TheOptimizerWaitsForTheReader()
    {
        WaitForReader<X64>();
        WaitForReader<RiscV64Sv48>();
    }

    private static Machine<TArch> ReferToWhatIsOptimized<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        OptimizerRig<TArch, TLayout> rig = BrokenRig.Make<TArch, TLayout>();
        ulong head = FindRoom(rig);
        ulong pfn = head + Index;
        TakeFrame(rig, pfn);
        PfnWalker<TArch, TLayout> walker = new(rig.Remapper, rig.Machine.Cpus[1]);
        using (PfnWalker<TArch, TLayout>.SpeculativeReference reference = walker.BeginGet(pfn))
        {
            Assert.Equal(pfn, reference.Head);
            rig.Machine.PageAllocator.FreeFrame(rig.Cpu, pfn, FrameUse.Other);
            HugePage<TArch, TLayout> page = rig.TakeAt(head);
            Assert.True(rig.TryOptimize(page));
            Assert.False(reference.TryTake());
        }

        rig.Checker.Check(rig.Pages);
        return rig.Machine;
    }

    private static void WaitForReader<TArch>()
        where TArch : struct, IArchitecture
    {
        OptimizerRig<TArch, ReserveOne> rig = BrokenRig.Make<TArch, ReserveOne>();
        ulong head = FindRoom(rig);
        ulong pfn = head + Index;
        TakeFrame(rig, pfn);
        using ManualResetEventSlim began = new();
        bool left = false;
        HugePage<TArch, ReserveOne>? page = null;
        Together.Run(2, thread =>
        {
            if (thread == 0)
            {
                PfnWalker<TArch, ReserveOne> walker = new(rig.Remapper, rig.Machine.Cpus[1]);
                using PfnWalker<TArch, ReserveOne>.SpeculativeReference reference = walker.BeginGet(pfn);
                began.Set();
                while (Volatile.Read(ref rig.Cpu.Counters.RcuSynchronizations) == 0)
                {
                    Thread.Yield();
                }

                // Time enough to go on wrongly. Nothing has been remapped when this reference is finished.
                for (int i = 0; i < 1000; i++)
                {
                    Thread.Yield();
                }

                Assert.False(page!.IsOptimized);
                Assert.False(reference.TryTake());
                Volatile.Write(ref left, true);
            }
            else
            {
                began.Wait();
                rig.Machine.PageAllocator.FreeFrame(rig.Cpu, pfn, FrameUse.Other);
                page = rig.TakeAt(head);
                Assert.True(rig.TryOptimize(page));
                Assert.True(Volatile.Read(ref left));
            }
        });
        rig.Check();
    }

    private static ulong FindRoom<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Assert.True(rig.Machine.PageAllocator.TryAllocate(rig.Cpu, 0, 9, AllocationPurpose.HugePage, thisNode: true, out ulong head));
        rig.Machine.PageAllocator.FreeBlock(head, 9, FrameUse.HugePage);
        return head;
    }

    // Somebody's frame, with the one reference that goes with it.
    private static void TakeFrame<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, ulong pfn)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Assert.True(rig.Machine.PageAllocator.TryTake(pfn, 1, FrameUse.Other));
        StructPage page = rig.Cpu.ReadStructPage(pfn);
        page.RefCount = 1;
        Assert.True(rig.Cpu.WriteStructPage(pfn, in page));
    }
}

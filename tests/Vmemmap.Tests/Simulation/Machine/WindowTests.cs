using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Memory;

namespace Vmemmap.Tests.Simulation.Machine;

/// <summary>Break-before-make windows, and who touches vmemmap in one.</summary>
public class WindowTests
{
    private const long First = 8;
    private const int Count = 8;

    [Theory]
    [InlineData(BreakBeforeMakePolicy.FaultFixUp, AccessResult.InBreakBeforeMake)]
    [InlineData(BreakBeforeMakePolicy.StopMachine, AccessResult.Stopped)]
    [InlineData(BreakBeforeMakePolicy.IpiPause, AccessResult.Stopped)]
    public void InTheWindow_OtherCpusFaultOrAreStopped(BreakBeforeMakePolicy policy, AccessResult expected)
    {
        Machine<Arm64K4Va48> machine = Make(policy);
        VmemmapRemapper<Arm64K4Va48> vmemmap = new(machine);
        Cpu<Arm64K4Va48> other = machine.Cpus[1];
        ulong address = machine.Vmemmap.AddressOfPage(First + 1);
        ulong flags = other.ReadWord(address);
        Thread? reader = null;
        ulong seen = ~flags;
        int windows = 0;
        machine.Observer = (happened, cpu) =>
        {
            if (happened != MachineEvent.InBreakBeforeMake)
            {
                return false;
            }

            windows++;
            Assert.Equal(expected, other.TryReadWord(address, out _));
            Assert.Throws<InconsistentMachineException>(() => other.ReadWord(address));
            if (reader is null)
            {
                // Another thread's access waits, and ends with the window.
                reader = new Thread(() => seen = machine.Cpus[2].ReadWord(address));
                reader.Start();
            }

            return true;
        };
        Move(vmemmap);
        machine.Observer = null;
        reader!.Join();

        // One for the split of the block and one for the remap.
        Assert.Equal(2, windows);
        Assert.Equal(flags, seen);
        Assert.Equal(flags, other.ReadWord(address));
        Assert.Equal(0, machine.Violations.Count);
        Assert.Equal(policy == BreakBeforeMakePolicy.StopMachine ? 2 : 0, machine.Count().MachineStops);
        Assert.Equal(policy == BreakBeforeMakePolicy.IpiPause ? 6 : 0, machine.Count().CpuPauses);
        Assert.Equal(policy == BreakBeforeMakePolicy.FaultFixUp, other.Counters.BreakBeforeMakeFaults > 0);
    }

    [Fact]
    public void WhereRemappingIsRefused_ItIsAnInconsistency()
    {
        Machine<Arm64K4Va48> machine = Make(BreakBeforeMakePolicy.Refuse);
        Assert.Throws<InconsistentMachineException>(() => Move(new VmemmapRemapper<Arm64K4Va48>(machine)));
    }

    [Theory]
    [InlineData(BreakBeforeMakePolicy.StopMachine)]
    [InlineData(BreakBeforeMakePolicy.FaultFixUp)]
    public void AnObserverThatThrows_LeavesNobodyStopped(BreakBeforeMakePolicy policy)
    {
        Machine<Arm64K4Va48> machine = Make(policy);
        machine.Observer = (happened, _) => happened == MachineEvent.InBreakBeforeMake ? throw new NotSupportedException() : false;
        Assert.Throws<NotSupportedException>(() => Move(new VmemmapRemapper<Arm64K4Va48>(machine)));
        machine.Observer = null;

        // A page of another block: that of the window is broken for good.
        AccessResult result = AccessResult.Stopped;
        Thread reader = new(() => result = machine.Cpus[1].TryReadWord(machine.Vmemmap.AddressOfPage(512), out _));
        reader.Start();
        reader.Join();
        Assert.Equal(AccessResult.Done, result);
    }

    [Theory]
    [InlineData(BreakBeforeMakePolicy.FaultFixUp)]
    [InlineData(BreakBeforeMakePolicy.StopMachine)]
    [InlineData(BreakBeforeMakePolicy.IpiPause)]
    public void ThreadsThatReadMeanwhile_SeeTheSame(BreakBeforeMakePolicy policy) => ReadWhileMoving(Make(policy));

    [Fact]
    public void ThreadsThatReadMeanwhile_SeeTheSameWithoutWindows() =>
        ReadWhileMoving(new Machine<X64>(MachineOptions.OfSize(2UL << 27) with { Cpus = 4 }));

    // Two CPUs move pages of one block, or of one table, the others read them.
    private static void ReadWhileMoving<TArch>(Machine<TArch> machine)
        where TArch : struct, IArchitecture
    {
        VmemmapRemapper<TArch> vmemmap = new(machine);
        ulong first = (ulong)First * 64;
        StructPage expected = machine.Cpus[0].ReadStructPage(first);
        int moving = 2;
        Together.Run(4, number =>
        {
            Cpu<TArch> cpu = machine.Cpus[number];
            if (number < 2)
            {
                for (int round = 0; round < 60; round++)
                {
                    Move(vmemmap, cpu, First + (number * Count));
                }

                Interlocked.Decrement(ref moving);
                return;
            }

            for (ulong i = 0; Volatile.Read(ref moving) > 0; i++)
            {
                StructPage page = cpu.ReadStructPage(first + (i * 97 % (2 * Count * 64)));
                if (page != expected)
                {
                    throw new InvalidOperationException($"round {i}: {page.Flags:x} {page.RefCount}");
                }
            }
        });
        Assert.Equal([], machine.Violations.First);
        Assert.Equal(1, machine.Count().BlockSplits);
        Assert.Equal(machine.Books[FrameUse.Free], OnMachine.FreeInZones(machine));
        Assert.Equal(0, machine.Books[FrameUse.Deferred]);
        Assert.Equal(1024, machine.Books[FrameUse.Vmemmap]);
    }

    private static Machine<Arm64K4Va48> Make(BreakBeforeMakePolicy policy) =>
        new(MachineOptions.OfSize(2UL << 27) with { Cpus = 4, BreakBeforeMake = policy });

    private static long Move(VmemmapRemapper<Arm64K4Va48> vmemmap) => Move(vmemmap, vmemmap.Machine.Cpus[0], First);

    // Maps pages of vmemmap to copies of their frames, flushes, and frees the old ones.
    private static long Move<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, long first)
        where TArch : struct, IArchitecture
    {
        DeferredFrames deferred = new();
        Mover<TArch> mover = new(vmemmap, deferred, first);
        for (int i = 0; i < Count; i++)
        {
            Assert.True(vmemmap.TryAllocateFrame(cpu, 0, AllocationPurpose.VmemmapRestore, true, out mover.Frames[i]));
        }

        Assert.True(vmemmap.TryRemapRange(cpu, first, first + Count - 1, 0, flushSplits: true, ref mover, out long walked));
        vmemmap.FlushRange(cpu, first, first + Count - 1);
        vmemmap.FreeDeferred(cpu, deferred);
        return walked;
    }

    private readonly struct Mover<TArch>(VmemmapRemapper<TArch> vmemmap, DeferredFrames deferred, long first) : IEntryRemap<TArch>
        where TArch : struct, IArchitecture
    {
        public ulong[] Frames { get; } = new ulong[Count];

        public bool TryRemap(Cpu<TArch> cpu, long page, ulong entry, out ulong made)
        {
            ulong old = VmemmapRemapper<TArch>.FrameOf(entry);
            ulong frame = Frames[page - first];
            vmemmap.CopyFrame(cpu, old, frame);
            vmemmap.Defer(old, deferred);
            made = VmemmapRemapper<TArch>.Writable(frame);
            return true;
        }
    }
}

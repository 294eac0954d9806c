using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Memory;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Locks that may be held to read by many, or to write by one.</summary>
public class SemaphoreTests
{
    // Who must wait is seen to do so for a moment; a machine that is too slow to see it lets it pass.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Machine<X64> Machine = new(MachineOptions.OfSize(128UL << 20));

    [Fact]
    public void ManyRead()
    {
        using var semaphore = new KernelSemaphore("i_mmap_rwsem");
        using var both = new Barrier(2);
        long before = Machine.Cpus[0].Counters.LockAcquisitions;
        Together.Run(2, thread =>
        {
            using KernelSemaphore.Scope held = semaphore.HoldToRead(Machine.Cpus[thread]);
            Assert.True(both.SignalAndWait(TimeSpan.FromSeconds(20)));
            Assert.Equal((true, false), (semaphore.IsHeld, semaphore.IsHeldToWrite));
            both.SignalAndWait();
        });
        Assert.Equal(before + 1, Machine.Cpus[0].Counters.LockAcquisitions);
        Assert.False(semaphore.IsHeld);
    }

    [Fact]
    public void OneWrites()
    {
        using var semaphore = new KernelSemaphore("i_mmap_rwsem");
        int inside = 0;
        int sum = 0;
        Together.Run(3, thread =>
        {
            for (int i = 0; i < 300; i++)
            {
                if ((i + thread) % 3 == 0)
                {
                    using KernelSemaphore.Scope held = semaphore.HoldToRead(Machine.Cpus[thread]);
                    Assert.Equal(0, Volatile.Read(ref inside));
                }
                else
                {
                    using KernelSemaphore.Scope held = semaphore.HoldToWrite(Machine.Cpus[thread]);
                    Assert.True(semaphore.IsHeldToWrite);
                    inside++;
                    sum++;
                    Assert.Equal(1, inside);
                    inside--;
                }
            }
        });
        Assert.Equal(600, sum);
    }

    [Fact]
    public void WhoWouldWaitForEver_IsStopped()
    {
        using var semaphore = new KernelSemaphore("mmap_lock");
        Cpu<X64> cpu = Machine.Cpus[3];
        using (semaphore.HoldToRead(cpu))
        {
            Stopped("which the same thread holds", () => semaphore.HoldToRead(cpu).Dispose());
            Stopped("which the same thread holds", () => semaphore.HoldToWrite(cpu).Dispose());
        }

        using (semaphore.HoldToWrite(cpu))
        {
            Stopped("which the same thread holds", () => semaphore.HoldToRead(cpu).Dispose());
        }

        using (new KernelLock("ptl").Hold(cpu))
        {
            Stopped("nobody may sleep", () => semaphore.HoldToRead(cpu).Dispose());
            Stopped("nobody may sleep", () => semaphore.HoldToWrite(cpu).Dispose());
        }

        using (new KernelLock("hugetlb_fault_mutex", sleeps: true).Hold(cpu))
        using (semaphore.HoldToWrite(cpu))
        {
            Assert.True(semaphore.IsHeld);
        }

        static void Stopped(string why, Action wait) =>
            Assert.Contains(why, Assert.Throws<InconsistentMachineException>(wait).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhoWalks_NeedsIt()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        Stopped(() => mapping.WalkTo(rig.Cpu, rig.Start, 4096, stopAtNone: true, out _), "i_mmap_rwsem must be held");
        using (rig.File.MappingsLock.HoldToRead(rig.Cpu))
        {
            Stopped(() => rig.File.Forget(mapping), "i_mmap_rwsem must be held to write");
        }

        rig.Check(mapping);
        rig.End(mapping);

        static void Stopped(Action walk, string why) =>
            Assert.Contains(why, Assert.Throws<InconsistentMachineException>(walk).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("split", true)]
    [InlineData("collapse", true)]
    [InlineData("unmap", true)]
    [InlineData("remove", true)]
    [InlineData("take a page from the file", true)]
    [InlineData("memory error", true)]
    [InlineData("begin a migration", true)]
    [InlineData("finish a migration", true)]
    [InlineData("move", true)]
    [InlineData("AdviseSplit", true)]
    [InlineData("fault", false)]
    [InlineData("continue", false)]
    [InlineData("walk", false)]
    [InlineData("split where nothing is", false)]
    [InlineData("fill", false)]
    public void WhileItIsHeldToRead_WhoTakesAwayWaits_AndWhoAddsDoesNot(string operation, bool waits)
    {
        // Page 0 is mapped in pieces, page 1 as a whole.
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 4, filePages: 3);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        ulong second = rig.Start + rig.Hstate.Size;
        Assert.True(rig.File.TryFill(rig.Cpu, 0));
        Assert.True(mapping.Continue(rig.Cpu, rig.Start, 4096).IsDone);
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, second, write: true, out _).Kind);
        HugePageMigration<X64, ReserveOne>? migration = null;
        Assert.True(operation != "finish a migration" || rig.File.BeginMigration(rig.Cpu, 1, null, out migration).IsDone);
        Cpu<X64> cpu = rig.Machine.Cpus[1];
        Func<bool> work = operation switch
        {
            "split" => () => mapping.SplitTo(cpu, second, 4096, SplitMode.Present, out _).IsDone,
            "collapse" => () => mapping.AdviseCollapse(cpu, rig.Start, rig.Hstate.Size).IsDone,
            "unmap" => () => mapping.Unmap(cpu, rig.Start, 4096).IsDone,
            "remove" => () => Done(() => mapping.Remove(cpu)),
            "take a page from the file" => () => rig.File.TryRemove(cpu, 1),
            "memory error" => () => rig.File.MemoryFailure(cpu, rig.File.PageAt(0)!.HeadPfn).Lost.Count == 1,
            "begin a migration" => () => rig.File.BeginMigration(cpu, 1, null, out migration).IsDone,
            "finish a migration" => () => migration!.Finish(cpu).IsDone,
            "move" => () => mapping.MoveTo(cpu, 2 * rig.Start).Error == MappingError.Invalid,
            "AdviseSplit" => () => mapping.AdviseSplit(cpu).IsDone,
            "fault" => () => mapping.Fault(cpu, rig.Start + 4096, write: false).Kind == FaultKind.Mapped,
            "continue" => () => mapping.Continue(cpu, rig.Start + 4096, 4096).IsDone,
            "walk" => Walk,
            "split where nothing is" => () => mapping.SplitTo(cpu, rig.Start + 8192, 4096, SplitMode.None, out _).IsDone,
            _ => () => rig.File.TryFill(cpu, 2),
        };
        bool Walk()
        {
            using KernelSemaphore.Scope held = rig.File.MappingsLock.HoldToRead(cpu);
            return mapping.WalkTo(cpu, second, 4096, stopAtNone: true, out _) == MappingError.None;
        }

        using var begun = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        Together.Run(
            2,
            thread =>
            {
                if (thread == 1)
                {
                    Assert.True(begun.Wait(Patience));
                    Assert.True(work(), operation);
                    ended.Set();
                    return;
                }

                using (rig.File.MappingsLock.HoldToRead(rig.Cpu))
                {
                    begun.Set();
                    Assert.Equal(!waits, ended.Wait(waits ? Moment : Patience));
                }

                Assert.True(ended.Wait(Patience), $"{operation} waits for ever.");
            },
            2 * Patience);
        if (operation == "begin a migration")
        {
            migration!.Abort(rig.Cpu);
        }

        HugetlbMapping<X64, ReserveOne>[] left = operation == "remove" ? [] : [mapping];
        rig.Check(left);
        rig.End(left);

        static bool Done(Action action)
        {
            action();
            return true;
        }
    }
}

using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>What is asked of the wrong machine, of what has ended, or in the wrong order: refused before anything changes.</summary>
public class MisuseTests
{
    private const ulong FourK = 4096;
    private const ulong TwoM = 2UL << 20;

    [Fact]
    public void ACpuOfAnotherMachine_IsRefused_AndNothingChangesInEither()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 3, filePages: 2);
        var other = new GranularRig<X64, ReserveOne>("2M", pages: 1, cpus: 10);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        AddressSpace<X64> child = rig.AddSpace();
        rig.Fill();
        Assert.True(rig.File.BeginMigration(rig.Cpu, 0, null, out HugePageMigration<X64, ReserveOne>? migration).IsDone);
        foreach (Cpu<X64> cpu in (Cpu<X64>[])[other.Cpu, other.Machine.Cpus[9]])
        {
            Action[] operations =
            [
                () => mapping.Touch(cpu, rig.Start, write: true, out _),
                () => mapping.Fault(cpu, rig.Start, write: true),
                () => mapping.Continue(cpu, rig.Start, FourK),
                () => mapping.Unmap(cpu, rig.Start, FourK),
                () => mapping.AdviseSplit(cpu),
                () => mapping.AdviseCollapse(cpu, rig.Start, FourK),
                () => mapping.SplitTo(cpu, rig.Start, FourK, SplitMode.Always, out _),
                () => mapping.WalkTo(cpu, rig.Start, FourK, stopAtNone: true, out _),
                () => mapping.Fork(cpu, child, out _),
                () => mapping.MoveTo(cpu, rig.Start * 2),
                () => mapping.Remove(cpu),
                () => rig.File.Map(cpu, child, new HugetlbMappingOptions { Start = rig.Start, Pages = 1 }),
                () => rig.File.TryFill(cpu, 1),
                () => rig.File.TryRemove(cpu, 0),
                () => rig.File.MemoryFailure(cpu, rig.File.PageAt(0)!.HeadPfn),
                () => rig.File.BeginMigration(cpu, 1, null, out _),
                () => migration!.Finish(cpu),
                () => migration!.Abort(cpu),
                () => child.Access(cpu, rig.Start, write: false, out _),
                () => child.PeekTlb(cpu),
                () => child.Exit(cpu),
            ];
            Assert.All(operations, operation => Assert.Contains(
                $"CPU {cpu.Number} is another machine's", Assert.Throws<ArgumentException>(operation).Message, StringComparison.Ordinal));
            Assert.Equal(default, cpu.Counters.SystemCalls + cpu.Counters.PageFaults + cpu.Counters.LockAcquisitions - BootLocks(cpu));
        }

        migration!.Abort(rig.Cpu);
        rig.Check(mapping);
        rig.End(mapping);
        other.End();

        // The pool was filled by CPU 0.
        long BootLocks(Cpu<X64> cpu) => cpu == other.Cpu ? cpu.Counters.LockAcquisitions : 0;
    }

    [Fact]
    public void AnEndedMapping_OrAnAddressBesideIt_IsNotAnotherMappings()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 2);
        AddressSpace<X64> space = rig.AddSpace();
        HugetlbMapping<X64, ReserveOne> ended = rig.Map(space);
        ended.Remove(rig.Cpu);
        HugetlbMapping<X64, ReserveOne> mapping = rig.Map(space);
        HugetlbMapping<X64, ReserveOne> beside = rig.Map(space, new HugetlbMappingOptions { Start = mapping.End, Pages = 1 });
        Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, rig.Start, write: true, out _).Kind);
        foreach (HugetlbMapping<X64, ReserveOne> wrong in (HugetlbMapping<X64, ReserveOne>[])[ended, beside])
        {
            Assert.Equal(new FaultResult(FaultKind.NotAllowed, rig.Start), wrong.Touch(rig.Cpu, rig.Start, write: true, out ulong physical));
            Assert.Equal(0UL, physical);
        }

        MappingResult result = ended.AdviseSplit(rig.Cpu);
        Assert.Equal((MappingError.Invalid, false), (result.Error, ended.IsHighGranularity));
        Assert.Contains("has ended", result.Reason, StringComparison.Ordinal);
        rig.Check(mapping, beside);
        rig.End(mapping, beside);
    }

    [Fact]
    public void AFileEndsAfterItsMappings_AndGivesItsPagesBack()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", pages: 3, filePages: 2);
        HugetlbMapping<X64, ReserveOne> mapping = rig.Map();
        mapping.Touch(rig.Cpu, rig.Start, write: true, out _);
        Assert.Contains("1 mappings", Assert.Throws<InvalidOperationException>(rig.File.Dispose).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(mapping.Space.Dispose);
        mapping.Remove(rig.Cpu);
        rig.File.BeginMigration(rig.Cpu, 0, null, out HugePageMigration<X64, ReserveOne>? migration);
        Assert.Contains("1 migrations", Assert.Throws<InvalidOperationException>(rig.File.Dispose).Message, StringComparison.Ordinal);
        migration!.Abort(rig.Cpu);
        Assert.Equal(2, rig.Pool[rig.Hstate].FreePages);
        rig.File.Dispose();
        rig.File.Dispose();
        Assert.Equal((3, (HugePage<X64, ReserveOne>?)null), (rig.Pool[rig.Hstate].FreePages, rig.File.PageAt(0)));
        mapping.Space.Exit(rig.Cpu);
        Assert.Contains("ended already", Assert.Throws<InvalidOperationException>(() => mapping.Space.Exit(rig.Cpu)).Message, StringComparison.Ordinal);
        Assert.Equal(0, rig.Machine.Books[FrameUse.UserPageTable]);
        Assert.Equal([], rig.Machine.Violations.First);
    }

    [Fact]
    public void ARuleOrASizeThatIsNone_IsRefused()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        Assert.Throws<ArgumentOutOfRangeException>(() => new HugetlbFile<X64, ReserveOne>(rig.Pool, rig.Hstate, 1, (MapCountRule)9));
        HugetlbMapping<X64, ReserveOne> mapping = rig.Map();
        foreach (bool granular in (bool[])[false, true])
        {
            Assert.Equal(granular, mapping.IsHighGranularity);
            foreach (ulong size in (ulong[])[0, 3, 2 * TwoM, 65536])
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => mapping.SplitTo(rig.Cpu, rig.Start, size, SplitMode.Always, out _));
            }

            mapping.AdviseSplit(rig.Cpu);
        }

        rig.End(mapping);
    }

    [Fact]
    public void WhatTakesAway_IsStopped_WhereTheMappingsLockIsOnlyHeldToRead()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        mapping.Touch(rig.Cpu, rig.Start, write: true, out _);
        using (rig.File.MappingsLock.HoldToRead(rig.Cpu))
        {
            Action[] operations =
            [
                () => mapping.UnmapPage(rig.Cpu, rig.Start),
                () => mapping.Poison(rig.Cpu, rig.Start, rig.File.PageAt(0)!.HeadPfn),
                () => mapping.BeginMigration(rig.Cpu, rig.Start, rig.File.PageAt(0)!.HeadPfn),
            ];
            Assert.All(operations, operation => Assert.Contains(
                "must be held to write", Assert.Throws<InconsistentMachineException>(operation).Message, StringComparison.Ordinal));
        }

        Assert.Equal("1 x 2M", rig.PiecesOf(mapping.Space));
        rig.Check(mapping);
        rig.End(mapping);
    }

    [Fact]
    public void TwoAddressSpaces_AreLockedInOneOrder_WhicheverIsTheChild()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        AddressSpace<X64>[] spaces = [.. ((AddressSpace<X64>[])[rig.AddSpace(), rig.AddSpace()]).OrderBy(space => space.Root)];
        HugetlbMapping<X64, ReserveOne> mapping = rig.Map(spaces[1]);
        HugetlbMapping<X64, ReserveOne>? copy = null;
        using var calls = new ManualResetEventSlim();
        var forks = new Thread(() =>
        {
            calls.Set();
            mapping.Fork(rig.Machine.Cpus[1], spaces[0], out copy);
        });
        using var taken = new ManualResetEventSlim();
        var takes = new Thread(() =>
        {
            using (spaces[1].MmapLock.HoldToWrite(rig.Machine.Cpus[2]))
            {
                taken.Set();
            }
        });
        using (spaces[0].MmapLock.HoldToWrite(rig.Cpu))
        {
            forks.Start();
            calls.Wait();
            Thread.Sleep(100);

            // It waits for the first of the two and does not hold the second, which who holds the first may want.
            takes.Start();
            Assert.True(taken.Wait(TimeSpan.FromSeconds(20)), "The fork holds the second mmap_lock while it waits for the first.");
        }

        takes.Join();
        forks.Join();
        Assert.NotNull(copy);
        rig.Check(mapping, copy);
        rig.End(mapping, copy);
    }
}

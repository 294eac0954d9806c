using System.Diagnostics;
using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Memory;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Threads, each with a CPU of its own, that do everything at once to the same huge pages.</summary>
public class ConcurrencyTests
{
    // 2M of arm64 with 16K pages is a contiguous group of the last level.
    [Theory]
    [InlineData("x86-64", "2M", 0)]
    [InlineData("x86-64", "2M", 1)]
    [InlineData("x86-64", "1G", 0, "2M")]
    [InlineData("arm64-4k-va48", "2M", 0, "64K")]
    [InlineData("arm64-4k-va48", "2M", 1)]
    [InlineData("arm64-16k-va48", "2M", 0)]
    [InlineData("arm64-64k-va48", "2M", 0)]
    [InlineData("riscv64-sv48", "2M", 0, "64K")]
    public void AllAtOnce_EveryAccessIsRight_AndNothingIsLost(string architecture, string size, int rule, string other = "") =>
        OnArchitecture.Run(architecture, "reserve-one", new ConcurrentRun(size, other, (MapCountRule)rule, Shares: false));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("riscv64-sv39", "2M")]
    public void AllAtOnce_WithSharedTables(string architecture, string size) =>
        OnArchitecture.Run(architecture, "reserve-one", new ConcurrentRun(size, string.Empty, MapCountRule.HugePage, Shares: true));

    [Fact]
    public void ForksInOppositeDirections_DoNotWaitForEachOther()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M");
        HugetlbMapping<X64, ReserveOne>[] mappings =
        [
            rig.Map(),
            rig.Map(options: new HugetlbMappingOptions { Start = 2 * rig.Start, Pages = 1 }),
        ];
        Assert.Equal(FaultKind.Mapped, mappings[0].Touch(rig.Cpu, rig.Start, write: false, out _).Kind);
        Together.Run(
            2,
            thread =>
            {
                Cpu<X64> cpu = rig.Machine.Cpus[thread];
                for (int i = 0; i < 1000; i++)
                {
                    Assert.True(mappings[thread].Fork(cpu, mappings[1 - thread].Space, out HugetlbMapping<X64, ReserveOne>? copy).IsDone);
                    copy!.Remove(cpu);
                }
            },
            TimeSpan.FromSeconds(20));
        rig.Check(mappings);
        rig.End(mappings);
    }

    [Fact]
    public void AFileThatLosesAPage_IsNotWalkedAsIfItHadIt()
    {
        var rig = new GranularRig<X64, ReserveOne>("2M", optimize: true);
        HugetlbMapping<X64, ReserveOne> mapping = rig.MapGranular();
        var clock = Stopwatch.StartNew();
        Together.Run(3, thread =>
        {
            Cpu<X64> cpu = rig.Machine.Cpus[thread];
            while (clock.ElapsedMilliseconds < 300)
            {
                if (thread == 0)
                {
                    Assert.True(rig.File.TryFill(cpu, 0));
                    Assert.True(rig.File.TryRemove(cpu, 0));
                }
                else if (thread == 1)
                {
                    // Who holds i_mmap_rwsem and has seen the page goes on to see it.
                    using KernelSemaphore.Scope held = rig.File.MappingsLock.HoldToRead(cpu);
                    bool had = rig.File.PageAt(0) is not null;
                    Thread.SpinWait(100);
                    Assert.True(!had || rig.File.PageAt(0) is not null, "The page left the file while i_mmap_rwsem was held.");
                }
                else
                {
                    Assert.True(mapping.SplitTo(cpu, rig.Start, 4096, SplitMode.None, out _).Error is MappingError.None or MappingError.Fault);
                }
            }
        });
        rig.Check(mapping);
        rig.End(mapping);
    }
}

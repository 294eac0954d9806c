using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.Stress;

/// <summary>PFN walkers that are driven at every event while a pool grows, shrinks, demotes and fails, and memory comes and goes.</summary>
public class PfnWalkerTests
{
    [Theory]
    [InlineData("reserve-two")]
    [InlineData("reserve-one-kept-head")]
    [InlineData("reserve-one")]
    [InlineData("shared-tail")]
    public void OnX64_EveryAnswerIsRight(string layout) => OnArchitecture.Run("x86-64", layout, new Scenario(default));

    [Theory]
    [InlineData("reserve-one")]
    [InlineData("shared-tail")]
    public void OnRiscV64_EveryAnswerIsRight(string layout) => OnArchitecture.Run("riscv64-sv48", layout, new Scenario(default));

    [Theory]
    [InlineData("reserve-one", BreakBeforeMakePolicy.FaultFixUp)]
    [InlineData("reserve-one", BreakBeforeMakePolicy.StopMachine)]
    [InlineData("reserve-one", BreakBeforeMakePolicy.IpiPause)]
    [InlineData("shared-tail", BreakBeforeMakePolicy.FaultFixUp)]
    [InlineData("reserve-two", BreakBeforeMakePolicy.FaultFixUp)]
    public void OnArm64_EveryAnswerIsRightOrLater(string layout, BreakBeforeMakePolicy policy) =>
        OnArchitecture.Run("arm64-4k-va48", layout, new Scenario(policy));

    private sealed class Scenario(BreakBeforeMakePolicy policy) : IMachineTest
    {
        private const ulong Section = 128UL << 20;

        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            // Room for one page of the size that is demoted: 32M on arm64; 1G is large enough for one test of it.
            Hstate small = OptimizerRig<TArch, TLayout>.HstateOf("2M");
            bool isGigantic = typeof(TArch) == typeof(X64) && typeof(TLayout) == typeof(ReserveOne);
            ulong bytes = isGigantic ? 18 * Section : 3 * Section;
            WatchedPool<TArch, TLayout> watched = new(MachineOptions.OfSize(bytes) with
            {
                Cpus = 3,
                BreakBeforeMake = policy,
                HotplugLimit = bytes + Section,
            });
            HugetlbPool<TArch, TLayout> pool = watched.Pool;
            Cpu<TArch> cpu = watched.Machine.Cpus[0];
            watched.Do(() => Assert.Equal(12, pool.SetHugePages(small, 12)));
            watched.Do(() => Hold(watched, small, 4));
            watched.Do(() => Assert.Equal(5, pool.SetHugePages(small, 5)));
            watched.Do(() => Assert.Equal(16, pool.SetHugePages(small, 16)));
            Replug(watched, cpu, small, bytes);
            if (isGigantic || TArch.RequiresBreakBeforeMake)
            {
                Hstate large = OptimizerRig<TArch, TLayout>.HstateOf(isGigantic ? "1G" : "32M");
                watched.Do(() => Assert.Equal(1, pool.SetHugePages(large, 1)));
                watched.Do(() => Assert.Equal(1, pool.Demote(large, 1, small)));
            }
            else
            {
                watched.Do(() => Assert.Equal(40, pool.SetHugePages(small, 40)));
            }

            FailToShrink(watched, small);

            // What could not be restored is surplus: it is taken in first, and then goes.
            watched.Do(() => pool.SetHugePages(small, pool[small].Pages));
            watched.Do(() => pool.SetHugePages(small, 4));
            Assert.Equal(4, pool[small].Pages);
            watched.Do(() => Release(watched));
            watched.Do(() => Assert.Equal(0, pool.SetHugePages(small, 0)));
            Assert.Equal(0, watched.Remapper.AliasedFolios);
            RequireWatched(watched);
        }

        private static void Hold<TArch, TLayout>(WatchedPool<TArch, TLayout> watched, Hstate small, int count)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            for (int i = 0; i < count; i++)
            {
                HugePage<TArch, TLayout>? page = watched.Pool.TryAllocate(small);
                Assert.NotNull(page);
                watched.Held.Add(page);
            }
        }

        private static void Release<TArch, TLayout>(WatchedPool<TArch, TLayout> watched)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            foreach (HugePage<TArch, TLayout> page in watched.Held)
            {
                watched.Pool.Free(page);
            }

            watched.Held.Clear();
        }

        // Huge pages move into memory that is plugged in, and have to leave it again.
        private static void Replug<TArch, TLayout>(WatchedPool<TArch, TLayout> watched, Cpu<TArch> cpu, Hstate small, ulong start)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            MemoryHotplug<TArch> hotplug = watched.Machine.Hotplug;
            ulong pfn = start >> TArch.PageShift;
            ulong frames = Section >> TArch.PageShift;
            watched.Do(() => Assert.True(hotplug.TryPlug(cpu, start, Section, node: 0)));
            watched.Do(() => Assert.Equal(30, watched.Pool.SetHugePages(small, 30)));
            Assert.Contains(watched.Pool.Pages, page => page.HeadPfn >= pfn);
            watched.Do(() => Assert.Equal(DissolveResult.Done, watched.Pool.DissolveRange(pfn, frames)));
            watched.Do(() => Assert.True(hotplug.TryOffline(cpu, start, Section)));
            watched.Do(() => hotplug.Unplug(cpu, start, Section));
            Assert.Equal(SectionState.Absent, watched.Machine.Sections.Of(pfn).State);
        }

        private static void FailToShrink<TArch, TLayout>(WatchedPool<TArch, TLayout> watched, Hstate small)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            // In the middle of the third page that is restored.
            int left = 19;
            long failures = watched.Pool.Figures.RestoreFailures;
            watched.Machine.PageAllocator.Fail = attempt => attempt.Purpose == AllocationPurpose.VmemmapRestore && --left < 0 && left > -10;
            watched.Do(() => watched.Pool.SetHugePages(small, 4));
            watched.Machine.PageAllocator.Fail = null;
            Assert.True(watched.Pool.Figures.RestoreFailures > failures);
            Assert.True(watched.Pool[small].SurplusPages > 0);
        }

        private void RequireWatched<TArch, TLayout>(WatchedPool<TArch, TLayout> watched)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            Assert.True(watched.Judged > 1000, $"Only {watched.Judged} answers could be judged.");
            Assert.NotEqual(0, watched.Seen(MachineEvent.EntryWritten));
            Assert.NotEqual(0, watched.Seen(MachineEvent.Flushed));
            Assert.NotEqual(0, watched.Seen(MachineEvent.Allocating));
            Assert.Equal(TLayout.HasBatches, watched.Seen(MachineEvent.BatchSplit) > 0);
            Assert.Equal(TLayout.HasBatches, watched.Seen(MachineEvent.BatchRemapped) > 0);
            Assert.Equal(policy != default, watched.Seen(MachineEvent.InBreakBeforeMake) > 0);
            Assert.Equal(policy != default, watched.HeldUp > 0);
        }
    }
}

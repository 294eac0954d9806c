using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>Memory that is short at every allocation in turn: nothing is lost, and all works again when memory is back.</summary>
public class FailureTests
{
    public static TheoryData<string, string, string> Cases { get; } = AllCases();

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnyAllocationFails_NothingIsLost(string architecture, string size, string layout) =>
        OnArchitecture.Run(architecture, layout, new FailureCase(size));

    private static TheoryData<string, string, string> AllCases()
    {
        TheoryData<string, string, string> cases = new();
        foreach ((string architecture, string size) in ((string, string)[])
            [("x86-64", "2M"), ("x86-64", "1G"), ("riscv64-sv39", "2M"), ("arm64-4k-va48", "2M"), ("arm64-4k-va48", "32M"), ("arm64-16k-va48", "32M")])
        {
            foreach (string layout in OnArchitecture.LayoutNames)
            {
                cases.Add(architecture, size, layout);
            }
        }

        return cases;
    }

    private sealed class FailureCase(string size) : IMachineTest
    {
        // One failure, or memory that stays short from then on.
        private static readonly bool[] Lasting = [false, true];

        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            foreach (bool lasting in Lasting)
            {
                foreach (bool batch in (bool[])[false, true])
                {
                    OptimizeWithFailures<TArch, TLayout>(lasting, batch);
                    RestoreWithFailures<TArch, TLayout>(lasting, batch);
                }
            }
        }

        private OptimizerRig<TArch, TLayout> Start<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            Hstate hstate = OptimizerRig<TArch, TLayout>.HstateOf(size);
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(OptimizerRig<TArch, TLayout>.RoomFor(hstate));
            rig.Take(hstate, hstate.Size >= 1UL << 30 ? 1 : 3, node: 0);
            rig.Warm();
            return rig;
        }

        // A split stays split, so each failure gets a machine of its own.
        private void OptimizeWithFailures<TArch, TLayout>(bool lasting, bool batch)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            for (long failing = 0; ; failing++)
            {
                OptimizerRig<TArch, TLayout> rig = Start<TArch, TLayout>();
                FrameBooks books = rig.Machine.Books;
                long vmemmap = books[FrameUse.Vmemmap];
                bool failed = Fail(rig, failing, lasting, () => Optimize(rig, batch));
                rig.Check();
                CheckUnopened(rig);
                rig.Warm();
                Optimize(rig, batch);
                rig.Check();
                Assert.All(rig.Pages, page => Assert.True(page.IsOptimized));
                rig.Warm();
                Assert.Equal(rig.Pages.Count, rig.RestoreBatch(rig.Pages));
                rig.Check();
                Assert.Equal(vmemmap, books[FrameUse.Vmemmap]);
                if (!failed)
                {
                    break;
                }
            }
        }

        private void RestoreWithFailures<TArch, TLayout>(bool lasting, bool batch)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            OptimizerRig<TArch, TLayout> rig = Start<TArch, TLayout>();
            Optimize(rig, batch);
            long vmemmap = rig.Machine.Books[FrameUse.Vmemmap];
            long free = rig.Machine.Books[FrameUse.Free];
            rig.Check();
            long each = LayoutCases.Freed<TLayout>(TArch.Name, size);
            foreach (long failing in Failing(each, rig.Pages.Count))
            {
                int restored = 0;
                bool failed = Fail(rig, failing, lasting, () => restored = Restore(rig, batch));
                rig.Check();
                Assert.Equal(failing < each * rig.Pages.Count, failed);
                int whole = batch || lasting ? (int)(failing / each) : rig.Pages.Count - (failed ? 1 : 0);
                Assert.Equal(whole, rig.Pages.Count(page => !page.IsOptimized));
                Assert.Equal(whole, restored);
                Assert.Equal(vmemmap + (whole * each), rig.Machine.Books[FrameUse.Vmemmap]);
                rig.Warm();
                Restore(rig, batch);
                rig.Check();
                Assert.All(rig.Pages, page => Assert.False(page.IsOptimized));
                rig.Warm();
                Optimize(rig, batch);
                rig.Check();
                Assert.Equal(free, rig.Machine.Books[FrameUse.Free]);
                rig.Warm();
            }
        }

        // Of thousands of frames: the first ones of each huge page, the last ones, and one between; and none.
        private static IEnumerable<long> Failing(long each, int pages) => Enumerable.Range(0, pages)
            .SelectMany(page => each <= 8 ? Enumerable.Range(0, (int)each).Select(i => (long)i) : [0, 1, each / 2, each - 1], (page, i) => (page * each) + i)
            .Append(each * pages);

        private static void Optimize<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, bool batch)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            List<HugePage<TArch, TLayout>> whole = rig.Pages.FindAll(page => !page.IsOptimized);
            if (batch)
            {
                rig.OptimizeBatch(whole);
                return;
            }

            foreach (HugePage<TArch, TLayout> page in whole)
            {
                Assert.Equal(rig.TryOptimize(page), page.IsOptimized);
            }
        }

        private static int Restore<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, bool batch)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            if (batch)
            {
                int restored = rig.RestoreBatch(rig.Pages);
                Assert.All(rig.Pages.Take(restored), page => Assert.False(page.IsOptimized));
                return restored;
            }

            return rig.Pages.Count(page => !page.IsOptimized || rig.TryRestore(page));
        }

        private static bool Fail<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, long failing, bool lasting, Action operation)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            PageAllocator<TArch> allocator = rig.Machine.PageAllocator;
            long first = allocator.Attempts + failing;
            allocator.Fail = attempt => lasting ? attempt.Number >= first : attempt.Number == first;
            operation();
            allocator.Fail = null;
            return allocator.Attempts > first;
        }

        // What is not optimized has every frame of its own; the checker has seen that no page is in between.
        private static void CheckUnopened<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout =>
            Assert.All(rig.Pages, page => Assert.Equal(page.IsOptimized, rig.Checker.FramesOf(page) < page.VmemmapPages));
    }
}

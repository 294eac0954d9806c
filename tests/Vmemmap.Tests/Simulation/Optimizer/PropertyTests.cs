using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Memory;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>Random sequences of optimize and restore, alone and in batches, with allocations that fail at random; the checker after each step.</summary>
public class PropertyTests
{
    [Theory]
    [ClassData(typeof(EveryLayout))]
    public void OnX64(string layout) => OnArchitecture.Run("x86-64", layout, new SequenceCase("2M", 12));

    [Theory]
    [ClassData(typeof(EveryLayout))]
    public void OnRiscV64(string layout) => OnArchitecture.Run("riscv64-sv48", layout, new SequenceCase("2M", 6));

    [Theory]
    [ClassData(typeof(EveryLayout))]
    public void OnArm64(string layout) => OnArchitecture.Run("arm64-4k-va39", layout, new SequenceCase("32M", 6));

    private sealed class SequenceCase(string size, int sequences) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout => RandomSteps.Hold(sequences, 24, steps =>
        {
            OptimizerRig<TArch, TLayout> rig = OptimizerRig<TArch, TLayout>.OfSize(3UL << 27, BreakBeforeMakePolicy.FaultFixUp);
            Hstate hstate = OptimizerRig<TArch, TLayout>.HstateOf(size);
            rig.Take(hstate, 6, node: 0);
            long vmemmap = rig.Machine.Books[FrameUse.Vmemmap];
            long freed = LayoutCases.Freed<TLayout>(TArch.Name, size);
            foreach ((int kind, int a, int b) in steps)
            {
                // One failure among the next attempts, or a lasting shortage, or none.
                long first = rig.Machine.PageAllocator.Attempts + (b % 24);
                rig.Machine.PageAllocator.Fail = (b / 24 % 3) switch
                {
                    0 => attempt => attempt.Number == first,
                    1 => attempt => attempt.Number >= first,
                    _ => null,
                };
                Step(rig, kind, a);
                rig.Check();
                Assert.Equal(vmemmap - (freed * rig.Pages.Count(page => page.IsOptimized)), rig.Machine.Books[FrameUse.Vmemmap]);
            }
        });

        private static void Step<TArch, TLayout>(OptimizerRig<TArch, TLayout> rig, int kind, int a)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            HugePage<TArch, TLayout> page = rig.Pages[a % rig.Pages.Count];
            List<HugePage<TArch, TLayout>> some = rig.Pages.FindAll(p => (a >> rig.Pages.IndexOf(p) & 1) != 0);
            switch (kind % 5)
            {
                case 0:
                    rig.Warm();
                    break;

                case 1:
                    Assert.Equal(page.IsOptimized || rig.TryOptimize(page), page.IsOptimized);
                    break;

                case 2:
                    Assert.Equal(!page.IsOptimized || rig.TryRestore(page), !page.IsOptimized);
                    break;

                case 3:
                    rig.OptimizeBatch(some.FindAll(p => !p.IsOptimized));
                    break;

                default:
                    bool[] before = [.. some.Select(p => p.IsOptimized)];
                    int restored = rig.RestoreBatch(some);
                    for (int i = 0; i < some.Count; i++)
                    {
                        Assert.Equal(i >= restored && before[i], some[i].IsOptimized);
                    }

                    break;
            }
        }
    }
}

using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Facts;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>All architectures, huge page sizes and layouts; arm64 under the policies that can do it.</summary>
internal static class LayoutCases
{
    public static TheoryData<string, string, string, BreakBeforeMakePolicy> All()
    {
        TheoryData<string, string, string, BreakBeforeMakePolicy> cases = new();
        foreach (object[] row in HstateCounts.ForEveryArchitecture)
        {
            string architecture = (string)row[0];
            BreakBeforeMakePolicy[] policies = architecture.Split('-') switch
            {
                // The policies know nothing of address bits: all of them with 48, one with the others.
                ["arm64", _, "va48"] => [BreakBeforeMakePolicy.StopMachine, BreakBeforeMakePolicy.IpiPause, BreakBeforeMakePolicy.FaultFixUp],
                ["arm64", ..] => [BreakBeforeMakePolicy.FaultFixUp],
                _ => [BreakBeforeMakePolicy.Refuse],
            };
            foreach (string layout in OnArchitecture.LayoutNames)
            {
                foreach (BreakBeforeMakePolicy policy in policies)
                {
                    cases.Add(architecture, ((HstateCounts)row[1]).Size, layout, policy);
                }
            }
        }

        return cases;
    }

    /// <summary>Pages of vmemmap that an optimized huge page gives back.</summary>
    public static long Freed<TLayout>(string architecture, string size)
        where TLayout : struct, IVmemmapLayout
    {
        HstateCounts counts = HstateCounts.ForEveryArchitecture
            .Where(row => (string)row[0] == architecture).Select(row => (HstateCounts)row[1]).Single(row => row.Size == size);
        return TLayout.Layout == VmemmapLayout.ReserveTwo ? counts.FreedReserveTwo : counts.FreedReserveOne;
    }

    /// <summary>Whether this kernel maps vmemmap by blocks of 2M, 128M of memory each: all with 4K pages.</summary>
    public static bool MapsByBlocks(string architecture) =>
        !architecture.StartsWith("arm64-16k", StringComparison.Ordinal) && !architecture.StartsWith("arm64-64k", StringComparison.Ordinal);

    /// <summary>How many huge pages a test takes: gigantic ones are worth two.</summary>
    public static int PagesFor(Hstate hstate) => hstate.Size >= 1UL << 30 ? 2 : 3;
}

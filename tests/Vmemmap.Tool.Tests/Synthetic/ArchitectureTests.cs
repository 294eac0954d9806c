using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Every architecture, under every layout that its kernels had or could be patched to have.</summary>
public sealed class ArchitectureTests
{
    public static TheoryData<string, string> Combinations()
    {
        TheoryData<string, string> data = [];
        foreach (string name in Machines.Names)
        {
            MachineGeometry machine = Machines.Find(name);

            // LPA2 came with 6.9, HVO on riscv with 6.5; arm64 kernels have HVO when someone selects it.
            string[] versions = machine switch
            {
                { Lpa2: true } => ["6.12.117", "7.1.0"],
                { Family: CpuFamily.RiscV64 } => ["6.6.30", "6.12.117", "7.1.0"],
                _ => ["5.17.15", "6.1.192", "6.12.117", "7.1.0"],
            };
            foreach (string version in versions)
            {
                data.Add(name, version);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Inspect_EveryLayout_TellsTheTruth(string architecture, string version)
    {
        HugePagePlaces places = HugePagePlaces.In(architecture);
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            HugePages = places.EverySize(),
            CompoundPages = [new CompoundPageRequest(places.Next(32UL << 20), 5)],
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Inspect_WithoutHugePages_CountsNothing(string architecture) =>
        InspectReport.AssertTrue(new SyntheticKernel { Architecture = architecture });

    [Theory]
    [MemberData(nameof(Names))]
    public void Inspect_NothingOptimized_CountsHugePages(string architecture) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            HugePages = [.. HugePagePlaces.In(architecture).EverySize().Select(page => page with { Optimized = false })],
            WholeVmemmap = false,
        });

    public static TheoryData<string> Names() => [.. Machines.Names];
}

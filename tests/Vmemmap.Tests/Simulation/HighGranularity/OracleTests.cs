using Vmemmap.HugeTlb;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>
/// Random operations of several processes on files, each step against an oracle that knows pages and addresses and nothing of tables: after each, every
/// address, every count and every table is looked at.
/// </summary>
public class OracleTests
{
    [Theory]
    [InlineData("x86-64", "1G", 1, 1, 250)]
    [InlineData("x86-64", "1G", 1, 2, 300, "2M")]
    [InlineData("x86-64", "2M", 3, 5, 300)]
    [InlineData("arm64-4k-va48", "1G", 1, 1, 200)]
    [InlineData("arm64-4k-va39", "1G", 1, 1, 100)]
    [InlineData("arm64-4k-va48", "32M", 2, 4, 300, "64K")]
    [InlineData("arm64-4k-va48", "64K", 3, 6, 300)]
    [InlineData("arm64-4k-va48", "2M", 2, 4, 300, "64K")]
    [InlineData("arm64-16k-va48", "1G", 1, 1, 300)]
    [InlineData("arm64-16k-va47", "2M", 3, 5, 300)]
    [InlineData("arm64-64k-va48", "512M", 2, 3, 200)]
    [InlineData("arm64-64k-va42", "2M", 3, 6, 250)]
    [InlineData("riscv64-sv48", "1G", 1, 2, 200, "64K")]
    [InlineData("riscv64-sv39", "2M", 3, 5, 250)]
    public void CountedByHugePage_EveryAddressIsAsTheOracleSays(string architecture, string size, int filePages, int pages, int steps, string other = "") =>
        OnArchitecture.Run(architecture, "reserve-one", new Case(size, filePages, pages, steps, other, MapCountRule: 0, Optimize: true));

    [Theory]
    [InlineData("x86-64", "2M", 3, 5, 300)]
    [InlineData("arm64-4k-va48", "2M", 3, 5, 250, "64K")]
    [InlineData("arm64-16k-va48", "2M", 3, 3, 250)]
    [InlineData("riscv64-sv48", "2M", 3, 5, 250)]
    public void CountedByBasePage_EveryAddressIsAsTheOracleSays(string architecture, string size, int filePages, int pages, int steps, string other = "") =>
        OnArchitecture.Run(architecture, "reserve-one", new Case(size, filePages, pages, steps, other, MapCountRule: 1, Optimize: false));

    private sealed record Case(string Size, int FilePages, int Pages, int Steps, string Other, int MapCountRule, bool Optimize) : IMachineTest
    {
        private const int Seed = 20230218;

        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            var rig = new GranularRig<TArch, TLayout>(
                Size, Pages, (Vmemmap.HighGranularity.MapCountRule)MapCountRule, Optimize, filePages: FilePages, otherSize: Other);
            var run = new OracleRun<TArch, TLayout>(rig, new Random(Seed));
            for (int step = 0; step < Steps; step++)
            {
                run.Step();
                run.Check();
            }

            run.End();
        }
    }
}

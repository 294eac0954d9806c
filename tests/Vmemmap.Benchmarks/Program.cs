using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Vmemmap.Benchmarks.Targets;

namespace Vmemmap.Benchmarks;

/// <summary>
/// <c>targets [NAME...]</c> measures what docs/performance.md promises, work and yardstick in turn; anything else goes to
/// BenchmarkDotNet, which measures one after the other and says more about each.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is ["targets", .. string[] names])
        {
            return TargetRun.Run(names);
        }

        // In this process: the yardsticks are compiled once, and what is compared shares one heap and one moment.
        IConfig config = DefaultConfig.Instance.AddJob(
            Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(5).WithIterationCount(15));
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
        return 0;
    }
}

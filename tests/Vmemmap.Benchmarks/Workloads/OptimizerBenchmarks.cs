using BenchmarkDotNet.Attributes;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>The optimizer over a machine whose pool is full of 2M pages that are prepared and not optimized.</summary>
/// <typeparam name="TLayout">The layout.</typeparam>
[GenericTypeArguments(typeof(ReserveTwo))]
[GenericTypeArguments(typeof(ReserveOne))]
[GenericTypeArguments(typeof(SharedTail))]
public class OptimizerBenchmarks<TLayout>
    where TLayout : struct, IVmemmapLayout
{
    /// <summary>Pages of the warm measurements: they fit the caches as a working set of a kernel would.</summary>
    public const int WarmPages = 512;

    private VmemmapRemapper<X64> _vmemmap = null!;
    private Cpu<X64> _cpu = null!;
    private HugePage<X64, TLayout>[] _pages = [];

    /// <summary>Optimized pages.</summary>
    public long Optimized => _pages.LongCount(page => page.IsOptimized);

    /// <summary>Violations, of which there are none.</summary>
    public long Violations => _vmemmap.Machine.Violations.Count;

    [GlobalSetup]
    public void Setup() => Fill(WarmPages);

    /// <summary>Boots a machine with room for the pages, and prepares them.</summary>
    public void Fill(long pages)
    {
        ulong bytes = (ulong)pages << 21;
        ulong room = Math.Max(1UL << 30, bytes / 32);
        var machine = new Machine<X64>(MachineOptions.OfSize((bytes + room + (1UL << 30) - 1) & ~((1UL << 30) - 1)));
        _vmemmap = new VmemmapRemapper<X64>(machine);
        _cpu = machine.Cpus[0];
        var pool = new HugetlbPool<X64, TLayout>(_vmemmap, new HugetlbOptions());
        if (pool.SetHugePages(X64.Huge2M.Value, pages) != pages)
        {
            throw new InvalidOperationException($"The machine has no room for {pages} pages.");
        }

        _pages = [.. pool.Pages];
        Array.Sort(_pages, (a, b) => a.HeadPfn.CompareTo(b.HeadPfn));
    }

    [Benchmark(OperationsPerInvoke = WarmPages)]
    public void OptimizeAndRestore()
    {
        Optimize();
        Restore();
    }

    public void Optimize()
    {
        foreach (HugePage<X64, TLayout> page in _pages)
        {
            TLayout.TryOptimize(_vmemmap, _cpu, page);
        }
    }

    public void Restore()
    {
        foreach (HugePage<X64, TLayout> page in _pages)
        {
            TLayout.TryRestore(_vmemmap, _cpu, page);
        }
    }

    public void OptimizeBatch() => TLayout.OptimizeBatch(_vmemmap, _cpu, _pages);

    public void RestoreBatch() => TLayout.RestoreBatch(_vmemmap, _cpu, _pages);
}

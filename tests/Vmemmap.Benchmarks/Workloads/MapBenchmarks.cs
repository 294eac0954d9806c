using System.Numerics;
using BenchmarkDotNet.Attributes;
using Vmemmap.Benchmarks.Memory;
using Vmemmap.Benchmarks.Native;
using Vmemmap.Dumps;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>The map of a 1 TiB machine's vmemmap, aliases classified, beside one pass that only adds up the same tables.</summary>
[MemoryDiagnoser]
public unsafe class MapBenchmarks
{
    private TableArena<X64> _arena = null!;
    private delegate* unmanaged<ulong*, ulong, ulong> _sum;

    [GlobalSetup]
    public void Setup()
    {
        _arena = Machines.Optimized;
        if (NativeBaseline.IsAvailable)
        {
            _sum = NativeBaseline.Sum();
        }
    }

    [Benchmark]
    public int Map() => MapOf(_arena);

    /// <summary>The same of a machine without huge pages: no runs, so nothing but extents is kept.</summary>
    [Benchmark]
    public int PlainMap() => MapOf(Machines.Plain);

    [Benchmark(Baseline = true)]
    public ulong Pass()
    {
        Vector<ulong> sum = Vector<ulong>.Zero;
        ulong* entry = _arena.LeafTables;
        ulong* end = entry + Machines.TebibytePages;
        for (; entry < end; entry += Vector<ulong>.Count)
        {
            sum += *(Vector<ulong>*)entry;
        }

        return Vector.Sum(sum);
    }

    [Benchmark]
    public ulong PassInC() => _sum(_arena.LeafTables, (ulong)Machines.TebibytePages);

    private static int MapOf(TableArena<X64> arena)
    {
        VmemmapMap<ArchitectureFormat<X64>, ArenaMemory> map = VmemmapMap<ArchitectureFormat<X64>, ArenaMemory>.Build(
            default, arena.Memory, arena.Root, arena.First, arena.Last, WalkBudget.Unbounded, _ => true);
        return map.Runs.Count;
    }
}

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using Vmemmap.Benchmarks.Memory;
using Vmemmap.Benchmarks.Native;
using Vmemmap.Dumps;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>The scan that classifies aliases, over the last-level tables of a 1 TiB machine, a table at a time.</summary>
public unsafe class AliasScanBenchmarks : IDisposable
{
    private const int TableEntries = 512;

    private readonly AliasRuns _runs = [];
    private TableArena<X64> _arena = null!;
    private NativeRun* _nativeRuns;
    private delegate* unmanaged<NativeScan*, ulong, ulong*, long, void> _scan;
    private delegate* unmanaged<NativeScan*, void> _end;

    [GlobalSetup]
    public void Setup()
    {
        _arena = Machines.Optimized;
        if (NativeBaseline.IsAvailable)
        {
            _nativeRuns = (NativeRun*)NativeMemory.Alloc((nuint)Machines.TebibytePages / 2, (nuint)sizeof(NativeRun));
            _scan = NativeBaseline.Scan();
            _end = NativeBaseline.ScanEnd();
            if (C() != (ulong)Vectors() || Vectors() != OneByOne())
            {
                throw new InvalidOperationException("the scans disagree");
            }
        }
    }

    /// <summary>Eight or four entries a step, as the hardware has it.</summary>
    [Benchmark(OperationsPerInvoke = (int)Machines.TebibytePages)]
    public int Vectors() => Vector512.IsHardwareAccelerated ? Scan<AliasWidth8>() : Scan<AliasWidth4>();

    [Benchmark(OperationsPerInvoke = (int)Machines.TebibytePages)]
    public int OneByOne() => Scan<AliasWidth1>();

    [Benchmark(Baseline = true, OperationsPerInvoke = (int)Machines.TebibytePages)]
    public ulong C()
    {
        var scan = new NativeScan { Runs = _nativeRuns };
        _scan(&scan, _arena.First, _arena.LeafTables, Machines.TebibytePages);
        _end(&scan);
        return scan.RunCount;
    }

    [GlobalCleanup]
    public void Dispose() => NativeMemory.Free(_nativeRuns);

    private int Scan<TWidth>()
        where TWidth : struct, IAliasWidth
    {
        _runs.Clear();
        var scanner = AliasScanner.For(default(ArchitectureFormat<X64>), _runs, int.MaxValue);
        for (long i = 0; i < Machines.TebibytePages; i += TableEntries)
        {
            scanner.ScanBy<TWidth>(_arena.First + ((ulong)i << X64.PageShift), new ReadOnlySpan<ulong>(_arena.LeafTables + i, TableEntries), writable: true);
        }

        scanner.Flush();
        return _runs.Count;
    }
}

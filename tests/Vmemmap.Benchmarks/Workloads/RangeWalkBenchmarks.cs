using System.Numerics;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Vmemmap.Benchmarks.Memory;
using Vmemmap.Benchmarks.Native;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>A walk over a dense tree of 4 Mi entries that adds up the entries.</summary>
public unsafe class RangeWalkBenchmarks
{
    private TableArena<X64> _arena = null!;
    private delegate* unmanaged<NativeMemoryView*, ulong, ulong, ulong, ulong> _scalar;
    private delegate* unmanaged<NativeMemoryView*, ulong, ulong, ulong, ulong> _vectors;

    [GlobalSetup]
    public void Setup()
    {
        _arena = Machines.Plain;
        if (NativeBaseline.IsAvailable)
        {
            _scalar = NativeBaseline.Walk("walk_scalar");
            _vectors = NativeBaseline.Walk("walk_vectors");
            if (CScalar() != Scalar() || CVectors() != Vectors())
            {
                throw new InvalidOperationException("the walks disagree");
            }
        }
    }

    [Benchmark(OperationsPerInvoke = (int)Machines.TebibytePages)]
    public ulong Scalar()
    {
        var visitor = new ScalarSum();
        PageTableWalk.Walk(default(ArchitectureFormat<X64>), _arena.Memory, _arena.Root, _arena.First, _arena.Last, ref visitor);
        return visitor.Sum;
    }

    [Benchmark(OperationsPerInvoke = (int)Machines.TebibytePages)]
    public ulong Vectors()
    {
        var visitor = new VectorSum();
        PageTableWalk.Walk(default(ArchitectureFormat<X64>), _arena.Memory, _arena.Root, _arena.First, _arena.Last, ref visitor);
        return visitor.Sum;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = (int)Machines.TebibytePages)]
    public ulong CScalar() => Run(_scalar);

    [Benchmark(OperationsPerInvoke = (int)Machines.TebibytePages)]
    public ulong CVectors() => Run(_vectors);

    private ulong Run(delegate* unmanaged<NativeMemoryView*, ulong, ulong, ulong, ulong> function)
    {
        NativeMemoryView view = _arena.View;
        return function(&view, _arena.Root, _arena.First, _arena.Last);
    }

    private struct ScalarSum : IPageTableVisitor
    {
        public ulong Sum;

        public bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
        {
            ulong sum = 0;
            foreach (ulong entry in entries)
            {
                sum += entry;
            }

            Sum += sum;
            return true;
        }

        public readonly bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable) => true;

        public readonly bool VisitHole(int level, ulong address, ulong length) => true;

        public readonly bool VisitFault(in WalkFault fault) => true;
    }

    private struct VectorSum : IPageTableVisitor
    {
        public ulong Sum;

        public bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
        {
            Vector<ulong> sum = Vector<ulong>.Zero;
            ref ulong start = ref MemoryMarshal.GetReference(entries);
            int i = 0;
            for (; i <= entries.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
            {
                sum += Vector.LoadUnsafe(ref start, (nuint)i);
            }

            Sum += Vector.Sum(sum);
            for (; i < entries.Length; i++)
            {
                Sum += entries[i];
            }

            return true;
        }

        public readonly bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable) => true;

        public readonly bool VisitHole(int level, ulong address, ulong length) => true;

        public readonly bool VisitFault(in WalkFault fault) => true;
    }
}

using BenchmarkDotNet.Attributes;
using Vmemmap.Benchmarks.Memory;
using Vmemmap.Benchmarks.Native;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>One address at a time, tables in the second-level cache: what is emitted, the same in C, and the table-driven walker.</summary>
/// <typeparam name="TArch">The architecture.</typeparam>
[GenericTypeArguments(typeof(X64))]
[GenericTypeArguments(typeof(X64La57))]
[GenericTypeArguments(typeof(Arm64K16Va48))]
public unsafe class TranslateBenchmarks<TArch> : IDisposable
    where TArch : struct, IArchitecture
{
    /// <summary>Translations of one call.</summary>
    public const int Count = 4096;

    private const long Pages = 16384;

    private TableArena<TArch> _arena = null!;
    private TableWalker _walker = null!;
    private ulong[] _addresses = [];
    private delegate* unmanaged<NativeMemoryView*, ulong, ulong*, long, ulong> _native;
    private delegate* unmanaged<NativeMemoryView*, ulong, ulong*, long, ulong> _nativeInlined;

    [GlobalSetup]
    public void Setup()
    {
        (EntryBits bits, ulong first, string file, string native) = TArch.Name switch
        {
            "x86-64" => (EntryBits.X64, Machines.X64Vmemmap, "x86-64", "x64"),
            "x86-64-la57" => (EntryBits.X64, 0xffd4000000000000UL, "x86-64", "x64_la57"),
            "arm64-16k-va48" => (EntryBits.Arm64, 0xfffffdffc0000000UL, "arm64", "arm64_16k"),
            _ => throw new NotSupportedException(TArch.Name),
        };
        _arena = new TableArena<TArch>(bits, first, Pages, page => ((ulong)(page * 7 % Pages) << TArch.PageShift, true));
        _walker = TableWalker.Load(Path.Combine(AppContext.BaseDirectory, "tables", $"{file}.pagetables.xml")).Single(w => w.Name == TArch.Name);
        _addresses = _arena.RandomAddresses(Count);
        if (NativeBaseline.IsAvailable)
        {
            _native = NativeBaseline.Translate($"translate_{native}");
            _nativeInlined = NativeBaseline.Translate($"translate_inlined_{native}");
            Check(C());
        }

        Check(Table());
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong Emitted()
    {
        ArenaMemory memory = _arena.Memory;
        ulong root = _arena.Root;
        ulong sum = 0;
        foreach (ulong address in _addresses)
        {
            if (TArch.TryTranslate(in memory, root, address, out Translation translation))
            {
                sum += translation.PhysicalAddress;
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong Table()
    {
        ArenaMemory memory = _arena.Memory;
        ulong root = _arena.Root;
        ulong sum = 0;
        foreach (ulong address in _addresses)
        {
            if (_walker.TryTranslate(in memory, root, address, out Translation translation))
            {
                sum += translation.PhysicalAddress;
            }
        }

        return sum;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public ulong C() => Run(_native);

    /// <summary>C that the compiler may inline into the loop, dropping what the loop does not read.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public ulong CInlined() => Run(_nativeInlined);

    [GlobalCleanup]
    public void Dispose() => _arena.Dispose();

    private ulong Run(delegate* unmanaged<NativeMemoryView*, ulong, ulong*, long, ulong> function)
    {
        NativeMemoryView view = _arena.View;
        fixed (ulong* addresses = _addresses)
        {
            return function(&view, _arena.Root, addresses, _addresses.Length);
        }
    }

    private void Check(ulong sum)
    {
        if (sum != Emitted())
        {
            throw new InvalidOperationException($"{TArch.Name}: the walkers disagree");
        }
    }
}

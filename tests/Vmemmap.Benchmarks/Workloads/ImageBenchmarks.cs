using BenchmarkDotNet.Attributes;
using Vmemmap.Dumps;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>A real image, named by the environment variable VMEMMAP_IMAGE: an uncompressed ELF core.</summary>
public class ImageBenchmarks : IDisposable
{
    private KernelImage _kernel = null!;

    /// <summary>The image; null if none is named.</summary>
    public static string? Path => Environment.GetEnvironmentVariable("VMEMMAP_IMAGE") is { Length: > 0 } path ? path : null;

    internal KernelImage Kernel => _kernel;

    /// <summary>First page of the longest mapped stretch of vmemmap, and its base pages.</summary>
    internal (ulong First, int Pages) Mapped { get; private set; }

    /// <summary>Leaf entries that map vmemmap.</summary>
    internal long Leaves { get; private set; }

    [GlobalSetup]
    public void Setup()
    {
        _kernel = KernelImage.Open(Path ?? throw new InvalidOperationException("VMEMMAP_IMAGE names no image"));
        var counter = new Counter(_kernel);
        (Leaves, Mapped) = _kernel.Architecture.Accept<Counter, (long, (ulong, int))>(ref counter);
    }

    /// <summary>ELF headers, VMCOREINFO, architecture, root table, vmemmap.</summary>
    [Benchmark]
    public ulong Open()
    {
        using KernelImage kernel = KernelImage.Open(Path!);
        return kernel.VmemmapBase;
    }

    /// <summary>The walk over vmemmap with its aliases classified.</summary>
    [Benchmark]
    public int Map()
    {
        var mapper = new Mapper(_kernel);
        return _kernel.Architecture.Accept<Mapper, int>(ref mapper);
    }

    /// <summary>The whole census: the map, the struct pages behind it, and the verdict on every huge page.</summary>
    [Benchmark]
    public int Census() => _kernel.TakeCensus().HugePages.Count;

    /// <summary>Every base page of vmemmap, one address at a time.</summary>
    [Benchmark]
    public ulong Translate()
    {
        ulong sum = 0;
        ulong step = (ulong)_kernel.Architecture.PageSize;
        (ulong address, int pages) = Mapped;
        for (int i = 0; i < pages; i++, address += step)
        {
            if (_kernel.TryTranslate(address, out Translation translation))
            {
                sum += translation.PhysicalAddress;
            }
        }

        return sum;
    }

    [GlobalCleanup]
    public void Dispose() => _kernel.Dispose();

    private static VmemmapMap<TFormat, ImageMemory> MapOf<TFormat>(TFormat format, KernelImage kernel)
        where TFormat : struct, IPageTableFormat =>
        VmemmapMap<TFormat, ImageMemory>.Build(
            format, new ImageMemory(kernel.Memory), kernel.RootTable, kernel.Vmemmap.First, kernel.Vmemmap.Last, WalkBudget.Unbounded, _ => true);

    private readonly struct Mapper(KernelImage kernel) : IArchitectureVisitor<int>
    {
        public int Visit<TFormat>(TFormat format)
            where TFormat : struct, IPageTableFormat => MapOf(format, kernel).Runs.Count;
    }

    private readonly struct Counter(KernelImage kernel) : IArchitectureVisitor<(long Leaves, (ulong First, int Pages) Mapped)>
    {
        public (long Leaves, (ulong First, int Pages) Mapped) Visit<TFormat>(TFormat format)
            where TFormat : struct, IPageTableFormat
        {
            (ulong First, ulong End) longest = default;
            (ulong First, ulong End) open = default;
            long leaves = 0;
            foreach (VmemmapExtent extent in MapOf(format, kernel).Extents)
            {
                leaves += extent.Count;
                ulong end = extent.Address + ((ulong)extent.Count << format.LevelShift(extent.Level));
                open = extent.Address == open.End ? (open.First, end) : (extent.Address, end);
                longest = open.End - open.First > longest.End - longest.First ? open : longest;
            }

            return (leaves, (longest.First, (int)((longest.End - longest.First) >> format.PageShift)));
        }
    }
}

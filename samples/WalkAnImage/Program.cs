// The page tables of a kernel's vmemmap, walked in a memory image: one address, and then all of them.
using Vmemmap;
using Vmemmap.Dumps;

if (args is not [string path])
{
    Console.Error.WriteLine("usage: WalkAnImage FILE");
    return 2;
}

try
{
    using KernelImage kernel = KernelImage.Open(path);
    var memory = new ImageMemory(kernel.Memory);
    Console.WriteLine($"kernel     {kernel.Vmcoreinfo.OsRelease}, {kernel.Architecture.Name}");
    Console.WriteLine($"root       0x{kernel.RootTable:x}");

    // One address. The image is of x86-64, so its architecture can be named as a type; kernel.TryTranslate picks it at run time.
    ulong vmemmap = kernel.VmemmapBase;
    string where = X64.TryTranslate(in memory, kernel.RootTable, vmemmap, out Translation translation)
        ? $"0x{translation.PhysicalAddress:x}, a leaf of {translation.Size >> 10} KiB, {(translation.IsWritable ? "writable" : "read-only")}"
        : $"{translation.Fault} at level {translation.Level}";
    Console.WriteLine($"vmemmap    0x{vmemmap:x} -> {where}");

    // All that is mapped of 1 TiB from there: what x86-64 with 4 levels reserves for vmemmap.
    var leaves = new LeafCount();
    PageTableWalk.Walk(default(ArchitectureFormat<X64>), in memory, kernel.RootTable, vmemmap, vmemmap + (1UL << 40) - 1, ref leaves);
    Console.WriteLine($"2M leaves  {leaves.Blocks}");
    Console.WriteLine($"4K leaves  {leaves.Writable + leaves.ReadOnly}, of which {leaves.ReadOnly} are read-only");
    Console.WriteLine($"faults     {leaves.Faults}");
    return 0;
}
catch (ImageFormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

/// <summary>Counts leaves. The walk hands out runs of entries as they are in memory, so a scan can be a loop over a span.</summary>
internal struct LeafCount : IPageTableVisitor
{
    public long Blocks;
    public long Writable;
    public long ReadOnly;
    public long Faults;

    public bool VisitPages(ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
    {
        foreach (ulong entry in entries)
        {
            if (X64.Classify(X64.LevelCount - 1, entry) == EntryKind.Leaf)
            {
                _ = writable && X64.IsWritable(entry) ? Writable++ : ReadOnly++;
            }
        }

        return true;
    }

    public bool VisitBlocks(int level, ulong address, ulong entryAddress, scoped ReadOnlySpan<ulong> entries, bool writable)
    {
        Blocks += entries.Length;
        return true;
    }

    public bool VisitHole(int level, ulong address, ulong length) => true;

    // Tables that the image leaves out, and patterns that the architecture reserves: said, never skipped in silence.
    public bool VisitFault(in WalkFault fault)
    {
        Faults++;
        return true;
    }
}

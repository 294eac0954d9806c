using Vmemmap.Tests.Formats;

namespace Vmemmap.Tests.Facts;

/// <summary>
/// The level tables of Linux 6.12 (x86 pgtable_64_types.h, arm64 pgtable-hwdef.h, riscv pgtable-64.h) and of the architecture manuals,
/// written out. "legal" is a leaf that the architecture has and Linux never makes.
/// </summary>
public class LevelTests
{
    /// <summary>Each level as name:shift/entries, then its leaf and, after x, its contiguous group.</summary>
    public static readonly TheoryData<string, string> Tables = new()
    {
        { "x86-64", "PGD:39/512 none, PUD:30/512 block, PMD:21/512 block, PTE:12/512 page" },
        { "x86-64-la57", "PGD:48/512 none, P4D:39/512 none, PUD:30/512 block, PMD:21/512 block, PTE:12/512 page" },
        { "arm64-4k-va39", "PGD:30/512 block, PMD:21/512 block x16, PTE:12/512 page x16" },
        { "arm64-4k-va48", "PGD:39/512 none, PUD:30/512 block, PMD:21/512 block x16, PTE:12/512 page x16" },
        { "arm64-4k-va52", "PGD:48/16 none, P4D:39/512 legal, PUD:30/512 block, PMD:21/512 block x16, PTE:12/512 page x16" },
        { "arm64-16k-va36", "PGD:25/2048 block x32, PTE:14/2048 page x128" },
        { "arm64-16k-va47", "PGD:36/2048 none, PMD:25/2048 block x32, PTE:14/2048 page x128" },
        { "arm64-16k-va48", "PGD:47/2 none, PUD:36/2048 none, PMD:25/2048 block x32, PTE:14/2048 page x128" },
        { "arm64-16k-va52", "PGD:47/32 none, PUD:36/2048 legal, PMD:25/2048 block x32, PTE:14/2048 page x128" },
        { "arm64-64k-va42", "PGD:29/8192 block x32, PTE:16/8192 page x32" },
        { "arm64-64k-va48", "PGD:42/64 legal, PMD:29/8192 block x32, PTE:16/8192 page x32" },
        { "arm64-64k-va52", "PGD:42/1024 legal, PMD:29/8192 block x32, PTE:16/8192 page x32" },
        { "riscv64-sv39", "PGD:30/512 block, PMD:21/512 block, PTE:12/512 page x16" },
        { "riscv64-sv48", "PGD:39/512 legal, PUD:30/512 block, PMD:21/512 block, PTE:12/512 page x16" },
        { "riscv64-sv57", "PGD:48/512 legal, P4D:39/512 legal, PUD:30/512 block, PMD:21/512 block, PTE:12/512 page x16" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Levels_AreTheArchitectures(string name, string expected)
    {
        Architecture architecture = Loaded.Generated(name);
        Assert.Equal(expected, string.Join(", ", architecture.Levels.Select(Describe)));

        IPageTableFormat members = Format.Of(architecture).Members;
        Assert.Equal(architecture.Levels.Count, members.LevelCount);
        Assert.Equal(architecture.Levels.Select(l => l.Shift), Enumerable.Range(0, members.LevelCount).Select(members.LevelShift));
        Assert.Equal(architecture.Levels.Select(l => l.IndexBits), Enumerable.Range(0, members.LevelCount).Select(members.LevelIndexBits));
    }

    [Theory]
    [InlineData("x86-64", 0, 512UL << 30)]
    [InlineData("x86-64-la57", 0, 256UL << 40)]
    [InlineData("arm64-4k-va52", 0, 256UL << 40)]
    [InlineData("arm64-16k-va48", 0, 128UL << 40)]
    [InlineData("arm64-16k-va52", 1, 64UL << 30)]
    [InlineData("arm64-64k-va52", 0, 4UL << 40)]
    [InlineData("arm64-64k-va42", 0, 512UL << 20)]
    public void Reach_IsThatOfOneEntry(string name, int level, ulong reach) =>
        Assert.Equal(reach, Loaded.Generated(name).Levels[level].Reach);

    // Address bits: 52 by the format of x86-64 and with LPA and LPA2, 48 without, 56 on riscv64.
    [Theory]
    [InlineData("x86-64", 12, 48, 52)]
    [InlineData("x86-64-la57", 12, 57, 52)]
    [InlineData("arm64-4k-va39", 12, 39, 48)]
    [InlineData("arm64-4k-va48", 12, 48, 48)]
    [InlineData("arm64-4k-va52", 12, 52, 52)]
    [InlineData("arm64-16k-va36", 14, 36, 48)]
    [InlineData("arm64-16k-va47", 14, 47, 48)]
    [InlineData("arm64-16k-va48", 14, 48, 48)]
    [InlineData("arm64-16k-va52", 14, 52, 52)]
    [InlineData("arm64-64k-va42", 16, 42, 52)]
    [InlineData("arm64-64k-va48", 16, 48, 52)]
    [InlineData("arm64-64k-va52", 16, 52, 52)]
    [InlineData("riscv64-sv39", 12, 39, 56)]
    [InlineData("riscv64-sv48", 12, 48, 56)]
    [InlineData("riscv64-sv57", 12, 57, 56)]
    public void AddressSizes_AreTheArchitectures(string name, int pageShift, int virtualBits, int physicalBits)
    {
        Architecture architecture = Loaded.Generated(name);
        Assert.Equal(pageShift, architecture.PageShift);
        Assert.Equal(1 << pageShift, architecture.PageSize);
        Assert.Equal(virtualBits, architecture.VirtualAddressBits);
        Assert.Equal(physicalBits, architecture.PhysicalAddressBits);
    }

    private static string Describe(Level level)
    {
        string leaf = level.Leaf switch
        {
            LeafUse.None => "none",
            LeafUse.Legal => "legal",
            LeafUse.Block => "block",
            _ => "page",
        };
        return $"{level.Name}:{level.Shift}/{level.EntryCount} {leaf}{(level.ContiguousCount > 1 ? $" x{level.ContiguousCount}" : "")}";
    }
}

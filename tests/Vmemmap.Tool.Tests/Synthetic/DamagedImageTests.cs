using System.Buffers.Binary;
using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Damaged files and page tables: one clear line or a warning, never a crash, a hang or a wrong address.</summary>
public sealed class DamagedImageTests
{

    public static TheoryData<string> Names() => [.. Machines.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Inspect_TableThatIsItsOwnAncestor_Ends(string architecture) => AssertHandled(architecture, (tables, address) =>
    {
        // The entry above the last table leads back to the table that it is in.
        int level = tables.Machine.LastLevel - 1;
        tables.PointTo(level, address, tables.TableAddress(level, address));
    });

    /// <summary>The entry above the last table leads back to the root.</summary>
    [Theory]
    [InlineData("x86-64")]
    [InlineData("x86-64-la57")]
    [InlineData("arm64-4k-va52")]
    [InlineData("arm64-64k-va48")]
    [InlineData("riscv64-sv57")]
    public void Inspect_RootBelowItself_Ends(string architecture) => AssertHandled(architecture, (tables, address) =>
        tables.PointTo(tables.Machine.LastLevel - 1, address, tables.TableAddress(0, address)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Inspect_TableOfVmemmapAbsent_IsUnknown(string architecture) => AssertHandled(architecture, (tables, address) =>
        tables.DropTable(Math.Min(1, tables.Machine.LastLevel), address));

    [Theory]
    [MemberData(nameof(Names))]
    public void Inspect_TablesOutsideMemory_AreUnknown(string architecture) => AssertHandled(architecture, (tables, address) =>
    {
        // The entry above the last table leads to physical memory that is not in the image.
        int level = tables.Machine.LastLevel - 1;
        ulong format = tables.Machine.Family == CpuFamily.RiscV64 ? 1UL | ((1UL << 40) >> 2) : 3UL | (1UL << 40);
        tables.SetEntry(level, address, format);
    });

    [Theory]
    [InlineData("x86-64", 0, 0x80UL)]
    [InlineData("x86-64-la57", 1, 0x80UL)]
    [InlineData("riscv64-sv48", 1, 1UL << 54)]
    [InlineData("riscv64-sv39", 0, 1UL << 58)]
    public void Inspect_ReservedBitInATableEntry_IsReported(string architecture, int level, ulong bits) =>
        AssertHandled(architecture, (tables, address) => tables.SetEntry(level, address, tables.Entry(level, address) | bits));

    /// <summary>Writable and not readable (riscv), a block where there is none (arm64), an address that is not aligned (x86).</summary>
    [Theory]
    [InlineData("x86-64", 2, 0x80000000000021e3UL)]
    [InlineData("riscv64-sv48", 3, 0x000000002000_00e5UL)]
    [InlineData("arm64-4k-va48", 3, 0x00e8000040000f01UL)]
    [InlineData("arm64-4k-va48", 0, 0x00e8000040000f01UL)]
    public void Inspect_ReservedLeaf_IsReported(string architecture, int level, ulong entry) =>
        AssertHandled(architecture, (tables, address) => tables.SetEntry(level, address, entry));

    /// <summary>The entry that points to an absent table proves that the table was made; what it maps is unknown, and said to be.</summary>
    [Fact]
    public void Inspect_LastTableAbsent_IsCountedAndSaid()
    {
        HugePagePlaces places = HugePagePlaces.In("x86-64");
        SyntheticKernel kernel = new()
        {
            Architecture = "x86-64",
            HugePages = [new HugePageRequest(places.Next(2UL << 20), 2UL << 20, Optimized: true)],
        };
        InspectReport whole = InspectReport.Of(kernel.Build());
        InspectReport cut = InspectReport.Of((kernel with { Edit = tables => tables.DropTable(3, tables.StructPage(kernel.HugePages[0].HeadPfn)) }).Build());
        Assert.Equal(7, whole.Json.GetProperty("freedPages").GetInt64());
        Assert.Equal(0, cut.Json.GetProperty("freedPages").GetInt64());
        Assert.Equal(whole.Json.GetProperty("splitPageTables").GetInt64(), cut.Json.GetProperty("splitPageTables").GetInt64());
        Assert.Contains(cut.Warnings, w => w.Contains("lower bound", StringComparison.Ordinal));
    }

    [Fact]
    public void Inspect_RootAbsent_IsRefused()
    {
        using TemporaryImage file = new(new SyntheticKernel
        {
            Architecture = "x86-64",
            Edit = tables => tables.DropTable(0, tables.Vmemmap),
        }.Build());
        ToolRun.Of("inspect", file.Path, "--json").AssertRefused(file.Path);
    }

    [Fact]
    public void Inspect_UnknownMachine_IsRefused()
    {
        // EM_S390.
        using TemporaryImage file = new(new SyntheticKernel { Architecture = "x86-64", ElfMachine = 22 }.Build());
        ToolRun.Of("inspect", file.Path).AssertRefused(file.Path);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(120)]
    [InlineData(5000)]
    public void Inspect_TruncatedFile_IsRefused(int length)
    {
        byte[] image = SmallImage();
        using TemporaryImage file = new(output => output.Write(image, 0, length));
        ToolRun.Of("inspect", file.Path, "--json").AssertRefused(file.Path);
    }

    [Fact]
    public void Inspect_NoElf_IsRefused()
    {
        using TemporaryImage file = new(output => output.Write("KDUMP   and what follows"u8));
        ToolRun.Of("inspect", file.Path).AssertRefused(file.Path);
    }

    [Fact]
    public void Inspect_NoFile_IsRefused()
    {
        string path = Path.Combine(Path.GetTempPath(), $"vmemmap-test-{Guid.NewGuid():N}.core");
        ToolRun.Of("inspect", path).AssertRefused(path);
    }

    /// <summary>The second segment at the first one's physical address; beyond the file; of absurd length.</summary>
    [Theory]
    [InlineData("overlap")]
    [InlineData("offset")]
    [InlineData("length")]
    public void Inspect_AbsurdSegment_IsRefused(string damage)
    {
        byte[] image = SmallImage();
        Span<byte> first = image.AsSpan(64 + 56, 56);
        Span<byte> second = image.AsSpan(64 + 112, 56);
        switch (damage)
        {
            case "overlap":
                first[24..32].CopyTo(second[24..]);
                break;
            case "offset":
                BinaryPrimitives.WriteUInt64LittleEndian(second[8..], ulong.MaxValue - 4096);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(second[32..], ulong.MaxValue - 4096);
                BinaryPrimitives.WriteUInt64LittleEndian(second[40..], ulong.MaxValue - 4096);
                break;
        }

        using TemporaryImage file = new(output => output.Write(image));
        ToolRun.Of("inspect", file.Path, "--json").AssertRefused(file.Path);
    }

    private static byte[] SmallImage() => new SyntheticKernel { Architecture = "x86-64", WholeVmemmap = false }.Build().ToArray();

    private static void AssertHandled(string architecture, Action<PageTableEditor, ulong> damage)
    {
        HugePagePlaces places = HugePagePlaces.In(architecture);
        ulong size = places.Machine.HugeSizes.Where(item => (item >> places.Machine.PageShift) * 64 >= 2 * places.Machine.PageSize).Min();
        ulong head = places.Next(size);
        SyntheticImage image = new SyntheticKernel
        {
            Architecture = architecture,
            HugePages = [new HugePageRequest(head, size, Optimized: true)],
            Edit = tables => damage(tables, tables.StructPage(head)),
        }.Build();
        using TemporaryImage file = new(image);
        DamageAssert.RefusedOrLocated(file.Path, image.Expected);
    }
}

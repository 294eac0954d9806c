using System.Reflection;

namespace Vmemmap.Generators.Tests;

/// <summary>
/// The vmemmap arithmetic of every huge page size of every architecture, against numbers computed from the kernel's formulas (v6.12
/// mm/hugetlb_vmemmap.h:17-44, and v5.17's truncation): none of them comes from the code under test.
/// </summary>
public class HstateTests
{
    private const string X86 = "X64 X64La57";
    private const string Arm4K = "Arm64K4Va39 Arm64K4Va48 Arm64K4Va52";
    private const string Arm16K = "Arm64K16Va36 Arm64K16Va47 Arm64K16Va48 Arm64K16Va52";
    private const string Arm64K = "Arm64K64Va42 Arm64K64Va48 Arm64K64Va52";
    private const string RiscV = "RiscV64Sv39 RiscV64Sv48 RiscV64Sv57";

    public static TheoryData<string, string, int, long, long, double, long, long, long, long> Sizes => new()
    {
        // types, size, order, struct pages, bytes, vmemmap pages, freed R=2 and R=1 for 64-byte struct pages, and for 128-byte ones
        { X86, "1G", 18, 262144, 16777216, 4096, 4094, 4095, 8190, 8191 },
        { X86, "2M", 9, 512, 32768, 8, 6, 7, 14, 15 },
        { Arm4K, "1G", 18, 262144, 16777216, 4096, 4094, 4095, 8190, 8191 },
        { Arm4K, "32M", 13, 8192, 524288, 128, 126, 127, 254, 255 },
        { Arm4K, "2M", 9, 512, 32768, 8, 6, 7, 14, 15 },
        { Arm4K, "64K", 4, 16, 1024, 0.25, 0, 0, 0, 0 },
        { Arm16K, "1G", 16, 65536, 4194304, 256, 254, 255, 510, 511 },
        { Arm16K, "32M", 11, 2048, 131072, 8, 6, 7, 14, 15 },
        { Arm16K, "2M", 7, 128, 8192, 0.5, 0, 0, 0, 0 },
        { Arm64K, "16G", 18, 262144, 16777216, 256, 254, 255, 510, 511 },
        { Arm64K, "512M", 13, 8192, 524288, 8, 6, 7, 14, 15 },
        { Arm64K, "2M", 5, 32, 2048, 0.03125, 0, 0, 0, 0 },
        { RiscV, "64K", 4, 16, 1024, 0.25, 0, 0, 0, 0 },
        { RiscV, "1G", 18, 262144, 16777216, 4096, 4094, 4095, 8190, 8191 },
        { RiscV, "2M", 9, 512, 32768, 8, 6, 7, 14, 15 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Constants_AreTheKernels(
        string types, string size, int order, long structPages, long bytes, double pages, long two, long one, long two128, long one128)
    {
        foreach (string type in types.Split(' '))
        {
            Type huge = Find(type).GetNestedType("Huge" + size)!;
            Assert.Equal(size, Constant(huge, "Name"));
            Assert.Equal(order, Constant(huge, "Order"));
            Assert.Equal(structPages, Constant(huge, "StructPages"));
            Assert.Equal(bytes, Constant(huge, "StructPageBytes"));
            Assert.Equal(pages, Constant(huge, "VmemmapPages"));
            Assert.Equal(two, Constant(huge, "FreedPagesReserveTwo"));
            Assert.Equal(one, Constant(huge, "FreedPagesReserveOne"));
            Assert.Equal(one, Constant(huge, "FreedPagesSharedTail"));

            Hstate value = (Hstate)huge.GetProperty("Value")!.GetValue(null)!;
            Assert.Equal((size, order, Constant(huge, "Size")), (value.Name, value.Order, value.Size));
            Assert.Equal((structPages, bytes, pages), (value.StructPages, value.StructPageBytes(64), value.VmemmapPages(64)));
            Assert.Equal((two, one, one), Freed(value, 64));
            Assert.Equal((two128, one128, one128), Freed(value, 128));
            Assert.Equal(0, value.FreedPages(VmemmapLayout.None, 64));

            // Not a power of two: the kernel turns the optimization off.
            Assert.All(new[] { 56, 80, 96 }, odd => Assert.Equal((0, 0, 0), Freed(value, odd)));
        }
    }

    // Registration order; a size's level (0 = root) and its group.
    [Theory]
    [InlineData("X64", "1G:1:1 2M:2:1", "2M")]
    [InlineData("X64La57", "1G:2:1 2M:3:1", "2M")]
    [InlineData("Arm64K4Va39", "1G:0:1 32M:1:16 2M:1:1 64K:2:16", "2M")]
    [InlineData("Arm64K4Va48", "1G:1:1 32M:2:16 2M:2:1 64K:3:16", "2M")]
    [InlineData("Arm64K4Va52", "1G:2:1 32M:3:16 2M:3:1 64K:4:16", "2M")]
    [InlineData("Arm64K16Va36", "1G:0:32 32M:0:1 2M:1:128", "32M")]
    [InlineData("Arm64K16Va47", "1G:1:32 32M:1:1 2M:2:128", "32M")]
    [InlineData("Arm64K16Va48", "1G:2:32 32M:2:1 2M:3:128", "32M")]
    [InlineData("Arm64K16Va52", "1G:2:32 32M:2:1 2M:3:128", "32M")]
    [InlineData("Arm64K64Va42", "16G:0:32 512M:0:1 2M:1:32", "512M")]
    [InlineData("Arm64K64Va48", "16G:1:32 512M:1:1 2M:2:32", "512M")]
    [InlineData("Arm64K64Va52", "16G:1:32 512M:1:1 2M:2:32", "512M")]
    [InlineData("RiscV64Sv39", "64K:2:16 1G:0:1 2M:1:1", "2M")]
    [InlineData("RiscV64Sv48", "64K:3:16 1G:1:1 2M:2:1", "2M")]
    [InlineData("RiscV64Sv57", "64K:4:16 1G:2:1 2M:3:1", "2M")]
    public void Sizes_AreInRegistrationOrder(string type, string expected, string standard)
    {
        MethodInfo read = GetType().GetMethod(nameof(Describe), BindingFlags.NonPublic | BindingFlags.Static)!;
        Assert.Equal((expected, standard), ((string, string))read.MakeGenericMethod(Find(type)).Invoke(null, null)!);
    }

    private static (string Sizes, string Default) Describe<TArch>()
        where TArch : struct, IArchitecture =>
        (string.Join(' ', TArch.Hstates.ToArray().Select(h => $"{h.Name}:{h.Level}:{h.ContiguousCount}")), TArch.DefaultHstate.Name);

    private static (long Two, long One, long Shared) Freed(Hstate hstate, int structPageSize) => (
        hstate.FreedPages(VmemmapLayout.ReserveTwo, structPageSize),
        hstate.FreedPages(VmemmapLayout.ReserveOne, structPageSize),
        hstate.FreedPages(VmemmapLayout.SharedTail, structPageSize));

    private static Type Find(string type) => typeof(IArchitecture).Assembly.GetType("Vmemmap." + type, throwOnError: true)!;

    private static object Constant(Type type, string name) => type.GetField(name)!.GetRawConstantValue()!;
}

using System.Reflection;
using Vmemmap.Tests.Formats;

namespace Vmemmap.Tests.Facts;

/// <summary>
/// Huge page sizes in registration order, and every count of HVO: what v5.14-v5.17 (two vmemmap pages kept) and v5.18 on (one kept) give
/// back for each size.
/// </summary>
public class HstateTests
{
    [Theory]
    [InlineData("x86-64", "1G 2M", "2M")]
    [InlineData("x86-64-la57", "1G 2M", "2M")]
    [InlineData("arm64-4k-va39", "1G 32M 2M 64K", "2M")]
    [InlineData("arm64-4k-va48", "1G 32M 2M 64K", "2M")]
    [InlineData("arm64-4k-va52", "1G 32M 2M 64K", "2M")]
    [InlineData("arm64-16k-va36", "1G 32M 2M", "32M")]
    [InlineData("arm64-16k-va47", "1G 32M 2M", "32M")]
    [InlineData("arm64-16k-va48", "1G 32M 2M", "32M")]
    [InlineData("arm64-16k-va52", "1G 32M 2M", "32M")]
    [InlineData("arm64-64k-va42", "16G 512M 2M", "512M")]
    [InlineData("arm64-64k-va48", "16G 512M 2M", "512M")]
    [InlineData("arm64-64k-va52", "16G 512M 2M", "512M")]
    [InlineData("riscv64-sv39", "64K 1G 2M", "2M")]
    [InlineData("riscv64-sv48", "64K 1G 2M", "2M")]
    [InlineData("riscv64-sv57", "64K 1G 2M", "2M")]
    public void Sizes_AreInRegistrationOrder(string name, string sizes, string standard)
    {
        foreach (Architecture architecture in (Architecture[])[Loaded.Generated(name), Loaded.Walker(name)])
        {
            Assert.Equal(sizes, string.Join(' ', architecture.Hstates.Select(h => h.Name)));
            Assert.Equal(standard, architecture.DefaultHstate.Name);
            Assert.Contains(architecture.DefaultHstate, architecture.Hstates);
        }
    }

    // Which leaf of which level makes the size, and how many of them: the counts of Kconfig ARM64_CONT_PTE_SHIFT and ARM64_CONT_PMD_SHIFT.
    [Theory]
    [InlineData("x86-64", "1G=1xPUD 2M=1xPMD")]
    [InlineData("x86-64-la57", "1G=1xPUD 2M=1xPMD")]
    [InlineData("arm64-4k-va39", "1G=1xPGD 32M=16xPMD 2M=1xPMD 64K=16xPTE")]
    [InlineData("arm64-4k-va48", "1G=1xPUD 32M=16xPMD 2M=1xPMD 64K=16xPTE")]
    [InlineData("arm64-4k-va52", "1G=1xPUD 32M=16xPMD 2M=1xPMD 64K=16xPTE")]
    [InlineData("arm64-16k-va36", "1G=32xPGD 32M=1xPGD 2M=128xPTE")]
    [InlineData("arm64-16k-va47", "1G=32xPMD 32M=1xPMD 2M=128xPTE")]
    [InlineData("arm64-16k-va48", "1G=32xPMD 32M=1xPMD 2M=128xPTE")]
    [InlineData("arm64-16k-va52", "1G=32xPMD 32M=1xPMD 2M=128xPTE")]
    [InlineData("arm64-64k-va42", "16G=32xPGD 512M=1xPGD 2M=32xPTE")]
    [InlineData("arm64-64k-va48", "16G=32xPMD 512M=1xPMD 2M=32xPTE")]
    [InlineData("arm64-64k-va52", "16G=32xPMD 512M=1xPMD 2M=32xPTE")]
    [InlineData("riscv64-sv39", "64K=16xPTE 1G=1xPGD 2M=1xPMD")]
    [InlineData("riscv64-sv48", "64K=16xPTE 1G=1xPUD 2M=1xPMD")]
    [InlineData("riscv64-sv57", "64K=16xPTE 1G=1xPUD 2M=1xPMD")]
    public void Sizes_AreMadeByLeaves(string name, string expected)
    {
        Architecture architecture = Loaded.Generated(name);
        Assert.Equal(
            expected,
            string.Join(' ', architecture.Hstates.Select(h => $"{h.Name}={h.ContiguousCount}x{architecture.Levels[h.Level].Name}")));
    }

    [Theory]
    [MemberData(nameof(HstateCounts.ForEveryArchitecture), MemberType = typeof(HstateCounts))]
    public void Counts_WithStructPagesOf64Bytes(string name, HstateCounts expected)
    {
        foreach (Architecture architecture in (Architecture[])[Loaded.Generated(name), Loaded.Walker(name)])
        {
            Hstate hstate = architecture.Hstates.Single(h => h.Name == expected.Size);
            Assert.Equal(1UL << (expected.Order + architecture.PageShift), hstate.Size);
            Assert.Equal((ulong)architecture.PageSize, hstate.PageSize);
            Assert.Equal(expected.Order, hstate.Order);
            Assert.Equal(expected.StructPages, hstate.StructPages);
            Assert.Equal(expected.Bytes, hstate.StructPageBytes(64));
            Assert.Equal(expected.VmemmapPages, hstate.VmemmapPages(64));
            Assert.Equal(expected.FreedReserveTwo, hstate.FreedPages(VmemmapLayout.ReserveTwo, 64));
            Assert.Equal(expected.FreedReserveOne, hstate.FreedPages(VmemmapLayout.ReserveOne, 64));
            Assert.Equal(expected.FreedReserveOne, hstate.FreedPages(VmemmapLayout.SharedTail, 64));
            Assert.Equal(0, hstate.FreedPages(VmemmapLayout.None, 64));

            Assert.Equal(expected.FreedBytesReserveTwo, hstate.FreedPages(VmemmapLayout.ReserveTwo, 64) * architecture.PageSize);
            Assert.Equal(expected.FreedBytesReserveOne, hstate.FreedPages(VmemmapLayout.ReserveOne, 64) * architecture.PageSize);
            long perTebibyte = (1L << 40) / (long)hstate.Size * architecture.PageSize;
            Assert.Equal(expected.PerTebibyteReserveTwo, hstate.FreedPages(VmemmapLayout.ReserveTwo, 64) * perTebibyte);
            Assert.Equal(expected.PerTebibyteReserveOne, hstate.FreedPages(VmemmapLayout.ReserveOne, 64) * perTebibyte);
        }
    }

    [Theory]
    [MemberData(nameof(HstateCounts.ForEveryArchitecture), MemberType = typeof(HstateCounts))]
    public void Counts_WithOtherStructPages(string name, HstateCounts expected)
    {
        Hstate hstate = Loaded.Generated(name).Hstates.Single(h => h.Name == expected.Size);
        Assert.Equal(2 * expected.Bytes, hstate.StructPageBytes(128));
        Assert.Equal(2 * expected.VmemmapPages, hstate.VmemmapPages(128));
        Assert.Equal(expected.FreedReserveTwoOf128, hstate.FreedPages(VmemmapLayout.ReserveTwo, 128));
        Assert.Equal(expected.FreedReserveOneOf128, hstate.FreedPages(VmemmapLayout.ReserveOne, 128));
        Assert.Equal(expected.FreedReserveOneOf128, hstate.FreedPages(VmemmapLayout.SharedTail, 128));

        // No power of two: the struct pages would cross page boundaries, and the kernel frees nothing.
        foreach (int structPageSize in (int[])[56, 80, 96])
        {
            Assert.Equal(expected.StructPages * structPageSize, hstate.StructPageBytes(structPageSize));
            Assert.All(Enum.GetValues<VmemmapLayout>(), layout => Assert.Equal(0, hstate.FreedPages(layout, structPageSize)));
        }
    }

    [Theory]
    [MemberData(nameof(HstateCounts.ForEveryArchitecture), MemberType = typeof(HstateCounts))]
    public void Constants_AreTheCounts(string name, HstateCounts expected)
    {
        Type architecture = typeof(X64).Assembly.GetTypes()
            .Single(t => t.GetField("VirtualAddressBits") != null && Constant<string>(t, "Name") == name);
        Type hstate = architecture.GetNestedType("Huge" + expected.Size)!;
        Assert.Equal(expected.Size, Constant<string>(hstate, "Name"));
        Assert.Equal(expected.Order, Constant<int>(hstate, "Order"));
        Assert.Equal(expected.StructPages, Constant<long>(hstate, "StructPages"));
        Assert.Equal(expected.Bytes, Constant<long>(hstate, "StructPageBytes"));
        Assert.Equal(expected.VmemmapPages, Constant<double>(hstate, "VmemmapPages"));
        Assert.Equal(expected.FreedReserveTwo, Constant<long>(hstate, "FreedPagesReserveTwo"));
        Assert.Equal(expected.FreedReserveOne, Constant<long>(hstate, "FreedPagesReserveOne"));
        Assert.Equal(expected.FreedReserveOne, Constant<long>(hstate, "FreedPagesSharedTail"));
        Assert.Equal(
            Loaded.Generated(name).Hstates.Single(h => h.Name == expected.Size),
            hstate.GetProperty("Value", BindingFlags.Public | BindingFlags.Static)!.GetValue(null));
    }

    private static T Constant<T>(Type type, string name) => (T)type.GetField(name)!.GetRawConstantValue()!;
}

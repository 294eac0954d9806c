using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Kernels that KASLR or the machine put elsewhere.</summary>
public sealed class PlacementTests
{
    private const ulong Mega = 1UL << 20;
    private const ulong Giga = 1UL << 30;

    [Theory]
    [InlineData(0x0UL, 16 * Mega)]
    [InlineData(0x33000000UL, 0x3d200000UL)]
    [InlineData(0x2a000000UL, 0x1000000UL)]
    public void Inspect_X64Image_MayHaveANegativePhysBase(ulong offset, ulong physical)
    {
        SyntheticKernel kernel = new()
        {
            Architecture = "x86-64",
            KernelOffset = offset,
            KernelPhysical = physical,
            HugePages = HugePagePlaces.In("x86-64").EverySize(),
        };
        InspectReport.AssertTrue(kernel);
        Assert.Equal(physical < offset, kernel.Build().VmcoreInfo.Contains("NUMBER(phys_base)=-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x86-64", "6.1.192", 0xffff8f0f80000000, 0xfffff15f80000000)]
    [InlineData("x86-64", "6.12.117", 0xffff990380000000, 0xffffe6a1c0000000)]
    [InlineData("x86-64-la57", "6.1.192", 0xff2b3c4540000000, 0xffd64c8040000000)]
    [InlineData("x86-64-la57", "7.1.0", 0xff2b3c4540000000, 0xffd64c8040000000)]
    public void Inspect_X64ShuffledRegions_FindsVmemmap(string architecture, string version, ulong pageOffset, ulong vmemmap) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            KernelOffset = 0x1e000000,
            PageOffsetBase = pageOffset,
            VmemmapBase = vmemmap,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    [Theory]
    [InlineData("x86-64", 1UL << 47)]
    [InlineData("x86-64", 1UL << 51)]
    [InlineData("x86-64-la57", 1UL << 51)]
    public void Inspect_EncryptedMemory_StripsTheBit(string architecture, ulong sme) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            SmeMask = sme,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    [Theory]
    [InlineData("arm64-4k-va39", "6.1.192", 8UL)]
    [InlineData("arm64-4k-va48", "5.17.15", 0x1d44UL)]
    [InlineData("arm64-4k-va48", "6.1.192", 0x1d44UL)]
    [InlineData("arm64-16k-va47", "6.12.117", 0x212UL)]
    [InlineData("arm64-64k-va48", "6.12.117", 0x1d44UL)]
    [InlineData("arm64-4k-va52", "6.12.117", 0x1d44UL)]
    public void Inspect_Arm64LinearMapMoved_FollowsANegativeMemstart(string architecture, string version, ulong offset)
    {
        SyntheticKernel kernel = new()
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            KernelOffset = 0x1976cc00000 & ((1UL << (Machines.Find(architecture).TableBits - 3)) - 1),
            LinearOffset = offset * Giga,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        };
        InspectReport.AssertTrue(kernel);
        Assert.Contains("NUMBER(PHYS_OFFSET)=0xffff", kernel.Build().VmcoreInfo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("riscv64-sv39")]
    [InlineData("riscv64-sv57")]
    public void Inspect_RiscVRamElsewhere_FollowsPhysRamBase(string architecture) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            Ram = [new MemoryRange(0x10_0000_0000, 2 * Giga), new MemoryRange(0x11_0000_0000, 2 * Giga)],
            HugePages = new HugePagePlaces(architecture, 0x11_0000_0000).EverySize(),
        });

    /// <summary>/proc/vmcore has kernel addresses as p_vaddr; only p_paddr counts.</summary>
    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-16k-va48")]
    [InlineData("riscv64-sv48")]
    public void Inspect_SegmentsWithVirtualAddresses_ReadsByPhysicalAddress(string architecture) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            SegmentsAreVirtual = true,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    [Fact]
    public void Inspect_ManyHoles_CountsOnlyRam() =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = "x86-64",
            Ram =
            [
                new MemoryRange(0, Giga),
                new MemoryRange(Giga + (256 * Mega), 128 * Mega),
                new MemoryRange(4 * Giga, 300 * Mega),
                new MemoryRange(64 * Giga, 2 * Giga),
            ],
            HugePages =
            [
                new HugePageRequest((Giga + (256 * Mega)) >> 12, 2 * Mega, Optimized: true),
                new HugePageRequest((4 * Giga) >> 12, 2 * Mega, Optimized: true),
                new HugePageRequest((4 * Giga) >> 12 | 0x200, 2 * Mega),
                new HugePageRequest((64 * Giga) >> 12, Giga, Optimized: true),
            ],
        });
}

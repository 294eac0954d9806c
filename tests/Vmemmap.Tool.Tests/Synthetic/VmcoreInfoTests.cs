using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>VMCOREINFO in the file, only in RAM, and nowhere.</summary>
public sealed class VmcoreInfoTests
{
    [Theory]
    [InlineData("riscv64-sv39")]
    [InlineData("riscv64-sv48")]
    [InlineData("riscv64-sv57")]
    [InlineData("x86-64")]
    [InlineData("arm64-64k-va52")]
    public void Inspect_OnlyInRam_IsFound(string architecture) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            VmcoreInfo = VmcoreInfoPlace.MemoryOnly,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    /// <summary>QEMU's CR3 is that of a CPU in user mode: the root comes from VMCOREINFO.</summary>
    [Theory]
    [InlineData("x86-64", VmcoreInfoPlace.Note)]
    [InlineData("x86-64-la57", VmcoreInfoPlace.Note)]
    [InlineData("x86-64-la57", VmcoreInfoPlace.MemoryOnly)]
    public void Inspect_QemuNote_DoesNotMislead(string architecture, VmcoreInfoPlace place) =>
        InspectReport.AssertTrue(new SyntheticKernel
        {
            Architecture = architecture,
            QemuNote = true,
            VmcoreInfo = place,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        });

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-16k-va47")]
    [InlineData("riscv64-sv48")]
    public void Inspect_Nowhere_IsRefused(string architecture)
    {
        using TemporaryImage file = new(new SyntheticKernel
        {
            Architecture = architecture,
            VmcoreInfo = VmcoreInfoPlace.Nowhere,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        }.Build());
        ToolRun.Of("inspect", file.Path, "--json").AssertRefused(file.Path);
    }

    [Theory]
    [InlineData("x86-64", "SIZE(page)")]
    [InlineData("x86-64", "PAGESIZE")]
    [InlineData("arm64-4k-va48", "NUMBER(kimage_voffset)")]
    [InlineData("riscv64-sv48", "NUMBER(va_kernel_pa_offset)")]
    [InlineData("riscv64-sv48", "NUMBER(VA_BITS)")]
    public void Inspect_NecessaryKeyMissing_IsRefusedOrWarned(string architecture, string key)
    {
        using TemporaryImage file = new(new SyntheticKernel { Architecture = architecture, MissingKeys = [key] }.Build());
        DamageAssert.RefusedOrWarned(file.Path);
    }
}

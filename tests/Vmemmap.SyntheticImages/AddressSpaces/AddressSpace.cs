namespace Vmemmap.SyntheticImages;

/// <summary>Where a kernel put things in virtual memory. Sums wrap, as the kernel's do.</summary>
/// <param name="Linear">What is added to a physical address to find it in the linear map.</param>
/// <param name="Image">What is added to a physical address of the kernel image to find it where the kernel is linked.</param>
/// <param name="Vmemmap">Address of PFN 0's struct page.</param>
/// <param name="Keys">The family's own VMCOREINFO lines.</param>
internal sealed record AddressSpace(ulong Linear, ulong Image, ulong Vmemmap, IReadOnlyList<string> Keys)
{
    /// <summary>Bytes of the kernel image before the static arrays.</summary>
    internal const ulong ImageLength = 32UL << 20;

    /// <summary>Where in the image the root table is.</summary>
    internal const ulong RootOffset = 0x1a10000;

    /// <summary>Where in the image the node array and contig_page_data are.</summary>
    internal const ulong NodeOffset = 0x1a40000;

    /// <summary>Where in the image the kernel's strings are.</summary>
    internal const ulong StringOffset = 0x1a80000;

    internal static AddressSpace Of(SyntheticKernel kernel) => kernel.Machine.Family switch
    {
        CpuFamily.X64 => X64AddressSpace.Of(kernel),
        CpuFamily.Arm64 => Arm64AddressSpace.Of(kernel),
        _ => RiscV64AddressSpace.Of(kernel),
    };
}

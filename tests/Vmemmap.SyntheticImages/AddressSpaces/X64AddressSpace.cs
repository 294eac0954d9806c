using System.Globalization;

namespace Vmemmap.SyntheticImages;

/// <summary>Linux Documentation/arch/x86/x86_64/mm.rst; arch/x86/kernel/vmcore_info_64.c.</summary>
internal static class X64AddressSpace
{
    private const ulong StartKernelMap = 0xffffffff80000000;
    private const ulong LinkOffset = 16UL << 20;

    internal static AddressSpace Of(SyntheticKernel kernel)
    {
        bool fiveLevels = kernel.Machine.Levels.Count == 5;
        ulong linear = kernel.PageOffsetBase ?? (fiveLevels ? 0xff11000000000000 : 0xffff888000000000);
        ulong vmemmap = kernel.VmemmapBase ?? (fiveLevels ? 0xffd4000000000000 : 0xffffea0000000000);

        // The image is linked 16 MiB above __START_KERNEL_map and moves by the KASLR offset; phys_base is what is left, and may
        // be negative.
        ulong physBase = kernel.EffectiveKernelPhysical - (LinkOffset + kernel.KernelOffset);
        ulong image = StartKernelMap - physBase;
        ulong root = kernel.EffectiveKernelPhysical + AddressSpace.RootOffset + image;
        return new AddressSpace(linear, image, vmemmap,
        [
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(phys_base)={(long)physBase}"),
            $"SYMBOL(init_top_pgt)={root:x}",
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(pgtable_l5_enabled)={(fiveLevels ? 1 : 0)}"),
            $"KERNELOFFSET={kernel.KernelOffset:x}",
            "NUMBER(KERNEL_IMAGE_SIZE)=1073741824",
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(sme_mask)={kernel.SmeMask}"),
        ]);
    }
}

using System.Globalization;

namespace Vmemmap.SyntheticImages;

/// <summary>Linux 6.12 Documentation/arch/riscv/vm-layout.rst, arch/riscv/mm/init.c, kernel/vmcore_info.c.</summary>
internal static class RiscV64AddressSpace
{
    private const ulong LinkAddress = 0xffffffff80000000;

    internal static AddressSpace Of(SyntheticKernel kernel)
    {
        (ulong pageOffset, ulong vmemmapStart, ulong vmemmapLength) = kernel.Machine.TableBits switch
        {
            39 => (0xffffffd600000000, 0xffffffc500000000, 4UL << 30),
            48 => (0xffffaf8000000000, 0xffff8d8000000000, 2UL << 40),
            _ => (0xff60000000000000, 0xff1c000000000000, 1UL << 50),
        };

        ulong ramBase = kernel.EffectiveRam[0].Start;

        // vmemmap_start_pfn: RAM's base rounded down to a section; from 7.1 to the largest folio, 16G, so that masks work.
        int alignment = kernel.Version.IsAtLeast(7, 1) ? 34 : kernel.Machine.SectionShift;
        ulong startPfn = ((ramBase >> alignment) << alignment) >> kernel.Machine.PageShift;
        ulong image = LinkAddress + kernel.KernelOffset - kernel.EffectiveKernelPhysical;
        return new AddressSpace(pageOffset - ramBase, image, vmemmapStart - (startPfn * kernel.StructPageSize),
        [
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(phys_ram_base)={ramBase}"),
            $"NUMBER(PAGE_OFFSET)=0x{pageOffset:x}",
            $"NUMBER(VMALLOC_END)=0x{pageOffset:x}",
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(VA_BITS)={kernel.Machine.TableBits}"),
            $"NUMBER(VMEMMAP_START)=0x{vmemmapStart:x}",
            $"NUMBER(VMEMMAP_END)=0x{vmemmapStart + vmemmapLength:x}",
            $"NUMBER(KERNEL_LINK_ADDR)=0x{LinkAddress:x}",
            $"NUMBER(va_kernel_pa_offset)=0x{image:x}",
        ]);
    }
}

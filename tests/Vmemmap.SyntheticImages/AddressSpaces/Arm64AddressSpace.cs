using System.Globalization;

namespace Vmemmap.SyntheticImages;

/// <summary>Linux arch/arm64/include/asm/memory.h (6.1 and 6.12), mm/init.c (memstart_addr), kernel/vmcore_info.c.</summary>
internal static class Arm64AddressSpace
{
    internal static AddressSpace Of(SyntheticKernel kernel)
    {
        MachineGeometry machine = kernel.Machine;
        int configured = kernel.ConfiguredVirtualBits;
        int running = kernel.VirtualBits;
        ulong pageOffset = Top(configured);

        // _PAGE_END(VA_BITS_MIN): a 52-bit kernel keeps its image and modules where a CPU without the feature reaches them.
        int smallest = configured > 48 ? machine.PageShift == 14 ? 47 : 48 : configured;
        ulong pageEnd = Top(smallest - 1);

        ulong memstart = MemoryStart(kernel);
        if (configured == 52 && running != 52)
        {
            // The linear map of such a kernel is the upper part of the one it was built for.
            memstart -= Top(running) - Top(52);
        }

        ulong vmemmapStart = VmemmapStart(kernel, pageOffset, pageEnd, out ulong vmemmapEnd);
        ulong vmemmap = vmemmapStart - ((ulong)((long)memstart >> machine.PageShift) * kernel.StructPageSize);

        ulong modulesLength = kernel.Version.IsAtLeast(6, 5) ? 2UL << 30 : 128UL << 20;
        ulong imageStart = pageEnd + modulesLength + kernel.KernelOffset;
        ulong voffset = imageStart - kernel.EffectiveKernelPhysical;

        List<string> keys = [string.Create(CultureInfo.InvariantCulture, $"NUMBER(VA_BITS)={configured}")];
        keys.Add($"NUMBER(MODULES_VADDR)=0x{pageEnd:x}");
        keys.Add($"NUMBER(MODULES_END)=0x{pageEnd + modulesLength:x}");
        if (kernel.Version.IsAtLeast(5, 18))
        {
            keys.Add($"NUMBER(VMEMMAP_START)=0x{vmemmapStart:x}");
            keys.Add($"NUMBER(VMEMMAP_END)=0x{vmemmapEnd:x}");
        }

        keys.Add($"NUMBER(kimage_voffset)=0x{voffset:x}");
        keys.Add($"NUMBER(PHYS_OFFSET)=0x{memstart:x}");
        keys.Add($"NUMBER(TCR_EL1_T1SZ)=0x{64 - running:x}");
        keys.Add($"KERNELOFFSET={kernel.KernelOffset:x}");
        keys.Add("NUMBER(KERNELPACMASK)=0x0");
        return new AddressSpace(pageOffset - memstart, voffset, vmemmap, keys);
    }

    /// <summary>memstart_addr before the correction for 52-bit kernels: RAM's start rounded down, less KASLR's share.</summary>
    private static ulong MemoryStart(SyntheticKernel kernel)
    {
        int alignment = kernel.Machine.PageShift == 16 ? 29 : 30;
        if (kernel.Version.IsAtLeast(7, 1))
        {
            // Masks in tail pages work only where the struct pages of the largest folio, 16G, are aligned to their size.
            alignment = 34;
        }

        return ((kernel.EffectiveRam[0].Start >> alignment) << alignment) - kernel.LinearOffset;
    }

    private static ulong VmemmapStart(SyntheticKernel kernel, ulong pageOffset, ulong pageEnd, out ulong end)
    {
        int pageShift = kernel.Machine.PageShift;
        if (kernel.Version.IsAtLeast(6, 9))
        {
            end = 0xffffffffc0000000;
            return end - (((pageEnd - pageOffset) >> pageShift) * kernel.StructPageSize);
        }

        // STRUCT_PAGE_MAX_SHIFT rounds the size of a struct page up to a power of two.
        int structShift = kernel.StructPageSize > 64 ? 7 : 6;
        ulong start = Top(kernel.ConfiguredVirtualBits - (pageShift - structShift));
        end = start + ((pageEnd - pageOffset) >> (pageShift - structShift));
        return start;
    }

    /// <summary>The first address of the upper 2^bits bytes.</summary>
    private static ulong Top(int bits) => ulong.MaxValue << bits;
}

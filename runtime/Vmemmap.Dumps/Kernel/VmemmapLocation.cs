namespace Vmemmap.Dumps;

/// <summary>Where vmemmap is.</summary>
/// <param name="Base">Virtual address of PFN 0's struct page. It need not be mapped, nor lie in vmemmap.</param>
/// <param name="First">First virtual address that can be vmemmap.</param>
/// <param name="Last">Last virtual address that can be vmemmap.</param>
/// <param name="Source">Where <paramref name="Base"/> is from.</param>
internal sealed record VmemmapLocation(ulong Base, ulong First, ulong Last, string Source)
{
    /// <summary>x86-64 CPU_ENTRY_AREA, the first thing above vmemmap that is always mapped (Documentation/arch/x86/x86_64/mm.rst).</summary>
    private const ulong CpuEntryArea = 0xfffffe0000000000;

    /// <summary>Sections that are asked for vmemmap's address before it counts as unreadable.</summary>
    private const int MostSectionsAsked = 4096;

    /// <summary>
    /// Finds it: SYMBOL(vmemmap), then VMEMMAP_START with memstart, then mem_section. What mem_section says is what the kernel computed
    /// itself: it overrules arithmetic, and where it contradicts the symbol one of the two is not of this image. Never a guess.
    /// </summary>
    /// <exception cref="ImageFormatException">None of the three is in the image, or they contradict each other.</exception>
    public static VmemmapLocation Find(
        string path, ElfMachine machine, Vmcoreinfo info, Architecture architecture, int structPageSize, SectionTable? sections, PhysicalImage image, List<string> warnings)
    {
        (ulong Base, string Source)? symbol = info.TryGetSymbol("vmemmap", out ulong value) ? (value, "VMCOREINFO SYMBOL(vmemmap)") : null;
        (ulong Base, string Source)? start = FromStart(machine, info, architecture.PageShift, structPageSize);
        (ulong Base, string Source)? section = FromSections(sections, image);
        if (symbol is { } named && section is { } told && named.Base != told.Base)
        {
            throw new ImageFormatException(
                path, $"{named.Source} is 0x{named.Base:x}, and mem_section says 0x{told.Base:x}: VMCOREINFO and the image's memory are of different kernels; give the right VMCOREINFO with --vmcoreinfo");
        }

        if (start is { } computed && section is { } stored && computed.Base != stored.Base)
        {
            warnings.Add($"vmemmap: {computed.Source} gives 0x{computed.Base:x}, mem_section says 0x{stored.Base:x}, which was used");
            start = null;
        }

        (ulong Base, string Source) chosen = symbol ?? start ?? section ?? throw new ImageFormatException(
            path,
            "vmemmap cannot be found: VMCOREINFO has no SYMBOL(vmemmap) and no usable VMEMMAP_START, and no mem_section of the image's memory can be read; take a dump that keeps kernel data pages");
        (ulong first, ulong last) = Window(machine, info, architecture, structPageSize, chosen.Base);
        if (first > last)
        {
            throw new ImageFormatException(path, $"vmemmap would be at 0x{chosen.Base:x} ({chosen.Source}), which is no kernel address of {architecture.Name}; VMCOREINFO does not belong to this image");
        }

        return new VmemmapLocation(chosen.Base, first, last, chosen.Source);
    }

    private static (ulong Base, string Source)? FromStart(ElfMachine machine, Vmcoreinfo info, int pageShift, int structPageSize)
    {
        if (!info.TryGetNumber("VMEMMAP_START", out long start))
        {
            return null;
        }

        if (machine == ElfMachine.Arm64 && info.TryGetNumber("PHYS_OFFSET", out long memstart))
        {
            // memstart is signed and negative under KASLR: the shift must be arithmetic (v6.12 arch/arm64/include/asm/pgtable.h:31).
            return ((ulong)(start - ((memstart >> pageShift) * structPageSize)), "VMCOREINFO NUMBER(VMEMMAP_START), NUMBER(PHYS_OFFSET)");
        }

        // riscv64 changed twice what it subtracts from VMEMMAP_START, so there the arithmetic would be a guess.
        return null;
    }

    private static (ulong Base, string Source)? FromSections(SectionTable? sections, PhysicalImage image)
    {
        if (sections is null)
        {
            return null;
        }

        // Only sections that the image has memory of are asked for: the array of roots may be far larger than the RAM it describes.
        long asked = 0;
        long next = 0;
        foreach (PhysicalRange range in image.PresentRanges)
        {
            long last = (long)((range.End - 1) >> sections.SizeShift);
            for (long number = Math.Max(next, (long)(range.Start >> sections.SizeShift)); number <= last && asked < MostSectionsAsked; number++, asked++)
            {
                SectionInfo info = sections.Find(number);
                if (info.State == SectionState.Present)
                {
                    return (info.MapBase, "mem_section (section_mem_map)");
                }
            }

            next = last + 1;
        }

        return null;
    }

    private static (ulong First, ulong Last) Window(ElfMachine machine, Vmcoreinfo info, Architecture architecture, int structPageSize, ulong start)
    {
        int physicalBits = info.TryGetNumber("MAX_PHYSMEM_BITS", out long bits) && bits is > 20 and < 63 ? (int)bits : architecture.PhysicalAddressBits;
        ulong bytes = (1UL << (physicalBits - architecture.PageShift)) * (ulong)structPageSize;
        ulong first = start;
        ulong last = start + (bytes - 1) < start ? ulong.MaxValue : start + (bytes - 1);
        if (info.TryGetNumber("VMEMMAP_START", out long low) && info.TryGetNumber("VMEMMAP_END", out long high) && (ulong)low < (ulong)high)
        {
            first = Math.Max(first, (ulong)low);
            last = Math.Min(last, (ulong)high - 1);
        }
        else if (machine == ElfMachine.X64 && start < CpuEntryArea)
        {
            last = Math.Min(last, CpuEntryArea - 1);
        }

        // PFN 0's struct page may be far below the lowest address that there is.
        int signBits = architecture.Canonical == CanonicalRule.UpperHalf ? architecture.VirtualAddressBits : architecture.VirtualAddressBits - 1;
        return (Math.Max(first, ulong.MaxValue << signBits), last);
    }
}

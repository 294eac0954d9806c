namespace Vmemmap.Dumps;

/// <summary>What is at a kernel address, for whoever holds an oops that names it.</summary>
/// <param name="Address">The address.</param>
/// <param name="Translation">Its translation, or the fault.</param>
/// <param name="Steps">The raw entries on the way.</param>
/// <param name="StructPage">What it means in vmemmap; null for any other address.</param>
/// <param name="Consequence">What a write to it does, in one sentence.</param>
public sealed record AddressTriage(
    ulong Address, Translation Translation, IReadOnlyList<TraceStep> Steps, StructPagePlace? StructPage, string Consequence)
{
    /// <summary>Vmemmap pages of one frame that are listed at most; a shared tail may have millions.</summary>
    private const int MostListed = 65536;

    /// <summary>Looks an address up.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="address">A virtual address of the kernel.</param>
    /// <exception cref="ImageFormatException">Vmemmap cannot be walked.</exception>
    /// <param name="progress">Told how far the census is.</param>
    public static AddressTriage Of(KernelImage kernel, ulong address, IProgress<ImageProgress>? progress = null)
    {
        address = WithoutTag(kernel, address);
        _ = kernel.Space.TryTranslate(address, out Translation translation);
        IReadOnlyList<TraceStep> steps = kernel.Space.Trace(address);
        if (address < kernel.Vmemmap.First || address > kernel.Vmemmap.Last)
        {
            return new AddressTriage(address, translation, steps, null, WriteElsewhere(in translation));
        }

        CensusResult census = kernel.TakeCensus(progress);
        StructPagePlace place = Place(kernel, census, address, in translation);
        return new AddressTriage(address, translation, steps, place, WriteToStructPage(kernel, place, in translation));
    }

    /// <summary>
    /// An arm64 pointer may carry a tag or an authentication code above its address; bit 55 says which half it is of (Arm ARM D8.2, VMCOREINFO
    /// KERNELPACMASK).
    /// </summary>
    private static ulong WithoutTag(KernelImage kernel, ulong address)
    {
        const ulong TagByte = 0xffUL << 56;
        if (kernel.Architecture.Canonical != CanonicalRule.UpperHalf || (address & (1UL << 55)) == 0)
        {
            return address;
        }

        return address | TagByte | (kernel.Vmcoreinfo.TryGetNumber("KERNELPACMASK", out long mask) ? (ulong)mask : 0);
    }

    private static StructPagePlace Place(KernelImage kernel, CensusResult census, ulong address, in Translation translation)
    {
        ulong pfn = (address - kernel.VmemmapBase) / (ulong)kernel.StructPageSize;
        ulong mask = (ulong)kernel.Architecture.PageSize - 1;
        (IReadOnlyList<ulong> pages, long count) = translation.Fault == TranslationFault.None
            ? kernel.Space.FindPagesOf(kernel, translation.PhysicalAddress & ~mask, MostListed)
            : ([], 1);
        int sectionShift = kernel.Sections?.SizeShift ?? 0;
        return new StructPagePlace(
            pfn,
            (int)((address - kernel.VmemmapBase) % (ulong)kernel.StructPageSize),
            kernel.Sections is null ? null : (long)(pfn << kernel.Architecture.PageShift >> sectionShift),
            kernel.SectionOf(pfn).ToString(),
            census.FindHugePage(pfn),
            [.. pages.Where(p => p != (address & ~mask))],
            count - 1);
    }

    private static string WriteElsewhere(in Translation translation) => translation.Fault switch
    {
        TranslationFault.None => translation.IsWritable ? "A write goes through." : "A write faults: the mapping is read-only.",
        TranslationFault.NotCanonical => "A write faults: the address is not one that the kernel's root table translates.",
        TranslationFault.NotPresent => "A write faults: the address is not mapped.",
        TranslationFault.Absent => "What a write does is unknown: a page table on the way is not in the image.",
        _ => "A write faults: an entry on the way has a pattern that the architecture reserves.",
    };

    private static string WriteToStructPage(KernelImage kernel, StructPagePlace place, in Translation translation)
    {
        if (translation.Fault != TranslationFault.None)
        {
            return WriteElsewhere(in translation);
        }

        long others = place.OtherCount;
        string owner = place.HugePage is { } page
            ? $"the {page.Hstate.Name} huge page at PFN 0x{page.HeadPfn:x}"
            : "something that is no HugeTLB page";
        if (!translation.IsWritable)
        {
            return others > 0
                ? $"A write faults (an oops: supervisor write to a read-only page): this is a tail of {owner}, and its frame is shared with {others} other vmemmap pages."
                : "A write faults (an oops: supervisor write to a read-only page).";
        }

        if (others == 0)
        {
            return $"A write goes through and changes the struct page of PFN 0x{place.Pfn:x} alone.";
        }

        bool keptPage = place.OtherAddresses.All(other => !IsWritable(kernel, other));
        return keptPage
            ? $"A write goes through: this is the vmemmap page that {owner} keeps; {others} read-only vmemmap pages show the same bytes."
            : $"A write goes through and silently changes the same struct page of {others} other vmemmap pages too, because they map the same frame ({owner}).";
    }

    private static bool IsWritable(KernelImage kernel, ulong address) =>
        kernel.Space.TryTranslate(address, out Translation translation) && translation.IsWritable;
}

/// <summary>A place in vmemmap.</summary>
/// <param name="Pfn">PFN whose struct page it is in.</param>
/// <param name="Offset">Bytes into the struct page.</param>
/// <param name="Section">Number of the PFN's section; null if unknown.</param>
/// <param name="SectionDescription">What mem_section says of it.</param>
/// <param name="HugePage">The HugeTLB page that the PFN belongs to; null if none.</param>
/// <param name="OtherAddresses">Other vmemmap pages that map the same frame; the first of them if there are very many.</param>
/// <param name="OtherCount">How many there are.</param>
public sealed record StructPagePlace(
    ulong Pfn, int Offset, long? Section, string SectionDescription, HugePageRecord? HugePage, IReadOnlyList<ulong> OtherAddresses, long OtherCount);

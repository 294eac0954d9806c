namespace Vmemmap.Dumps;

/// <summary>
/// Hot-added memory that holds its own struct pages (memory_hotplug.memmap_on_memory): the kernel does not optimize huge pages in it
/// (v6.12 mm/hugetlb_vmemmap.c:105-134, which tests the first PTE of the memory block).
/// </summary>
internal sealed class SelfHosting<TFormat, TMemory>(KernelImage kernel, VmemmapMap<TFormat, TMemory> map)
    where TFormat : struct, IPageTableFormat
    where TMemory : struct, IPhysicalMemory
{
    private readonly Dictionary<long, bool> _known = [];

    /// <summary>Whether the section of a PFN is certainly self-hosted.</summary>
    public bool IsSelfHosted(ulong pfn) =>
        kernel.Sections is { } sections && IsSectionSelfHosted((long)(pfn << kernel.Architecture.PageShift >> sections.SizeShift), sections);

    private bool IsSectionSelfHosted(long number, SectionTable sections)
    {
        // A memory block may be several sections, with the struct pages of all of them at its start, one after the other: go back to
        // the section that holds its own, as long as the frames go back with it.
        long first = number;
        bool hosted = false;
        while (!_known.TryGetValue(first, out hosted))
        {
            hosted = false;
            SectionInfo info = sections.Find(first);
            if (!info.IsRam || info.IsEarly || FirstFrame(first, sections) is not { } frame)
            {
                break;
            }

            if ((long)(frame >> sections.SizeShift) == first)
            {
                hosted = true;
                break;
            }

            ulong bytes = (1UL << (sections.SizeShift - kernel.Architecture.PageShift)) * (ulong)kernel.StructPageSize;
            if (first == 0 || FirstFrame(first - 1, sections) is not { } before || before + bytes != frame)
            {
                break;
            }

            first--;
        }

        for (long section = first; section <= number; section++)
        {
            _known[section] = hosted;
        }

        return hosted;
    }

    private ulong? FirstFrame(long number, SectionTable sections)
    {
        ulong pfn = (ulong)number << (sections.SizeShift - kernel.Architecture.PageShift);
        Slot slot = map.SlotAt(kernel.VmemmapBase + (pfn * (ulong)kernel.StructPageSize));
        return slot.IsMapped ? slot.Frame : null;
    }
}

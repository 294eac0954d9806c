using System.Globalization;

namespace Vmemmap.SyntheticImages;

/// <summary>Writes mem_section: the array of roots in the linear map, or the static array in the image.</summary>
internal sealed class SectionTable(SyntheticKernel kernel, AddressSpace space, PhysicalMemory memory, FrameAllocator frames)
{
    private readonly SortedDictionary<ulong, SectionFlags> _sections = [];

    /// <summary>VMCOREINFO lines that say where the array is.</summary>
    internal IReadOnlyList<string> Keys { get; private set; } = [];

    /// <summary>Bytes that the static array takes behind the kernel image.</summary>
    internal ulong StaticLength => kernel.SectionArray == SectionArrayKind.Static ? Count * (ulong)kernel.SectionEntrySize : 0;

    private int PhysicalBits => kernel.MaxPhysicalBits ?? kernel.Machine.MaxPhysicalBits;

    private ulong Count => 1UL << (PhysicalBits - kernel.Machine.SectionShift);

    internal void Add(MemoryRange range, SectionFlags flags)
    {
        int shift = kernel.Machine.SectionShift;
        for (ulong section = range.Start >> shift; section << shift < range.End; section++)
        {
            _sections[section] = flags;
        }
    }

    internal void Write()
    {
        if (kernel.SectionArray == SectionArrayKind.Missing)
        {
            return;
        }

        ulong array = kernel.SectionArray == SectionArrayKind.Static ? WriteStatic(out ulong length) : WriteRoots(out length);
        Keys =
        [
            $"SYMBOL(mem_section)={array:x}",
            string.Create(CultureInfo.InvariantCulture, $"LENGTH(mem_section)={length}"),
            string.Create(CultureInfo.InvariantCulture, $"SIZE(mem_section)={kernel.SectionEntrySize}"),
            "OFFSET(mem_section.section_mem_map)=0",
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(SECTION_SIZE_BITS)={kernel.Machine.SectionShift}"),
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(MAX_PHYSMEM_BITS)={PhysicalBits}"),
        ];
    }

    /// <summary>What sparse_init leaves until a section has its map: SECTION_MARKED_PRESENT and a node number above the flags.</summary>
    private IEnumerable<KeyValuePair<ulong, ulong>> Words() => _sections
        .Select(section => KeyValuePair.Create(section.Key, space.Vmemmap | (ulong)section.Value))
        .Concat(kernel.UninitializedSections
            .Select(address => KeyValuePair.Create(address >> kernel.Machine.SectionShift, (1UL << 6) | (ulong)SectionFlags.Present)));

    private ulong WriteStatic(out ulong length)
    {
        length = Count;
        ulong array = kernel.EffectiveKernelPhysical + AddressSpace.ImageLength;
        for (ulong offset = 0; offset < StaticLength; offset += kernel.Machine.PageSize)
        {
            memory.Include(array + offset);
        }

        foreach (var (section, word) in Words())
        {
            memory.Write64(array + (section * (ulong)kernel.SectionEntrySize), word);
        }

        return array + space.Image;
    }

    private ulong WriteRoots(out ulong length)
    {
        ulong perRoot = kernel.Machine.PageSize / (ulong)kernel.SectionEntrySize;
        length = (Count + perRoot - 1) / perRoot;
        ulong array = frames.Take(length * 8, kernel.Machine.PageSize);

        // The array can be 16 MiB; an image holds it as far as RAM reaches.
        ulong last = _sections.Keys.Last() / perRoot;
        for (ulong root = 0; root <= last; root++)
        {
            memory.Include(array + (root * 8));
        }

        foreach (var group in Words().GroupBy(section => section.Key / perRoot))
        {
            ulong page = frames.Take(kernel.Machine.PageSize, kernel.Machine.PageSize);
            memory.Write64(array + (group.Key * 8), page + space.Linear);
            foreach (var (section, word) in group)
            {
                memory.Write64(page + (section % perRoot * (ulong)kernel.SectionEntrySize), word);
            }
        }

        return array + space.Linear;
    }
}

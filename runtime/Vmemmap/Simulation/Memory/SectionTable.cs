namespace Vmemmap.Simulation;

/// <summary>The sections of a machine. Any thread may read.</summary>
public sealed class SectionTable
{
    private readonly Section[] _sections;

    internal SectionTable(int pageShift, ulong frameCount)
    {
        PagesShift = ShiftOf(pageShift) - pageShift;
        _sections = new Section[(frameCount + PageCount - 1) >> PagesShift];
    }

    /// <summary>log2 of the frames of a section.</summary>
    public int PagesShift { get; }

    /// <summary>Frames of a section.</summary>
    public ulong PageCount => 1UL << PagesShift;

    /// <summary>Sections, absent ones included.</summary>
    public int Count => _sections.Length;

    /// <summary>A section by its number.</summary>
    /// <param name="number">First frame of it / <see cref="PageCount"/>.</param>
    public Section this[int number]
    {
        get => _sections[number];
        internal set => _sections[number] = value;
    }

    /// <summary>The section of a frame.</summary>
    /// <param name="pfn">The frame.</param>
    /// <returns>An absent section if the machine ends below it.</returns>
    public Section Of(ulong pfn) => pfn >> PagesShift < (ulong)_sections.Length ? _sections[pfn >> PagesShift] : default;

    /// <summary>Whether a frame has a struct page that is in use (pfn_to_online_page).</summary>
    /// <param name="pfn">The frame.</param>
    public bool IsOnline(ulong pfn) => Of(pfn).State == SectionState.Online;

    /// <summary>log2 of a section's bytes: SECTION_SIZE_BITS is 27, and 29 where pages have 64K (arm64 sparsemem.h).</summary>
    internal static int ShiftOf(int pageShift) => pageShift == 16 ? 29 : 27;
}

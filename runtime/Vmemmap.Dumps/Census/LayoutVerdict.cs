namespace Vmemmap.Dumps;

/// <summary>What a shape means: the layout of a huge page's aliases, and how many there are of how many.</summary>
/// <param name="Layout">The layout; None without aliases.</param>
/// <param name="Aliases">Vmemmap pages without a frame of their own.</param>
/// <param name="Expected">How many the layout has when the page is optimized.</param>
/// <param name="Writable">Whether any of them is writable.</param>
internal readonly record struct LayoutVerdict(VmemmapLayout Layout, int Aliases, int Expected, bool Writable)
{
    public static LayoutVerdict NoAliases => new(VmemmapLayout.None, 0, 0, false);

    /// <summary>Judges a shape (kernel.md 4.0).</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="isSharedFrame">Whether the repeated frame is mapped by other huge pages too, so that it is a shared tail.</param>
    /// <param name="isCompoundInfo">Whether the kernel's struct page has compound_info, which came with shared tails.</param>
    public static LayoutVerdict Of(in VmemmapShape shape, bool isSharedFrame, bool isCompoundInfo)
    {
        if (shape.HeadAliases > 0)
        {
            return new LayoutVerdict(VmemmapLayout.ReserveOne, shape.HeadAliases, shape.Pages - 1, shape.HeadAliasWritable);
        }

        if (shape.RepeatedCount < 2)
        {
            return NoAliases;
        }

        return IsSharedTail(in shape, isSharedFrame, isCompoundInfo)
            ? SharedTail(shape.RepeatedCount, shape.Pages, shape.RepeatedWritable || (shape.RepeatedIsSecond && shape.SecondWritable))
            : new LayoutVerdict(VmemmapLayout.ReserveTwo, shape.RepeatedCount - 1, shape.Pages - 2, shape.RepeatedWritable);
    }

    /// <summary>A page of which some vmemmap pages map a shared tail.</summary>
    /// <param name="aliases">How many do.</param>
    /// <param name="pages">Its vmemmap pages.</param>
    /// <param name="writable">Whether any of those that do is writable.</param>
    public static LayoutVerdict SharedTail(int aliases, int pages, bool writable) =>
        aliases == 0 ? NoAliases : new LayoutVerdict(VmemmapLayout.SharedTail, aliases, pages - 1, writable);

    /// <summary>
    /// Pages 1.. on one frame is what both layouts look like. A frame that several huge pages map is a shared tail; a writable page 1
    /// before read-only ones is a page that was kept; where nothing is read-only (riscv64) the kernel's struct page decides.
    /// </summary>
    private static bool IsSharedTail(in VmemmapShape shape, bool isSharedFrame, bool isCompoundInfo)
    {
        if (isSharedFrame || !shape.RepeatedIsSecond)
        {
            return true;
        }

        return shape.RepeatedWritable ? isCompoundInfo : !shape.SecondWritable;
    }
}

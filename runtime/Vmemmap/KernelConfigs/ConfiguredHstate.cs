namespace Vmemmap;

/// <summary>A huge page size of one kernel, as its configuration has it. Made by the code that <see cref="KernelConfigAttribute"/> asks for.</summary>
/// <param name="Name">The size as the kernel's users write it: "2M".</param>
/// <param name="Size">Bytes.</param>
/// <param name="Order">log2 of its base pages (struct hstate.order).</param>
/// <param name="VmemmapPages">Vmemmap pages of one huge page; a fraction where its struct pages are less than a page, 0 where the kernel has no vmemmap.</param>
/// <param name="FreedPages">Vmemmap pages that an optimized one gives back; 0 where the kernel optimizes none of them.</param>
/// <param name="FirstReadOnlyIndex">
/// Index of the first struct page of an optimized one that is an alias; <see cref="StructPages"/> if there is none.
/// </param>
/// <param name="ReasonForZero">Why nothing is given back; empty if something is.</param>
public readonly record struct ConfiguredHstate(
    string Name, ulong Size, int Order, double VmemmapPages, long FreedPages, long FirstReadOnlyIndex, string ReasonForZero)
{
    /// <summary>Bytes of a base page.</summary>
    public ulong PageSize => Size >> Order;

    /// <summary>Struct pages of one huge page: one for each base page.</summary>
    public long StructPages => 1L << Order;

    /// <summary>Bytes that an optimized one gives back.</summary>
    public long FreedBytes => FreedPages * (long)PageSize;
}

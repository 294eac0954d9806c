namespace Vmemmap;

/// <summary>
/// Marks what hands out struct pages of a huge page whose vmemmap may be optimized: from the first read-only index on they are aliases that
/// nobody may write. The analyzer judges every write through it (rules VMM1001 to VMM1004 and VMM1009).
/// </summary>
/// <remarks>
/// On a method, property, indexer, field or return value: what comes out of it. On a parameter: what comes in, judged inside the method. On a
/// type: every member of it that hands out a reference, a span, an array or a pointer. Index 0 is the head's struct page; where a reference comes out, the one integer
/// parameter (or the one that <see cref="Index"/> names) says which struct page it is. A type with a member that is marked
/// <see cref="VmemmapStateAttribute"/> is judged by the state it is in; any other counts as optimized for good.
/// </remarks>
[AttributeUsage(
    AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter | AttributeTargets.ReturnValue
        | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
public sealed class ReadOnlyTailAttribute : Attribute
{
    /// <summary>A tail whose first read-only index follows from the type parameters that <see cref="Architecture"/>, <see cref="Hstate"/> and
    /// <see cref="Layout"/> name; without these, the lowest that any built-in architecture and layout has.</summary>
    public ReadOnlyTailAttribute()
    {
    }

    /// <summary>A tail that is read-only from an index on.</summary>
    /// <param name="firstReadOnlyIndex">Index of the first struct page that is an alias: 64 of 4K pages when one vmemmap page is kept.</param>
    public ReadOnlyTailAttribute(long firstReadOnlyIndex) => FirstReadOnlyIndex = firstReadOnlyIndex;

    /// <summary>The tail of a huge page size under a layout.</summary>
    /// <param name="hstate">An <see cref="IHstate"/>, such as <see cref="X64.Huge2M"/>.</param>
    /// <param name="layout">An <see cref="HugeTlb.IVmemmapLayout"/>, such as <see cref="HugeTlb.ReserveOne"/>.</param>
    public ReadOnlyTailAttribute(Type hstate, Type layout)
    {
        HstateType = hstate;
        LayoutType = layout;
    }

    /// <summary>Index of the first struct page that is an alias; null if it follows from the types.</summary>
    public long? FirstReadOnlyIndex { get; }

    /// <summary>The huge page size; null if it was not given as a type.</summary>
    public Type? HstateType { get; }

    /// <summary>The layout; null if it was not given as a type.</summary>
    public Type? LayoutType { get; }

    /// <summary>Name of the type parameter that is the <see cref="IArchitecture"/>.</summary>
    public string? Architecture { get; set; }

    /// <summary>Name of the type parameter that is the <see cref="IHstate"/>.</summary>
    public string? Hstate { get; set; }

    /// <summary>Name of the type parameter that is the <see cref="HugeTlb.IVmemmapLayout"/>.</summary>
    public string? Layout { get; set; }

    /// <summary>Name of the parameter that says which struct page comes out, where there are several integers.</summary>
    public string? Index { get; set; }
}

using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>How many struct pages an optimized huge page keeps, and what that was worked out for.</summary>
internal readonly struct KeptStructPages
{
    /// <summary>Base page of the architectures with the smallest one.</summary>
    private const long SmallestPageSize = 4096;

    /// <summary>What the layouts keep that keep least.</summary>
    private const int FewestReservedPages = 1;

    private KeptStructPages(long count, string variant)
    {
        Count = count;
        Variant = variant;
    }

    /// <summary>How many.</summary>
    public long Count { get; }

    /// <summary>Architecture and layout, for the message: "arm64-4k, reserve-one".</summary>
    public string Variant { get; }

    /// <summary>Works it out.</summary>
    /// <param name="architecture">The architecture; null for the smallest of all.</param>
    /// <param name="layout">The layout; null, or one without a constant, for the smallest of all.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    /// <returns>Null if the architecture is none.</returns>
    public static KeptStructPages? Of(ITypeSymbol? architecture, ITypeSymbol? layout, int structPageSize)
    {
        long pageSize = SmallestPageSize;
        if (architecture != null)
        {
            if (ConstantField.Integer(architecture, "PageSize") is not { } bytes || bytes is <= 0 or > long.MaxValue)
            {
                return null;
            }

            pageSize = (long)bytes;
        }

        bool isLayoutKnown = false;
        int reserved = FewestReservedPages;
        if (layout != null && ConstantField.Integer(layout, "ReservedPages") is { } pages && pages is > 0 and < 1024)
        {
            isLayoutKnown = true;
            reserved = (int)pages;
        }

        // A huge page so large that every layout gives something back: what is kept does not depend on its size.
        long count = FirstReadOnlyIndex.Of(pageSize, structPageSize, int.MaxValue, reserved);
        return count == FirstReadOnlyIndex.None
            ? null
            : new KeptStructPages(count, Words(architecture, isLayoutKnown ? layout : null));
    }

    private static string Words(ITypeSymbol? architecture, ITypeSymbol? layout) => (architecture, layout) switch
    {
        (null, null) => "the smallest of all architectures and layouts",
        (null, { } known) => "the smallest of all architectures, " + VariantName.OfLayout(known),
        ({ } known, null) => VariantName.OfArchitecture(known) + ", the smallest of all layouts",
        ({ } one, { } other) => VariantName.OfArchitecture(one) + ", " + VariantName.OfLayout(other),
    };
}

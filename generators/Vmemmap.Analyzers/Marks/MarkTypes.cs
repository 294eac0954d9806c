using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Marks;

/// <summary>The attributes that drive the rules, as a compilation sees them.</summary>
internal sealed class MarkTypes
{
    private MarkTypes(Compilation compilation, INamedTypeSymbol readOnlyTail)
    {
        ReadOnlyTail = readOnlyTail;
        State = compilation.GetTypeByMetadataName("Vmemmap.VmemmapStateAttribute");
        RestoredOnly = compilation.GetTypeByMetadataName("Vmemmap.RestoredOnlyAttribute");
        WritableCount = compilation.GetTypeByMetadataName("Vmemmap.WritableCountAttribute");
        SubpageIndex = compilation.GetTypeByMetadataName("Vmemmap.SubpageIndexAttribute");
    }

    public INamedTypeSymbol ReadOnlyTail { get; }

    public INamedTypeSymbol? State { get; }

    public INamedTypeSymbol? RestoredOnly { get; }

    public INamedTypeSymbol? WritableCount { get; }

    public INamedTypeSymbol? SubpageIndex { get; }

    /// <summary>Looks them up. One look-up, where the compilation knows none of them.</summary>
    public static MarkTypes? In(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Vmemmap.ReadOnlyTailAttribute") is { } readOnlyTail ? new MarkTypes(compilation, readOnlyTail) : null;
}

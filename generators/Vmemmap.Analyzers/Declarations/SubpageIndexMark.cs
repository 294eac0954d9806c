using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>What a [SubpageIndex] says.</summary>
internal readonly struct SubpageIndexMark
{
    private SubpageIndexMark(ITypeSymbol? architecture, ITypeSymbol? layout, string? count)
    {
        Architecture = architecture;
        Layout = layout;
        Count = count;
    }

    /// <summary>The architecture whose base page counts; null for the one of the build.</summary>
    public ITypeSymbol? Architecture { get; }

    /// <summary>The layout; null for any.</summary>
    public ITypeSymbol? Layout { get; }

    /// <summary>Name of what is no index but a number of struct pages; null if there is none.</summary>
    public string? Count { get; }

    /// <summary>The mark of a symbol; null if it has none.</summary>
    public static SubpageIndexMark? Of(ISymbol symbol, INamedTypeSymbol attributeType)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, attributeType))
            {
                return Read(attribute);
            }
        }

        return null;
    }

    private static SubpageIndexMark Read(AttributeData attribute)
    {
        ITypeSymbol? architecture = null;
        ITypeSymbol? layout = null;
        string? count = null;
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            switch (argument.Key)
            {
                case "Architecture":
                    architecture = argument.Value.Value as ITypeSymbol;
                    break;
                case "Layout":
                    layout = argument.Value.Value as ITypeSymbol;
                    break;
                case "Count":
                    count = argument.Value.Value as string;
                    break;
            }
        }

        return new SubpageIndexMark(architecture, layout, count);
    }
}

using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>What a [StructPageLayout] says.</summary>
internal readonly struct StructPageLayoutMark
{
    private StructPageLayoutMark(int? size) => Size = size;

    /// <summary>sizeof(struct page) of the kernel that is meant; null if nothing says it.</summary>
    public int? Size { get; }

    /// <summary>The mark of a struct; null if it has none.</summary>
    public static StructPageLayoutMark? Of(INamedTypeSymbol type, INamedTypeSymbol attributeType)
    {
        foreach (AttributeData attribute in type.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, attributeType))
            {
                return new StructPageLayoutMark(Given(attribute) ?? Usual(attributeType));
            }
        }

        return null;
    }

    private static int? Given(AttributeData attribute)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == "Size")
            {
                return argument.Value.Value as int?;
            }
        }

        return null;
    }

    /// <summary>The library's own struct page, which the attribute takes where nothing is given.</summary>
    private static int? Usual(INamedTypeSymbol attributeType) =>
        attributeType.ContainingAssembly.GetTypeByMetadataName("Vmemmap.StructPage") is { } structPage
            ? (int?)ConstantField.Integer(structPage, "Size")
            : null;
}

using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>What a struct's declaration says of its layout.</summary>
internal readonly struct DeclaredLayout
{
    private const int LayoutKindSequential = 0;
    private const int LayoutKindExplicit = 2;

    private DeclaredLayout(bool isExplicit, int pack, int size, int inlineLength)
    {
        IsExplicit = isExplicit;
        Pack = pack;
        Size = size;
        InlineLength = inlineLength;
    }

    /// <summary>Whether each field says where it is.</summary>
    public bool IsExplicit { get; }

    /// <summary>The most that a field is aligned to, bytes; 0 if nothing is said.</summary>
    public int Pack { get; }

    /// <summary>The least size, bytes; 0 if nothing is said.</summary>
    public int Size { get; }

    /// <summary>Elements of an [InlineArray]; 0 if it is none.</summary>
    public int InlineLength { get; }

    /// <summary>Reads it from source, where the attributes are.</summary>
    /// <returns>Null if the runtime is to choose the layout, or if the declaration makes no sense.</returns>
    public static DeclaredLayout? Of(INamedTypeSymbol type)
    {
        int kind = LayoutKindSequential;
        int pack = 0;
        int size = 0;
        int inlineLength = 0;
        foreach (AttributeData attribute in type.GetAttributes())
        {
            if (IsNamed(attribute, "StructLayoutAttribute", "InteropServices"))
            {
                if (First(attribute) is not { } given)
                {
                    return null;
                }

                kind = given;
                foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
                {
                    pack = argument.Key == "Pack" ? argument.Value.Value as int? ?? 0 : pack;
                    size = argument.Key == "Size" ? argument.Value.Value as int? ?? 0 : size;
                }
            }
            else if (IsNamed(attribute, "InlineArrayAttribute", "CompilerServices"))
            {
                inlineLength = First(attribute) ?? 0;
                if (inlineLength <= 0)
                {
                    return null;
                }
            }
        }

        return kind is LayoutKindSequential or LayoutKindExplicit && pack >= 0 && size >= 0
            ? new DeclaredLayout(kind == LayoutKindExplicit, pack, size, inlineLength)
            : null;
    }

    /// <summary>Where a field of an explicit layout is; null if it does not say.</summary>
    public static int? OffsetOf(IFieldSymbol field)
    {
        foreach (AttributeData attribute in field.GetAttributes())
        {
            if (IsNamed(attribute, "FieldOffsetAttribute", "InteropServices"))
            {
                return First(attribute);
            }
        }

        return null;
    }

    // The kind may be given as the enum or as a short.
    private static int? First(AttributeData attribute) =>
        attribute.ConstructorArguments.Length == 1 ? attribute.ConstructorArguments[0] switch
        {
            { Kind: TypedConstantKind.Enum or TypedConstantKind.Primitive, Value: int number } => number,
            { Kind: TypedConstantKind.Primitive, Value: short number } => number,
            _ => null,
        }
        : null;

    private static bool IsNamed(AttributeData attribute, string name, string space) =>
        attribute.AttributeClass is { ContainingType: null, ContainingNamespace: { } inner } type && type.Name == name && inner.Name == space
        && inner.ContainingNamespace is { Name: "Runtime", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}

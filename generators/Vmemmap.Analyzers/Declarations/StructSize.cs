using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>Size and alignment of structs as the CLR lays them out in a 64-bit process.</summary>
/// <remarks>
/// Only what source and language fix: primitives, enums, pointers, and structs of these whose source is in the compilation. A reference, a type
/// parameter, automatic layout, or a struct of another assembly (whose layout and, in reference assemblies, fields are not there to be read) makes it
/// unknown.
/// </remarks>
internal readonly struct StructSize
{
    private const int PointerBytes = 8;

    /// <summary>Deeper than any source goes; a struct in itself, which is an error, would go on for ever.</summary>
    private const int DeepestNesting = 64;

    private StructSize(long bytes, int alignment)
    {
        Bytes = bytes;
        Alignment = alignment;
    }

    /// <summary>Size in bytes, with the padding at its end.</summary>
    public long Bytes { get; }

    /// <summary>What its address is a multiple of, as a field of another struct.</summary>
    public int Alignment { get; }

    /// <summary>Works it out.</summary>
    /// <returns>Null if it cannot be known.</returns>
    public static StructSize? Of(ITypeSymbol type) => Of(type, DeepestNesting);

    private static StructSize? Of(ITypeSymbol type, int depth) => type switch
    {
        { TypeKind: TypeKind.Enum } => OfPrimitive(((INamedTypeSymbol)type).EnumUnderlyingType?.SpecialType ?? SpecialType.None),
        { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => Primitive(PointerBytes),
        { SpecialType: not SpecialType.None } => OfPrimitive(type.SpecialType),
        INamedTypeSymbol { TypeKind: TypeKind.Struct } named when depth > 0 && IsInSource(named) => OfStruct(named, depth - 1),
        _ => null,
    };

    private static StructSize? OfPrimitive(SpecialType type) => type switch
    {
        SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte => Primitive(1),
        SpecialType.System_Char or SpecialType.System_Int16 or SpecialType.System_UInt16 => Primitive(2),
        SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single => Primitive(4),
        SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double => Primitive(8),
        SpecialType.System_IntPtr or SpecialType.System_UIntPtr => Primitive(PointerBytes),
        _ => null,
    };

    private static StructSize Primitive(int bytes) => new(bytes, bytes);

    private static StructSize? OfStruct(INamedTypeSymbol type, int depth)
    {
        if (DeclaredLayout.Of(type) is not { } layout || HasHiddenFields(type))
        {
            return null;
        }

        long end = 0;
        int alignment = 1;
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.IsStatic || field.IsConst)
            {
                continue;
            }

            if (OfField(field, layout, depth) is not { } size)
            {
                return null;
            }

            int fieldAlignment = layout.Pack > 0 ? Math.Min(layout.Pack, size.Alignment) : size.Alignment;
            long? start = layout.IsExplicit ? DeclaredLayout.OffsetOf(field) : Up(end, fieldAlignment);
            if (start is not >= 0)
            {
                return null;
            }

            alignment = Math.Max(alignment, fieldAlignment);
            end = Math.Max(end, start.Value + size.Bytes);
        }

        // A size that is given is no multiple of the alignment unless it was written as one.
        long bytes = layout.Size > 0 ? Math.Max(end, layout.Size) : Up(Math.Max(end, 1), alignment);
        return new StructSize(bytes, alignment);
    }

    private static StructSize? OfField(IFieldSymbol field, DeclaredLayout layout, int depth)
    {
        if (field.RefKind != RefKind.None)
        {
            return null;
        }

        ITypeSymbol type = field.IsFixedSizeBuffer && field.Type is IPointerTypeSymbol buffer ? buffer.PointedAtType : field.Type;
        long count = field.IsFixedSizeBuffer ? field.FixedSize : Math.Max(1, layout.InlineLength);
        return Of(type, depth) is { } element && count > 0 && element.Bytes <= int.MaxValue / count
            ? new StructSize(element.Bytes * count, element.Alignment)
            : null;
    }

    /// <summary>Whether it has fields that the compiler makes and does not list: of an event, or of a constructor's parameters.</summary>
    private static bool HasHiddenFields(INamedTypeSymbol type)
    {
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IEventSymbol { IsStatic: false, AddMethod.IsImplicitlyDeclared: true })
            {
                return true;
            }
        }

        foreach (SyntaxReference declaration in type.DeclaringSyntaxReferences)
        {
            if (declaration.GetSyntax() is StructDeclarationSyntax { ParameterList: not null })
            {
                return true;
            }
        }

        return false;
    }

    // A tuple is declared where it is written, and laid out by the framework.
    private static bool IsInSource(INamedTypeSymbol type) => !type.IsTupleType && !type.DeclaringSyntaxReferences.IsEmpty;

    private static long Up(long value, int alignment) => (value + alignment - 1) / alignment * alignment;
}

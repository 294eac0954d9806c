using System;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>Constants of types, which can be read from source and from metadata alike.</summary>
internal static class ConstantField
{
    /// <summary>The value of a constant of an integer type; null if the type has none of that name.</summary>
    public static decimal? Integer(ITypeSymbol type, string name) => Integer(Find(type, name));

    /// <summary>The value of a constant of an integer or enum type; null of any other, and of one whose value is an error.</summary>
    public static decimal? Integer(IFieldSymbol? field) => field is { HasConstantValue: true, ConstantValue: { } value } && IsInteger(value)
        ? Convert.ToDecimal(value, CultureInfo.InvariantCulture)
        : null;

    /// <summary>The value of a constant string; null if the type has none of that name.</summary>
    public static string? Text(ITypeSymbol type, string name) => Find(type, name)?.ConstantValue as string;

    /// <summary>The value of a constant bool; null if the type has none of that name.</summary>
    public static bool? Boolean(ITypeSymbol type, string name) => Find(type, name)?.ConstantValue as bool?;

    private static IFieldSymbol? Find(ITypeSymbol type, string name)
    {
        foreach (ISymbol member in type.GetMembers(name))
        {
            if (member is IFieldSymbol { HasConstantValue: true } field)
            {
                return field;
            }
        }

        return null;
    }

    private static bool IsInteger(object value) => value is sbyte or byte or short or ushort or int or uint or long or ulong;
}

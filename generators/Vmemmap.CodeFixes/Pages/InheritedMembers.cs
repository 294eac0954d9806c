using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Vmemmap.CodeFixes.Pages;

/// <summary>Members with those of base types and, for a type parameter or an interface, of all it is known to be.</summary>
internal static class InheritedMembers
{
    public static IEnumerable<ISymbol> MembersWithInherited(this ITypeSymbol type)
    {
        foreach (ITypeSymbol each in WithBases(type))
        {
            foreach (ISymbol member in each.GetMembers())
            {
                yield return member;
            }
        }
    }

    private static IEnumerable<ITypeSymbol> WithBases(ITypeSymbol type)
    {
        for (ITypeSymbol? each = type; each is not null; each = each.BaseType)
        {
            yield return each;
        }

        if (type is ITypeParameterSymbol parameter)
        {
            foreach (ITypeSymbol constraint in parameter.ConstraintTypes)
            {
                foreach (ITypeSymbol each in WithBases(constraint))
                {
                    yield return each;
                }
            }
        }
        else if (type.TypeKind == TypeKind.Interface)
        {
            foreach (INamedTypeSymbol each in type.AllInterfaces)
            {
                yield return each;
            }
        }
    }
}

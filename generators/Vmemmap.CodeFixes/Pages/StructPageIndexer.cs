using System.Linq;
using Microsoft.CodeAnalysis;

namespace Vmemmap.CodeFixes.Pages;

/// <summary>An indexer that gives a writable reference to a struct page.</summary>
internal static class StructPageIndexer
{
    public static IPropertySymbol? Of(ITypeSymbol type, ITypeSymbol element) => type.MembersWithInherited()
        .OfType<IPropertySymbol>()
        .FirstOrDefault(property => property is { IsIndexer: true, IsStatic: false, RefKind: RefKind.Ref, Parameters.Length: 1 }
            && property.Parameters[0].Type.SpecialType is SpecialType.System_Int64 or SpecialType.System_Int32
            && SymbolEqualityComparer.Default.Equals(property.Type, element));
}

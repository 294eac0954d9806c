using System.Linq;
using Microsoft.CodeAnalysis;
using Vmemmap.CodeFixes.Pages;

namespace Vmemmap.CodeFixes.Restoring;

/// <summary>A huge page's method that restores its vmemmap for as long as what it returns lives.</summary>
internal sealed class RestoreMethod
{
    private RestoreMethod(IMethodSymbol method, IPropertySymbol? indexer)
    {
        Method = method;
        Indexer = indexer;
    }

    public IMethodSymbol Method { get; }

    /// <summary>The scope's struct pages; null if it has no indexer that may be used.</summary>
    public IPropertySymbol? Indexer { get; }

    /// <summary>The method of a type; null if none can be called without arguments at a position.</summary>
    /// <param name="page">The type of the huge page.</param>
    /// <param name="element">The type of a struct page; null if no struct page is asked for.</param>
    /// <param name="model">What the code means.</param>
    /// <param name="position">Where it is to be called.</param>
    public static RestoreMethod? Of(ITypeSymbol page, ITypeSymbol? element, SemanticModel model, int position)
    {
        foreach (IMethodSymbol method in page.MembersWithInherited().OfType<IMethodSymbol>())
        {
            if (method is { IsStatic: false, ReturnsVoid: false, IsGenericMethod: false, MethodKind: MethodKind.Ordinary }
                && method.ReturnType.SpecialType != SpecialType.System_Boolean
                && method.Parameters.All(parameter => parameter.IsOptional || parameter.IsParams)
                && PageMarks.Restores(method, model.Compilation)
                && model.IsAccessible(position, method)
                && HasDispose(method.ReturnType, model, position))
            {
                return new RestoreMethod(method, element is null ? null : StructPageIndexer.Of(method.ReturnType, element));
            }
        }

        return null;
    }

    private static bool HasDispose(ITypeSymbol scope, SemanticModel model, int position) =>
        scope.AllInterfaces.Any(type => type.SpecialType == SpecialType.System_IDisposable)
        || (scope.IsRefLikeType && scope.GetMembers("Dispose").Any(member =>
            member is IMethodSymbol { IsStatic: false, Parameters.Length: 0, ReturnsVoid: true } && model.IsAccessible(position, member)));
}

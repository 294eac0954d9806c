using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Rules;
using Vmemmap.Selection;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>VMM4001 in one compilation.</summary>
/// <remarks>
/// A name is looked for from the innermost namespace outwards, and a global using is the outermost of all: whatever a namespace declares
/// hides it, there and in the namespaces within. What the global namespace declares hides nothing; the compiler then finds both (CS0576).
/// </remarks>
internal sealed class TargetAliasCheck(TargetOptions options)
{
    /// <summary>Judges a type. One with type parameters has another name, and one in a type is that type's own.</summary>
    public void OnType(SymbolAnalysisContext context)
    {
        if (context.Symbol is INamedTypeSymbol { Arity: 0, ContainingType: null } type && options.IsAlias(type.Name))
        {
            context.ReportDiagnostic(Report(type.Name, "type", type.Locations));
        }
    }

    /// <summary>Judges a namespace: its last name.</summary>
    public void OnNamespace(SymbolAnalysisContext context)
    {
        if (options.IsAlias(context.Symbol.Name))
        {
            context.ReportDiagnostic(Report(context.Symbol.Name, "namespace", context.Symbol.Locations));
        }
    }

    /// <summary>Judges a using of a namespace. Outside of namespaces the compiler refuses a second one of a name (CS1537).</summary>
    public void OnUsing(SyntaxNodeAnalysisContext context)
    {
        var directive = (UsingDirectiveSyntax)context.Node;
        if (directive is { Alias.Name: { } alias, Parent: BaseNamespaceDeclarationSyntax } && options.IsAlias(alias.Identifier.ValueText))
        {
            context.ReportDiagnostic(Report(alias.Identifier.ValueText, "alias", [alias.GetLocation()]));
        }
    }

    private Diagnostic Report(string name, string what, IEnumerable<Location> locations)
    {
        Location[] places = [.. locations.Where(l => l.IsInSource)];
        return Diagnostic.Create(TargetAliasRule.Descriptor, places[0], places.Skip(1), what, name, options.Architecture);
    }
}

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Restoring;

/// <summary>A name for the scope that nothing else has there.</summary>
internal static class ScopeName
{
    public static string At(SyntaxNode node, SemanticModel model)
    {
        SyntaxNode member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? node;
        var taken = new HashSet<string>(member.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText));
        for (int number = 0; ; number++)
        {
            string name = number == 0 ? "scope" : "scope" + number.ToString(CultureInfo.InvariantCulture);
            if (!taken.Contains(name) && model.LookupSymbols(node.SpanStart, name: name).IsEmpty)
            {
                return name;
            }
        }
    }
}

using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Declarations;

/// <summary>Code that can write what the compiler holds for read-only, so that its silence proves nothing.</summary>
internal static class UnwatchedCode
{
    public static bool IsIn(SyntaxNode declaration) => declaration.DescendantNodes().Any(node => node switch
    {
        FixedStatementSyntax or PointerTypeSyntax or MakeRefExpressionSyntax => true,
        PrefixUnaryExpressionSyntax address => address.IsKind(SyntaxKind.AddressOfExpression),
        IdentifierNameSyntax name => name.Identifier.ValueText is "Unsafe" or "MemoryMarshal" or "Marshal",
        _ => false,
    });
}

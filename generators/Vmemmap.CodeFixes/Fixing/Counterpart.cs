using System.Linq;
using Microsoft.CodeAnalysis;

namespace Vmemmap.CodeFixes.Fixing;

/// <summary>A declaration in a later version of its file, in which nothing before it has changed.</summary>
internal static class Counterpart
{
    public static SyntaxNode? Of(SyntaxNode declaration, SyntaxNode newRoot) => declaration.SpanStart >= newRoot.FullSpan.End
        ? null
        : newRoot.FindToken(declaration.SpanStart).Parent?.AncestorsAndSelf()
            .FirstOrDefault(node => node.RawKind == declaration.RawKind && node.SpanStart == declaration.SpanStart);
}

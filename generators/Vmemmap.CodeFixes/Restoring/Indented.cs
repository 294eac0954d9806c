using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Restoring;

/// <summary>Moves statements to the right as they are, line by line: how they were written is the author's choice.</summary>
internal static class Indented
{
    /// <param name="statement">The statement.</param>
    /// <param name="unit">What goes before each line.</param>
    /// <param name="startsLine">Whether its first token is the first of a line.</param>
    public static StatementSyntax Of(StatementSyntax statement, string unit, bool startsLine)
    {
        SyntaxToken first = statement.GetFirstToken();
        return statement.ReplaceTokens(
            statement.DescendantTokens(),
            (original, rewritten) => IsInText(original)
                ? rewritten
                : rewritten.WithLeadingTrivia(
                    Of(rewritten.LeadingTrivia, unit, original == first ? startsLine : EndsLine(original.GetPreviousToken().TrailingTrivia))));
    }

    private static IEnumerable<SyntaxTrivia> Of(SyntaxTriviaList trivia, string unit, bool startsLine)
    {
        bool atStart = startsLine;
        for (int at = 0; at < trivia.Count; at++)
        {
            SyntaxTrivia each = trivia[at];
            if (each.IsKind(SyntaxKind.WhitespaceTrivia) && atStart && !StaysAtMargin(trivia, at + 1))
            {
                atStart = false;
                yield return SyntaxFactory.Whitespace(unit + each.ToFullString());
                continue;
            }

            if (atStart && !each.IsKind(SyntaxKind.WhitespaceTrivia) && !StaysAtMargin(trivia, at))
            {
                yield return SyntaxFactory.Whitespace(unit);
            }

            yield return each.IsKind(SyntaxKind.MultiLineCommentTrivia) ? Comment(each, unit) : each;
            atStart = EndsLine(each) || (atStart && each.IsKind(SyntaxKind.WhitespaceTrivia));
        }

        if (atStart)
        {
            yield return SyntaxFactory.Whitespace(unit);
        }
    }

    /// <summary>Whether a line has nothing, a directive or code that is switched off.</summary>
    private static bool StaysAtMargin(SyntaxTriviaList trivia, int at) =>
        at < trivia.Count && (trivia[at].IsDirective || trivia[at].Kind() is SyntaxKind.EndOfLineTrivia or SyntaxKind.DisabledTextTrivia);

    private static SyntaxTrivia Comment(SyntaxTrivia comment, string unit) =>
        SyntaxFactory.Comment(string.Join(
            "\n", comment.ToFullString().Split('\n').Select((line, at) => at == 0 || line.Trim().Length == 0 ? line : unit + line)));

    private static bool EndsLine(SyntaxTriviaList trivia) => trivia.Count > 0 && EndsLine(trivia.Last());

    private static bool EndsLine(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.EndOfLineTrivia) || trivia.IsDirective
            || (trivia.IsKind(SyntaxKind.DisabledTextTrivia) && trivia.ToFullString().EndsWith("\n", StringComparison.Ordinal));

    /// <summary>Whether what is before it is text of an interpolated string, which must not change.</summary>
    private static bool IsInText(SyntaxToken token) =>
        token.Parent?.FirstAncestorOrSelf<InterpolatedStringExpressionSyntax>() is { } text && text.GetFirstToken() != token;
}

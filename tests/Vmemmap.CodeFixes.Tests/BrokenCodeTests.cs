using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.Analyzers.Rules;
using Vmemmap.Analyzers.Tests.Verification;
using Vmemmap.CodeFixes.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests;

/// <summary>Code while it is typed does not compile, and fixes are asked all the same.</summary>
public sealed class BrokenCodeTests
{
    private static readonly string[] Ids =
        [RuleIds.TailWrite, RuleIds.PossibleTailWrite, RuleIds.ReadOnlyRemoved, RuleIds.TailPassedWritable, RuleIds.NotRestored, RuleIds.LostWrite];

    [Theory]
    [InlineData("page.Unchecked(100).Flags = 1;")]
    [InlineData("for (int k = 0; k < page.Count; k++) page.Unchecked(k).Flags = 1;")]
    [InlineData("ref StructPage tail = ref Unsafe.AsRef(in page[i]); tail.SetHead();")]
    [InlineData("Touch(ref page.Unchecked(100));")]
    public void WithoutOneToken_NoFixThrows(string body)
    {
        string whole = Sample.Method(body);
        int start = whole.IndexOf(body, StringComparison.Ordinal);
        SyntaxToken[] tokens = [.. ConsumerProject.Parse(whole, "Whole.cs").GetRoot().DescendantTokens()
            .Where(token => token.SpanStart >= start && token.Span.End <= start + body.Length)];
        Assert.NotEmpty(tokens);
        foreach (SyntaxToken token in tokens)
        {
            AskAll(whole.Remove(token.SpanStart, token.Span.Length), start, body.Length - token.Span.Length);
        }
    }

    private static void AskAll(string broken, int start, int length)
    {
        Document document = FixedSolution.Sources(FixedSolution.Of([broken]))[0];
        IEnumerable<SyntaxNode> expressions = document.GetSyntaxRootAsync().GetAwaiter().GetResult()!.DescendantNodes()
            .OfType<ExpressionSyntax>()
            .Where(node => node.SpanStart >= start && node.Span.End <= start + length && node.Span.Length > 0);
        foreach (SyntaxNode expression in expressions)
        {
            foreach (string id in Ids)
            {
                string marked = broken.Insert(expression.Span.End, "|}").Insert(expression.SpanStart, "{|" + id + ":");
                Diagnostic diagnostic = MarkedDiagnostics.Of(document, MarkedDiagnostics.Parse(marked)).Single();
                foreach (CodeFixProvider fix in Fixes.All.Where(fix => fix.FixableDiagnosticIds.Contains(id)))
                {
                    Assert.Null(Record.Exception(() => Fixes.OfferedBy(fix, document, diagnostic)));
                }
            }
        }
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Rules;
using Vmemmap.Analyzers.Tests.Verification;
using Vmemmap.CodeFixes.Pages;

namespace Vmemmap.CodeFixes.Tests.Verification;

/// <summary>
/// Diagnostics where a source is marked, with the properties that the rules give them: fixes are tested without the rules. The struct page is
/// the first marked member's in the access; where there is none in it, the one that the mark S0 is around.
/// </summary>
internal static class MarkedDiagnostics
{
    private const string SourceMark = "S0";
    private const long FirstReadOnly = 64;
    private const long LastIndex = 511;

    private static readonly Dictionary<string, (DiagnosticDescriptor Rule, AccessKind Kind)> Rules = new()
    {
        [RuleIds.TailWrite] = (TailWriteRule.Descriptor, AccessKind.Write),
        [RuleIds.PossibleTailWrite] = (PossibleTailWriteRule.Descriptor, AccessKind.Write),
        [RuleIds.ReadOnlyRemoved] = (ReadOnlyRemovedRule.Descriptor, AccessKind.RemoveReadOnly),
        [RuleIds.TailPassedWritable] = (TailPassedWritableRule.Descriptor, AccessKind.PassWritable),
        [RuleIds.UsedAfterDissolve] = (UsedAfterDissolveRule.Descriptor, AccessKind.UsePage),
        [RuleIds.NotRestored] = (NotRestoredRule.Descriptor, AccessKind.UseRestored),
        [RuleIds.LostWrite] = (LostWriteRule.Descriptor, AccessKind.WriteCopy),
    };

    public static MarkedSource Parse(string marked) =>
        MarkedSource.Parse(marked, id => Rules.TryGetValue(id, out var rule) ? rule.Rule.DefaultSeverity : DiagnosticSeverity.Hidden);

    public static ImmutableArray<Diagnostic> Of(Document document, MarkedSource source)
    {
        SemanticModel model = document.GetSemanticModelAsync().GetAwaiter().GetResult()!;
        Mark? sourceMark = source.Marks.Any(mark => mark.Id == SourceMark) ? source.Marks.First(mark => mark.Id == SourceMark) : null;
        return [.. source.Marks.Where(mark => mark.Id != SourceMark).OrderBy(mark => mark.Start).Select(mark => Of(mark, sourceMark, model))];
    }

    private static Diagnostic Of(Mark mark, Mark? sourceMark, SemanticModel model)
    {
        (DiagnosticDescriptor rule, AccessKind kind) = Rules[mark.Id];
        ImmutableDictionary<string, string?>.Builder properties = ImmutableDictionary.CreateBuilder<string, string?>();
        properties[FixProperties.Kind] = kind.ToString();
        SyntaxNode root = model.SyntaxTree.GetRoot();
        SyntaxNode access = root.FindNode(new TextSpan(mark.Start, mark.Length), getInnermostNodeForTie: true);
        ExpressionSyntax? taken = access.DescendantNodesAndSelf().OfType<ExpressionSyntax>().FirstOrDefault(node => IsMarked(node, model))
            ?? (sourceMark is { } outside
                ? (ExpressionSyntax)root.FindNode(new TextSpan(outside.Start, outside.Length), getInnermostNodeForTie: true)
                : null);
        if (taken is not null)
        {
            long? index = IndexOf(taken, model);
            properties[FixProperties.LowestIndex] = Text(index ?? 0);
            properties[FixProperties.HighestIndex] = Text(index ?? LastIndex);
            properties[FixProperties.FirstReadOnly] = Text(FirstReadOnly);
            properties[FixProperties.SourceStart] = Text(taken.SpanStart);
            properties[FixProperties.SourceLength] = Text(taken.Span.Length);
        }

        return Diagnostic.Create(rule, Location.Create(model.SyntaxTree, new TextSpan(mark.Start, mark.Length)), properties.ToImmutable());
    }

    private static long? IndexOf(ExpressionSyntax taken, SemanticModel model) =>
        TailSource.Of(taken, model, CancellationToken.None) is { } source && model.GetConstantValue(source.Index) is { HasValue: true, Value: { } value }
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : null;

    private static bool IsMarked(ExpressionSyntax node, SemanticModel model) =>
        node is InvocationExpressionSyntax or ElementAccessExpressionSyntax or MemberAccessExpressionSyntax
        && model.GetSymbolInfo(node).Symbol is { } symbol
        && (symbol.GetAttributes().Any(mark => mark.AttributeClass?.Name == nameof(ReadOnlyTailAttribute)));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.Analyzers.Flow;
using Vmemmap.Analyzers.Rules;

namespace Vmemmap.CodeFixes.Fixing;

/// <summary>Whether code is better than before: it compiles, the rules no longer say what they said, and say nothing new.</summary>
internal static class Improved
{
    /// <summary>The solution with a new root for one document, if that is an improvement.</summary>
    public static async Task<Solution?> WithRootAsync(Document document, FixTarget target, SyntaxNode newRoot, CancellationToken cancellationToken)
    {
        if (await Compilable.WithRootAsync(document, target.Access, newRoot, cancellationToken).ConfigureAwait(false) is not { } solution
            || solution.GetDocument(document.Id) is not { } after)
        {
            return null;
        }

        if (target.Access.AncestorsAndSelf().FirstOrDefault(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax) is not { } declaration)
        {
            return solution;
        }

        SyntaxNode? afterRoot = await after.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        List<Diagnostic> had = await ReportsAsync(document, declaration, cancellationToken).ConfigureAwait(false);
        List<Diagnostic> has = await ReportsAsync(after, Counterpart.Of(declaration, afterRoot!), cancellationToken).ConfigureAwait(false);
        bool wasReported = had.Any(report => report.Id == target.Id && report.Location.SourceSpan == target.Access.Span);
        return (!wasReported || has.Count < had.Count)
            && has.GroupBy(FamilyOf).All(family => family.Count() <= had.Count(report => FamilyOf(report) == family.Key))
                ? solution
                : null;
    }

    private static async Task<List<Diagnostic>> ReportsAsync(Document document, SyntaxNode? declaration, CancellationToken cancellationToken)
    {
        SemanticModel? model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        return model is null || declaration is null
            ? []
            : TailFlow.Accesses(model, declaration, cancellationToken).Select(AccessReport.Of).OfType<Diagnostic>().ToList();
    }

    /// <summary>Behind a scope the huge page may be optimized again or not, so that an error there becomes a warning.</summary>
    private static string FamilyOf(Diagnostic report) => report.Id == RuleIds.PossibleTailWrite ? RuleIds.TailWrite : report.Id;
}

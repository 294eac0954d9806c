using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Rules;
using Vmemmap.CodeFixes.Declarations;
using Vmemmap.CodeFixes.Fixing;

namespace Vmemmap.CodeFixes;

/// <summary>
/// A parameter through which a method only reads says so: ref becomes ref readonly, Span becomes ReadOnlySpan. Callers stay as they are.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReadOnlyParameterFix)), Shared]
public sealed class ReadOnlyParameterFix : TailFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [RuleIds.TailPassedWritable];

    internal override string Title => "Make the parameter read-only";

    internal override async Task<Solution?> FixAsync(Document document, FixTarget target, CancellationToken cancellationToken)
    {
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || ParameterOf(target.Access, model, cancellationToken) is not { ContainingSymbol: IMethodSymbol method } parameter
            || !ReferenceParameter.MayChangeIn(method)
            || parameter.DeclaringSyntaxReferences.Length != 1
            || await parameter.DeclaringSyntaxReferences[0].GetSyntaxAsync(cancellationToken).ConfigureAwait(false) is not ParameterSyntax syntax
            || ReferenceParameter.ReadOnly(syntax, parameter) is not { } readOnly
            || syntax.Parent?.Parent is not { } declaration
            || UnwatchedCode.IsIn(declaration)
            || document.Project.Solution.GetDocument(syntax.SyntaxTree) is not { } declaring
            || await DocumentsCallingAsync(method, declaring.Project.Solution, cancellationToken).ConfigureAwait(false) is not { } callers)
        {
            return null;
        }

        SyntaxNode root = await syntax.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        Document changed = declaring.WithSyntaxRoot(root.ReplaceNode(syntax, readOnly));
        SyntaxNode? changedRoot = await changed.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        return changedRoot is not null
            && Counterpart.Of(declaration, changedRoot) is { } changedDeclaration
            && await DefensiveCopies.CountAsync(changed, changedDeclaration, cancellationToken).ConfigureAwait(false)
                <= await DefensiveCopies.CountAsync(declaring, declaration, cancellationToken).ConfigureAwait(false)
            && await Compilable.AreAsGoodAsync(
                declaring.Project.Solution, changed.Project.Solution, callers.Append(declaring.Id).Distinct(), cancellationToken).ConfigureAwait(false)
                ? changed.Project.Solution
                : null;
    }

    private static IParameterSymbol? ParameterOf(SyntaxNode access, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode argument = access;
        while (argument is ExpressionSyntax && argument.Parent is ParenthesizedExpressionSyntax)
        {
            argument = argument.Parent;
        }

        return argument.Parent is ArgumentSyntax syntax
            && model.GetOperation(syntax, cancellationToken) is IArgumentOperation { Parameter: { ContainingSymbol: IMethodSymbol called } parameter }
            && called.OriginalDefinition is var method
            && (method.ReducedFrom ?? method) is var declared
                ? declared.Parameters[parameter.Ordinal + (method.ReducedFrom is null ? 0 : 1)]
                : null;
    }

    /// <summary>The documents that call a method; null if it is used in another way, as a delegate or in a comment, which depends on its parameters.</summary>
    private static async Task<IEnumerable<DocumentId>?> DocumentsCallingAsync(
        IMethodSymbol method, Solution solution, CancellationToken cancellationToken)
    {
        var documents = new HashSet<DocumentId>();
        foreach (ReferencedSymbol found in await SymbolFinder.FindReferencesAsync(method, solution, cancellationToken).ConfigureAwait(false))
        {
            foreach (ReferenceLocation reference in found.Locations)
            {
                SyntaxNode? root = await reference.Document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
                if (root?.FindNode(reference.Location.SourceSpan, findInsideTrivia: true, getInnermostNodeForTie: true) is not { } name || !IsCall(name))
                {
                    return null;
                }

                documents.Add(reference.Document.Id);
            }
        }

        return documents;
    }

    private static bool IsCall(SyntaxNode name)
    {
        SyntaxNode called = name;
        while (called.Parent is MemberAccessExpressionSyntax member && member.Name == called)
        {
            called = member;
        }

        return called.Parent is InvocationExpressionSyntax or MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax }
            || called.AncestorsAndSelf().Any(node => node is BaseObjectCreationExpressionSyntax creation && IsTypeOf(creation, called))
            || called.Parent is ConstructorInitializerSyntax || called is ConstructorInitializerSyntax;
    }

    private static bool IsTypeOf(BaseObjectCreationExpressionSyntax creation, SyntaxNode name) =>
        creation == name || (creation is ObjectCreationExpressionSyntax { Type: var type } && type.Span.Contains(name.Span));
}

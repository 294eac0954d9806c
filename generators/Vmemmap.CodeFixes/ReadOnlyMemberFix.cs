using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.Analyzers.Rules;
using Vmemmap.CodeFixes.Declarations;
using Vmemmap.CodeFixes.Fixing;

namespace Vmemmap.CodeFixes;

/// <summary>A member of a struct page that writes nothing says so, and is called on the struct page itself instead of a copy.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReadOnlyMemberFix)), Shared]
public sealed class ReadOnlyMemberFix : TailFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => [RuleIds.LostWrite];

    internal override string Title => "Make the member readonly";

    internal override async Task<Solution?> FixAsync(Document document, FixTarget target, CancellationToken cancellationToken)
    {
        if (target.Access is not ExpressionSyntax access
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || model.GetSymbolInfo(access, cancellationToken).Symbol?.OriginalDefinition is not
            { IsStatic: false, ContainingType.TypeKind: TypeKind.Struct, DeclaringSyntaxReferences.Length: 1 } member
            || await member.DeclaringSyntaxReferences[0].GetSyntaxAsync(cancellationToken).ConfigureAwait(false) is not { } syntax
            || ReadOnly(syntax) is not { } readOnly
            || UnwatchedCode.IsIn(syntax)
            || document.Project.Solution.GetDocument(syntax.SyntaxTree) is not { } declaring)
        {
            return null;
        }

        // The compiler refuses what writes, and warns of what calls a member that may.
        SyntaxNode root = await syntax.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        return await Compilable.WithRootAsync(declaring, syntax, root.ReplaceNode(syntax, readOnly), cancellationToken).ConfigureAwait(false);
    }

    private static SyntaxNode? ReadOnly(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method when !method.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) => WithReadOnly(method),
        PropertyDeclarationSyntax { AccessorList: { } accessors } property when Getter(accessors) is { } getter && accessors.Accessors.Count > 1 =>
            getter.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) ? null : property.ReplaceNode(getter, ReadOnly(getter)),
        PropertyDeclarationSyntax property when !property.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) => WithReadOnly(property),
        _ => null,
    };

    private static AccessorDeclarationSyntax? Getter(AccessorListSyntax accessors) =>
        accessors.Accessors.FirstOrDefault(accessor => accessor.IsKind(SyntaxKind.GetAccessorDeclaration));

    private static AccessorDeclarationSyntax ReadOnly(AccessorDeclarationSyntax getter)
    {
        SyntaxToken first = SyntaxFactory.Token(SyntaxKind.ReadOnlyKeyword).WithLeadingTrivia(getter.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.Space);
        return getter.WithKeyword(getter.Keyword.WithLeadingTrivia()).WithModifiers(SyntaxFactory.TokenList(first));
    }

    /// <summary>With the modifier where it is usual: after all but unsafe, async and partial.</summary>
    private static MemberDeclarationSyntax WithReadOnly(MemberDeclarationSyntax member)
    {
        SyntaxTokenList modifiers = member.Modifiers;
        int at = modifiers.IndexOf(SyntaxKind.UnsafeKeyword) is >= 0 and var unsafeAt ? unsafeAt
            : modifiers.IndexOf(SyntaxKind.PartialKeyword) is >= 0 and var partialAt ? partialAt
            : modifiers.Count;
        SyntaxTriviaList leading = member.GetLeadingTrivia();
        SyntaxToken added = SyntaxFactory.Token(SyntaxKind.ReadOnlyKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return at > 0
            ? member.WithModifiers(modifiers.Insert(at, added))
            : member.WithLeadingTrivia().WithModifiers(member.WithLeadingTrivia().Modifiers.Insert(0, added)).WithLeadingTrivia(leading);
    }
}

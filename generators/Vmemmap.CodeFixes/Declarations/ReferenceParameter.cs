using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Declarations;

/// <summary>A parameter that may be written, and what it is if it only reads.</summary>
internal static class ReferenceParameter
{
    /// <summary>Whether nothing but calls of the method depends on what its parameters are.</summary>
    public static bool MayChangeIn(IMethodSymbol method) =>
        method is { IsAbstract: false, IsVirtual: false, IsOverride: false, IsExtern: false, PartialDefinitionPart: null, PartialImplementationPart: null }
        && method.MethodKind is MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.Constructor
        && method.ExplicitInterfaceImplementations.IsEmpty
        && method.DeclaringSyntaxReferences.Length == 1
        && !ImplementsInterface(method);

    /// <summary>The parameter read-only; null if it has no such form.</summary>
    public static ParameterSyntax? ReadOnly(ParameterSyntax syntax, IParameterSymbol parameter) => parameter.RefKind switch
    {
        RefKind.Ref when ((CSharpParseOptions)syntax.SyntaxTree.Options).LanguageVersion >= LanguageVersion.CSharp12 => RefReadOnly(syntax),
        RefKind.None when IsSpan(parameter.Type) && SpanName(syntax.Type) is { } span => syntax.ReplaceNode(
            span, span.WithIdentifier(SyntaxFactory.Identifier("ReadOnlySpan").WithTriviaFrom(span.Identifier))),
        _ => null,
    };

    private static ParameterSyntax RefReadOnly(ParameterSyntax syntax)
    {
        int at = syntax.Modifiers.IndexOf(SyntaxKind.RefKeyword);
        SyntaxToken only = SyntaxFactory.Token(SyntaxKind.ReadOnlyKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return at < 0 ? syntax : syntax.WithModifiers(syntax.Modifiers.Insert(at + 1, only));
    }

    private static bool IsSpan(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "Span", Arity: 1, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static GenericNameSyntax? SpanName(TypeSyntax? type) => type switch
    {
        GenericNameSyntax { Identifier.ValueText: "Span" } name => name,
        QualifiedNameSyntax name => SpanName(name.Right),
        _ => null,
    };

    private static bool ImplementsInterface(IMethodSymbol method) => method.ContainingType.AllInterfaces
        .SelectMany(type => type.GetMembers(method.Name))
        .Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method));
}

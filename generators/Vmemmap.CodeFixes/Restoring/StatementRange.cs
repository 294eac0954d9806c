using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vmemmap.CodeFixes.Restoring;

/// <summary>Statements that follow each other in one list, or one that stands alone as the body of another.</summary>
internal readonly struct StatementRange
{
    private StatementRange(IReadOnlyList<StatementSyntax> list, int first, int last)
    {
        List = list;
        FirstIndex = first;
        LastIndex = last;
    }

    /// <summary>The list they are in; a list of one if they are in none.</summary>
    public IReadOnlyList<StatementSyntax> List { get; }

    public int FirstIndex { get; }

    public int LastIndex { get; }

    public StatementSyntax First => List[FirstIndex];

    public StatementSyntax Last => List[LastIndex];

    /// <summary>Whether it is the body of an if or a loop, without braces.</summary>
    public bool IsEmbedded => First.Parent is not (BlockSyntax or SwitchSectionSyntax);

    public IEnumerable<StatementSyntax> Statements => List.Skip(FirstIndex).Take(LastIndex - FirstIndex + 1);

    /// <summary>The smallest with two nodes, in the function of the first; null if there is none.</summary>
    public static StatementRange? Around(SyntaxNode access, SyntaxNode other)
    {
        for (SyntaxNode? node = access; node is not null && !IsFunction(node); node = node.Parent)
        {
            if (node is not StatementSyntax statement || node is LocalFunctionStatementSyntax)
            {
                continue;
            }

            if (ListOf(statement) is { } list)
            {
                int at = list.IndexOf(statement);
                int otherAt = list.IndexOf(each => each.Span.Contains(other.Span));
                if (otherAt >= 0)
                {
                    return new StatementRange(list, at < otherAt ? at : otherAt, at < otherAt ? otherAt : at);
                }
            }
            else if (statement.Span.Contains(other.Span) && IsBody(statement))
            {
                return new StatementRange([statement], 0, 0);
            }
        }

        return null;
    }

    /// <summary>The same up to the last use of what is declared in it, and to the end of the list if something in it is disposed of there.</summary>
    public StatementRange ThroughLastUse(SemanticModel model, CancellationToken cancellationToken)
    {
        if (IsEmbedded)
        {
            return this;
        }

        int last = LastIndex;
        for (int scanned = FirstIndex; scanned <= last && last < List.Count - 1; scanned++)
        {
            if (List[scanned] is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not (int)SyntaxKind.None })
            {
                last = List.Count - 1;
                break;
            }

            ISymbol[] declared = DeclaredIn(List[scanned], model, cancellationToken);
            for (int later = List.Count - 1; later > last; later--)
            {
                if (Uses(List[later], declared, model, cancellationToken))
                {
                    last = later;
                }
            }
        }

        return new StatementRange(List, FirstIndex, last);
    }

    /// <summary>The nodes of these statements that run as part of them: no lambdas and no local functions.</summary>
    public IEnumerable<SyntaxNode> NodesOfThisFunction() =>
        Statements.SelectMany(statement => statement.DescendantNodesAndSelf(node => !IsFunction(node) || node == statement))
            .Where(node => !IsFunction(node));

    /// <summary>All nodes of these statements.</summary>
    public IEnumerable<SyntaxNode> Nodes() => Statements.SelectMany(statement => statement.DescendantNodesAndSelf());

    internal static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax or AccessorDeclarationSyntax;

    private static SyntaxList<StatementSyntax>? ListOf(StatementSyntax statement) => statement.Parent switch
    {
        BlockSyntax block => block.Statements,
        SwitchSectionSyntax section => section.Statements,
        _ => null,
    };

    /// <summary>Whether it stands alone where a block could stand; the "if" of an "else if" and what has a label belong to the statement around.</summary>
    private static bool IsBody(StatementSyntax statement) =>
        statement is not BlockSyntax
        && statement.Parent is StatementSyntax or ElseClauseSyntax
        && statement is not IfStatementSyntax { Parent: ElseClauseSyntax }
        && statement.Parent is not LabeledStatementSyntax;

    private static ISymbol[] DeclaredIn(StatementSyntax statement, SemanticModel model, CancellationToken cancellationToken)
    {
        if (statement is LocalFunctionStatementSyntax function)
        {
            return model.GetDeclaredSymbol(function, cancellationToken) is { } symbol ? [symbol] : [];
        }

        return model.AnalyzeDataFlow(statement) is { Succeeded: true } flow ? flow.VariablesDeclared.ToArray() : [];
    }

    private static bool Uses(StatementSyntax statement, ISymbol[] symbols, SemanticModel model, CancellationToken cancellationToken) =>
        symbols.Length > 0
        && statement.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name =>
            symbols.Any(symbol => symbol.Name == name.Identifier.ValueText)
            && symbols.Contains(model.GetSymbolInfo(name, cancellationToken).Symbol, SymbolEqualityComparer.Default));
}

using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Vmemmap.CodeFixes.Pages;

namespace Vmemmap.CodeFixes.Restoring;

/// <summary>Puts statements into a scope.</summary>
internal sealed class ScopeBlock
{
    /// <summary>On what was made here, so that the fix of the next statement joins it; its data is the call that restores.</summary>
    private const string MadeHere = "Vmemmap.RestoredScope";

    private readonly StatementRange _range;
    private readonly RestoredPage _page;
    private readonly IReadOnlyCollection<TailSource> _accesses;
    private readonly string _unit;

    /// <param name="range">The statements.</param>
    /// <param name="page">The huge page.</param>
    /// <param name="accesses">What becomes an access to the scope; none if the scope needs no name.</param>
    /// <param name="unit">One step of indentation.</param>
    public ScopeBlock(StatementRange range, RestoredPage page, IReadOnlyCollection<TailSource> accesses, string unit)
    {
        _range = range;
        _page = page;
        _accesses = accesses;
        _unit = unit;
    }

    /// <summary>Whether code is in a scope of a huge page that was made here.</summary>
    public static bool IsIn(SyntaxNode access, RestoredPage page) => access.Ancestors()
        .TakeWhile(node => !StatementRange.IsFunction(node))
        .Any(node => node.GetAnnotations(MadeHere).Any(annotation => annotation.Data == page.Call));

    public SyntaxNode In(SyntaxNode root, SemanticModel model)
    {
        if (_range.IsEmbedded)
        {
            string name = ScopeName.At(_range.First, model);
            UsingStatementSyntax alone = Scope(name, Statements(name, false)).WithoutTrivia();
            SyntaxTriviaList end = _range.First.GetTrailingTrivia();
            BlockSyntax braces = SyntaxFactory.Block(alone)
                .WithLeadingTrivia(_range.First.GetLeadingTrivia())
                .WithTrailingTrivia(end.Any(SyntaxKind.EndOfLineTrivia) ? [NewLine()] : default(SyntaxTriviaList))
                .WithAdditionalAnnotations(Formatter.Annotation);
            return root.ReplaceNode(_range.First, braces);
        }

        List<StatementSyntax> list = _range.List.ToList();
        int first = _range.FirstIndex;
        list.RemoveRange(first, _range.LastIndex - first + 1);
        if (Previous() is { } previous)
        {
            list[first - 1] = Joined(previous);
        }
        else
        {
            list.Insert(first, Alone(ScopeName.At(_range.First, model)));
        }

        return _range.First.Parent switch
        {
            BlockSyntax block => root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(list))),
            SwitchSectionSyntax section => root.ReplaceNode(section, section.WithStatements(SyntaxFactory.List(list))),
            _ => root,
        };
    }

    private UsingStatementSyntax? Previous() =>
        _range.FirstIndex > 0
        && _range.List[_range.FirstIndex - 1] is UsingStatementSyntax { Declaration: var declaration, Statement: BlockSyntax } previous
        && previous.GetAnnotations(MadeHere).Any(annotation => annotation.Data == _page.Call)
        && (declaration is not null || _accesses.Count == 0)
            ? previous
            : null;

    private UsingStatementSyntax Joined(UsingStatementSyntax previous)
    {
        var block = (BlockSyntax)previous.Statement;
        string name = previous.Declaration?.Variables[0].Identifier.ValueText ?? string.Empty;
        return previous.WithStatement(block.AddStatements(Statements(name, true).ToArray()));
    }

    private UsingStatementSyntax Alone(string name)
    {
        SyntaxTriviaList leading = _range.First.GetLeadingTrivia();
        UsingStatementSyntax scope = Scope(name, Statements(name, true));
        bool startsLine = _range.First.GetFirstToken().GetPreviousToken().TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia)
            || leading.Any(SyntaxKind.EndOfLineTrivia);
        if (!startsLine)
        {
            bool isAfterAnother = _range.FirstIndex > 0;
            return scope.WithLeadingTrivia(isAfterAnother ? leading.Insert(0, NewLine()) : leading).WithAdditionalAnnotations(Formatter.Annotation);
        }

        // What is said before the statement stays before what it has become.
        string indent = leading.LastOrDefault() is { RawKind: (int)SyntaxKind.WhitespaceTrivia } whitespace ? whitespace.ToFullString() : string.Empty;
        var block = (BlockSyntax)scope.Statement;
        StatementSyntax first = block.Statements[0];
        block = block.WithStatements(block.Statements.Replace(first, first.WithLeadingTrivia(SyntaxFactory.Whitespace(indent + _unit))));
        return scope
            .WithStatement(block
                .WithOpenBraceToken(block.OpenBraceToken.WithLeadingTrivia(SyntaxFactory.Whitespace(indent)).WithAdditionalAnnotations(Formatter.Annotation))
                .WithCloseBraceToken(block.CloseBraceToken.WithLeadingTrivia(SyntaxFactory.Whitespace(indent)).WithAdditionalAnnotations(Formatter.Annotation)))
            .WithLeadingTrivia(leading);
    }

    private UsingStatementSyntax Scope(string name, IEnumerable<StatementSyntax> statements)
    {
        string header = _accesses.Count == 0 ? _page.Call : "var " + name + " = " + _page.Call;
        SyntaxTrivia newLine = NewLine();
        var scope = (UsingStatementSyntax)SyntaxFactory.ParseStatement("using (" + header + ") { }");
        SyntaxTriviaList end = _range.Last.GetTrailingTrivia();
        BlockSyntax block = SyntaxFactory.Block(statements)
            .WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(newLine))
            .WithCloseBraceToken(SyntaxFactory.Token(SyntaxKind.CloseBraceToken)
                .WithTrailingTrivia(end.Any(SyntaxKind.EndOfLineTrivia) ? SyntaxFactory.TriviaList(newLine) : default));
        return scope
            .WithCloseParenToken(scope.CloseParenToken.WithTrailingTrivia(newLine))
            .WithStatement(block)
            .WithAdditionalAnnotations(new SyntaxAnnotation(MadeHere, _page.Call));
    }

    private IEnumerable<StatementSyntax> Statements(string name, bool areMoved)
    {
        foreach (StatementSyntax statement in _range.Statements)
        {
            // Of statements in one line each gets its own.
            SyntaxTriviaList end = statement.GetTrailingTrivia();
            bool endsLine = end.Any(SyntaxKind.EndOfLineTrivia);
            SyntaxToken token = statement.GetFirstToken();
            bool startsLine = token.GetPreviousToken().TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia);
            StatementSyntax changed = areMoved ? Indented.Of(Rewritten(statement, name), _unit, startsLine) : Rewritten(statement, name);
            if (!startsLine)
            {
                changed = changed.WithAdditionalAnnotations(Formatter.Annotation);
            }

            yield return endsLine
                ? changed
                : changed.WithTrailingTrivia(end.Reverse().SkipWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse().Append(NewLine()));
        }
    }

    private StatementSyntax Rewritten(StatementSyntax statement, string name)
    {
        Dictionary<SyntaxNode, int> indexes = _accesses
            .Where(access => statement.Span.Contains(access.Syntax.Span))
            .ToDictionary(access => (SyntaxNode)access.Syntax, access => access.IndexOrdinal);
        return statement.ReplaceNodes(indexes.Keys, (original, rewritten) => InScope((ExpressionSyntax)rewritten, indexes[original], name));
    }

    private static ElementAccessExpressionSyntax InScope(ExpressionSyntax access, int index, string name)
    {
        BaseArgumentListSyntax arguments = TailSource.ArgumentsOf(access)!;
        ArgumentSyntax argument = arguments.Arguments[index].WithNameColon(null);
        return SyntaxFactory.ElementAccessExpression(
            SyntaxFactory.IdentifierName(name).WithLeadingTrivia(access.GetLeadingTrivia()),
            SyntaxFactory.BracketedArgumentList(SyntaxFactory.SingletonSeparatedList(argument)).WithTrailingTrivia(access.GetTrailingTrivia()));
    }

    /// <summary>As lines of this file end.</summary>
    private SyntaxTrivia NewLine() => _range.First.SyntaxTree.GetRoot().DescendantTrivia()
        .FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)) is { RawKind: not (int)SyntaxKind.None } line
            ? line
            : SyntaxFactory.ElasticCarriageReturnLineFeed;
}

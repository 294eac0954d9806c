using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Accesses that were found.</summary>
internal sealed partial class Transfer
{
    /// <summary>An access to one struct page, or to one that is lost.</summary>
    private void Record(AccessKind kind, Value? value, IOperation operation, string? what = null)
    {
        if (_record is null || _state.IsUnreachable)
        {
            return;
        }

        switch (value)
        {
            case Place place:
                PageStates states = _state.StatesOf(place.Origin.Page);
                Verdict verdict = kind == AccessKind.WriteCopy
                    ? Verdict.Must
                    : Judgement.OfPlace(place, states);
                _record(Describe(new TailAccess(kind, verdict, operation.Syntax), place.Origin, place.Index.Range.Intersect(Interval.NotNegative), states, what));
                break;
            case PageRange range:
                Record(kind, range, operation, isWhole: true, what);
                break;
            case Lost:
                _record(new TailAccess(kind, Verdict.Unknown, operation.Syntax) { What = what ?? Text(operation.Syntax) });
                break;
            default:
                break;
        }
    }

    /// <summary>An access to several struct pages.</summary>
    private void Record(AccessKind kind, PageRange range, IOperation operation, bool isWhole, string? what = null)
    {
        if (_record is null || _state.IsUnreachable)
        {
            return;
        }

        PageStates states = _state.StatesOf(range.Origin.Page);
        Verdict verdict = Judgement.OfRange(range, states, isWhole);
        _record(Describe(new TailAccess(kind, verdict, operation.Syntax), range.Origin, range.Reach.Intersect(Interval.NotNegative), states, what));
    }

    private void RecordPage(AccessKind kind, int id, IOperation operation, SyntaxNode? page, string? what = null)
    {
        if (_record is null || _state.IsUnreachable || id <= PageIds.Marked)
        {
            return;
        }

        PageStates states = _state.StatesOf(id);
        Verdict verdict = kind == AccessKind.UsePage ? Judgement.OfDissolved(states) : Judgement.OfRestoredOnly(states);
        _record(new TailAccess(kind, verdict, operation.Syntax)
        {
            What = what ?? Text(operation.Syntax),
            States = states,
            Page = page is null ? null : Text(page),
        });
    }

    private TailAccess Describe(TailAccess access, Origin origin, Interval index, PageStates states, string? what)
    {
        access.What = what ?? Text(access.Syntax);
        access.Index = index.High >= int.MaxValue - 1 ? new Interval(index.Low, long.MaxValue) : index;
        access.Tail = origin.Tail;
        access.States = states;
        access.Source = origin.Source;
        access.SourceSyntax = origin.Syntax;
        access.Page = PageText(origin.Syntax);
        access.IsToldAlready = origin.IsTold;
        return access;
    }

    // The handle in "page.Unchecked(5)": what stands before the member.
    private static string? PageText(SyntaxNode? source) => source switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Expression.ToString(),
        ElementAccessExpressionSyntax element => element.Expression.ToString(),
        MemberAccessExpressionSyntax member => member.Expression.ToString(),
        _ => null,
    };

    // Code as a message shows it: one line, not too long.
    private static string Text(SyntaxNode syntax)
    {
        string text = syntax.ToString();
        int end = text.IndexOfAny(new[] { '\r', '\n' });
        text = end >= 0 ? text.Substring(0, end) + "…" : text;
        return text.Length > 80 ? text.Substring(0, 79) + "…" : text;
    }
}

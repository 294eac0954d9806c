using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What is known where two paths meet.</summary>
internal sealed partial class FlowState
{
    /// <summary>Where two paths meet.</summary>
    /// <param name="other">What is known on the other path.</param>
    /// <param name="ids">Numbers of huge pages.</param>
    /// <param name="block">Where they meet.</param>
    public FlowState Join(FlowState other, PageIds ids, object block)
    {
        if (IsUnreachable || other.IsUnreachable)
        {
            return (IsUnreachable ? other : this).Clone();
        }

        var joined = new FlowState();
        foreach (KeyValuePair<int, PageStates> page in _pages)
        {
            joined._pages[page.Key] = page.Value;
        }

        foreach (KeyValuePair<int, PageStates> page in other._pages)
        {
            joined._pages[page.Key] = joined._pages.TryGetValue(page.Key, out PageStates states) ? states | page.Value : page.Value;
        }

        var renamed = new HashSet<int>();
        foreach (KeyValuePair<object, Value> pair in _values)
        {
            if (!other._values.TryGetValue(pair.Key, out Value? theirs))
            {
                joined.KeepUnread(pair, this, other, ids);
                continue;
            }

            Value mine = pair.Value;
            int a = ValuePages.Of(mine);
            int b = ValuePages.Of(theirs);
            if (a > PageIds.Marked && b > PageIds.Marked && a != b)
            {
                int own = ids.Like(a, block, pair.Key);
                joined._pages[own] = StatesOf(a) | other.StatesOf(b);
                renamed.Add(own);
                mine = ValuePages.Renamed(mine, a, own);
                theirs = ValuePages.Renamed(theirs, b, own);
            }

            joined[pair.Key] = (mine, theirs) switch
            {
                (Number x, Number y) when x != y => JoinNumbers(x, y, other, joined, ids),
                (Outcome told, Truth truth) => Joined(told, truth, other),
                (Truth truth, Outcome told) => Joined(told, truth, this),
                _ => ValueJoin.Of(mine, theirs),
            };
        }

        foreach (KeyValuePair<object, Value> pair in other._values)
        {
            if (!_values.ContainsKey(pair.Key))
            {
                joined.KeepUnread(pair, other, this, ids);
            }
        }

        foreach (int own in renamed)
        {
            // What was counted of a huge page that had the number in an earlier round says nothing of this one.
            foreach (object key in joined._values.Keys.ToList())
            {
                joined._values[key] = ValuePages.WithoutBounds(joined._values[key], own);
            }
        }

        Separate(joined, renamed, ids, block);
        joined.Changes = Math.Max(Changes, other.Changes);
        joined.Transitions = Math.Max(Transitions, other.Transitions);
        joined._paths = Math.Max(_paths, other._paths);
        return joined;
    }

    // A huge page that only one path has looked at is the one that the other would have found there.
    private void KeepUnread(KeyValuePair<object, Value> pair, FlowState having, FlowState lacking, PageIds ids)
    {
        if (pair.Value is Truth truth)
        {
            this[pair.Key] = having.Implied(truth, lacking);
            return;
        }

        if (pair.Value is Number number && pair.Key is ISymbol)
        {
            // Any number, on the path that did not look at it; which may be right there all the same.
            Number joined = having.JoinNumbers(number, new Number(Interval.All), lacking, this, ids);
            this[pair.Key] = joined.Bound.IsEmpty ? null : joined;
            return;
        }

        if (pair.Value is Handle handle && (pair.Key is ISymbol or AccessPath) && ids.Of(pair.Key) == handle.Id)
        {
            this[pair.Key] = handle;
            _pages[handle.Id] |= PageStates.Full;
        }
    }

    // "c ? 64 : page.Count" never exceeds what may be written if c says that it is optimized: each half for a reason of its own.
    private Number JoinNumbers(Number mine, Number theirs, FlowState other, FlowState joined, PageIds ids)
    {
        Number number = ValueJoin.Numbers(mine, theirs);
        foreach (KeyValuePair<int, PageStates> page in joined._pages)
        {
            if (page.Key <= PageIds.Marked || number.Below.Contains(page.Key))
            {
                continue;
            }

            if (IsBelow(mine, page.Key, ids) && other.IsBelow(theirs, page.Key, ids))
            {
                number = number with { Below = number.Below.Union(PageSet.Of(page.Key)) };
            }
            else if (IsAtMost(mine, page.Key, ids) && other.IsAtMost(theirs, page.Key, ids))
            {
                number = number with { AtMost = number.AtMost.Union(PageSet.Of(page.Key)) };
            }
        }

        return number;
    }

    // "!page.IsOptimized && c": false where it is optimized, so it is not where this is true.
    private Outcome? Implied(Truth truth, FlowState other)
    {
        foreach (KeyValuePair<int, PageStates> page in other._pages)
        {
            PageStates here = StatesOf(page.Key);
            if (here != page.Value && page.Key > PageIds.Marked)
            {
                return truth.IsTrue
                    ? new Outcome(page.Key, here | page.Value, page.Value, IsChange: false)
                    : new Outcome(page.Key, page.Value, here | page.Value, IsChange: false);
            }
        }

        return null;
    }

    private bool IsBelow(Number number, int id, PageIds ids) =>
        number.Below.Contains(id) || number.Range.High < ids.TailOf(id).Lowest || (StatesOf(id) & PageStates.Optimized) == 0;

    private bool IsAtMost(Number number, int id, PageIds ids) =>
        number.Bound.Contains(id) || number.Range.High <= ids.TailOf(id).Lowest || (StatesOf(id) & PageStates.Optimized) == 0;

    // "c && !page.IsOptimized": true only by way of the answer, false either way.
    private static Outcome Joined(Outcome told, Truth truth, FlowState known) => truth.IsTrue
        ? told with { OnSuccess = told.OnSuccess | known.StatesOf(told.Id) }
        : told with { OnFailure = told.OnFailure | known.StatesOf(told.Id) };

    // A copy of what was renamed just now is another huge page: the one of the path before.
    private static void Separate(FlowState joined, HashSet<int> renamed, PageIds ids, object block)
    {
        if (renamed.Count == 0)
        {
            return;
        }

        foreach (object key in joined._values.Keys.ToList())
        {
            int id = ValuePages.Of(joined._values[key]);
            if (renamed.Contains(id) && id != ids.Of(block, key))
            {
                int own = ids.Like(id, block, key);
                joined._pages[own] = joined._pages[id];
                joined._values[key] = ValuePages.Renamed(joined._values[key], id, own);
            }
        }
    }
}

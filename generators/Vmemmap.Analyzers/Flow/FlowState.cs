using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What is known at a point of a method: values of variables, and states of huge pages.</summary>
internal sealed partial class FlowState
{
    private readonly Dictionary<object, Value> _values;
    private readonly Dictionary<int, PageStates> _pages;

    // How often a path or a link was set: most methods have none to look for.
    private int _paths;

    public FlowState()
        : this(new Dictionary<object, Value>(VariableComparer.Instance), new Dictionary<int, PageStates>())
    {
    }

    private FlowState(Dictionary<object, Value> values, Dictionary<int, PageStates> pages)
    {
        _values = values;
        _pages = pages;
    }

    /// <summary>Whether the point cannot be reached, as far as numbers and states tell.</summary>
    public bool IsUnreachable { get; private set; }

    /// <summary>Counts changes of states: what was read before one may no longer hold.</summary>
    public int Changes { get; private set; }

    /// <summary>Counts those that the code made itself, and did not leave to others.</summary>
    public int Transitions { get; private set; }

    public FlowState Clone() => new(new Dictionary<object, Value>(_values, VariableComparer.Instance), new Dictionary<int, PageStates>(_pages))
    {
        IsUnreachable = IsUnreachable,
        Changes = Changes,
        Transitions = Transitions,
        _paths = _paths,
    };

    public void MakeUnreachable() => IsUnreachable = true;

    /// <summary>The value of a local, parameter, field of this or captured value; null if nothing is known.</summary>
    public Value? this[object key]
    {
        get => _values.TryGetValue(key, out Value? value) ? value : null;
        set
        {
            if (value is null)
            {
                _values.Remove(key);
            }
            else
            {
                _paths += key is AccessPath || value is Link ? 1 : 0;
                _values[key] = value;
            }
        }
    }

    /// <summary>A variable holds something else now: what was reached through it is gone.</summary>
    public void ForgetPathsOf(ISymbol variable)
    {
        if (_paths == 0)
        {
            return;
        }

        Forget(key => (key is AccessPath path && SymbolEqualityComparer.Default.Equals(path.Variable, variable))
            || (_values[key] is Link link && link.Variable.Equals(variable)));
    }

    /// <summary>A field or property of something was written: which variables lead to it is not known.</summary>
    public void ForgetMember(ISymbol member)
    {
        _values.Remove(member);
        if (_paths > 0)
        {
            Forget(key => key is AccessPath path && SymbolEqualityComparer.Default.Equals(path.Member, member));
        }
    }

    /// <summary>Forgets some variables.</summary>
    /// <param name="isForgotten">Which.</param>
    /// <returns>Whether there were any.</returns>
    public bool Forget(Func<object, bool> isForgotten)
    {
        List<object>? forgotten = null;
        foreach (object key in _values.Keys)
        {
            if (isForgotten(key))
            {
                (forgotten ??= new List<object>()).Add(key);
            }
        }

        if (forgotten is null)
        {
            return false;
        }

        foreach (object key in forgotten)
        {
            _values.Remove(key);
        }

        return true;
    }

    /// <summary>The states in which a huge page can be.</summary>
    public PageStates StatesOf(int id) =>
        id == PageIds.Marked ? PageStates.Optimized : _pages.TryGetValue(id, out PageStates states) ? states : PageStates.Full;

    /// <summary>A handle that appears: nothing is known of its huge page. Who held one of the same place of the code before keeps it under another number.</summary>
    public Handle Appear(PageIds ids, object site)
    {
        int id = ids.Of(site);
        PageStates old = StatesOf(id);
        foreach (object key in _values.Keys.ToList())
        {
            Value value = _values[key];
            if (ValuePages.Of(value) == id)
            {
                int own = ids.Like(id, site, key);
                _values[key] = ValuePages.Renamed(value, id, own);
                _pages[own] = old;
            }
            else
            {
                _values[key] = ValuePages.WithoutBounds(value, id);
            }
        }

        _pages[id] = PageStates.Full;
        return new Handle(id);
    }

    /// <summary>A check told the state: nothing has changed.</summary>
    public void Learn(int id, PageStates states)
    {
        if (id == PageIds.Marked)
        {
            return;
        }

        _pages[id] = states;
        IsUnreachable |= states == PageStates.None;
    }

    /// <summary>The code changed the state. Another handle may be the same huge page.</summary>
    /// <param name="id">The huge page; <see cref="PageIds.None"/> if it cannot be followed.</param>
    /// <param name="states">The states now.</param>
    public void Change(int id, PageStates states)
    {
        foreach (int other in _pages.Keys.ToList())
        {
            if (other != id)
            {
                _pages[other] |= states & ~PageStates.Dissolved;
            }
        }

        if (id > PageIds.Marked)
        {
            _pages[id] = states;
        }

        ForgetBounds(static _ => false);
        foreach (object key in _values.Keys.ToList())
        {
            _values[key] = ValuePages.AfterChange(_values[key], id);
        }

        Transitions++;

        Changes++;
    }

    /// <summary>Code that is not followed may have changed any huge page. A dissolved one stays dissolved.</summary>
    public void Reset(Func<object, bool> isShared)
    {
        foreach (int id in _pages.Keys.ToList())
        {
            _pages[id] = _pages[id] == PageStates.Dissolved ? PageStates.Dissolved : PageStates.Full | (_pages[id] & PageStates.Dissolved);
        }

        ForgetBounds(isShared);
        Changes++;
    }

    /// <summary>Forgets variables that nobody reads any more, and huge pages that nobody holds.</summary>
    public void Keep(Func<object, bool> isLive)
    {
        if (!Forget(key => !isLive(key)))
        {
            return;
        }

        var held = new HashSet<int>(_values.Values.Select(ValuePages.Of));
        foreach (int id in _pages.Keys.ToList())
        {
            if (!held.Contains(id))
            {
                _pages.Remove(id);
            }
        }
    }

    /// <summary>Variables that go out of scope.</summary>
    public void Leave(ImmutableArray<ILocalSymbol> locals, ImmutableArray<CaptureId> captures)
    {
        foreach (ILocalSymbol local in locals)
        {
            _values.Remove(local);
        }

        foreach (CaptureId capture in captures)
        {
            _values.Remove(capture);
        }
    }

    /// <summary>Gives up bounds that keep growing, so that a loop comes to rest.</summary>
    /// <param name="old">What was known before.</param>
    /// <param name="compared">Numbers that a variable is compared with; null of one that is compared with none.</param>
    /// <returns>Whether a bound was given up altogether.</returns>
    public bool Widen(FlowState old, Func<object, SortedSet<long>?> compared)
    {
        bool gaveUp = false;
        foreach (object key in _values.Keys.ToList())
        {
            if (old[key] is { } before)
            {
                Value widened = Widening.Of(before, _values[key], compared(key));
                gaveUp |= !widened.Equals(_values[key]) && (widened is not Number number || number.Range.High == long.MaxValue || number.Range.Low == long.MinValue);
                _values[key] = widened;
            }
        }

        return gaveUp;
    }

    public bool IsSame(FlowState other)
    {
        if (_values.Count != other._values.Count || _pages.Count != other._pages.Count || IsUnreachable != other.IsUnreachable)
        {
            return false;
        }

        foreach (KeyValuePair<object, Value> pair in _values)
        {
            if (!other._values.TryGetValue(pair.Key, out Value? theirs) || !pair.Value.Equals(theirs))
            {
                return false;
            }
        }

        foreach (KeyValuePair<int, PageStates> page in _pages)
        {
            if (!other._pages.TryGetValue(page.Key, out PageStates theirs) || page.Value != theirs)
            {
                return false;
            }
        }

        return true;
    }

    // What was said of states, and bounds that hang on them.
    private void ForgetBounds(Func<object, bool> isShared)
    {
        foreach (object key in _values.Keys.ToList())
        {
            Value value = _values[key];
            if (value is Outcome || isShared(key))
            {
                _values.Remove(key);
            }
            else
            {
                _values[key] = ValuePages.WithoutBounds(value, PageIds.None);
            }
        }
    }
}

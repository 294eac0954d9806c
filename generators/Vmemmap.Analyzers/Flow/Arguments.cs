using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.Analyzers.Flow;

/// <summary>The values of a call's arguments.</summary>
internal sealed class Arguments
{
    private readonly ImmutableArray<IArgumentOperation> _arguments;
    private readonly Value?[] _values;

    private Arguments(ImmutableArray<IArgumentOperation> arguments, Value?[] values)
    {
        _arguments = arguments;
        _values = values;
    }

    /// <summary>The one huge page among them, for a member that belongs to no handle; null if there is none, or several.</summary>
    public int? OnlyPage
    {
        get
        {
            List<int> pages = _values.OfType<Handle>().Select(h => h.Id).ToList();
            return pages.Count == 1 ? pages[0] : null;
        }
    }

    public Value? this[IArgumentOperation argument] => _values[_arguments.IndexOf(argument)];

    public static Arguments Of(ImmutableArray<IArgumentOperation> arguments, Func<IOperation, Value?> evaluate)
    {
        var values = new Value?[arguments.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = evaluate(arguments[i].Value);
        }

        return new Arguments(arguments, values);
    }

    /// <summary>The value of a parameter's argument; null if there is none.</summary>
    public Value? At(int ordinal)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            if (_arguments[i].Parameter?.Ordinal == ordinal)
            {
                return _values[i];
            }
        }

        return null;
    }

    public Interval NumberAt(int ordinal, Interval otherwise) => At(ordinal) is Number number ? number.Range : otherwise;

    /// <summary>Which struct page a marked member is asked for: the parameter that the mark names, or the only integer.</summary>
    public Number? IndexOf(AttributeData mark, MarkReader marks)
    {
        string? name = mark.NamedArguments.FirstOrDefault(named => named.Key == "Index").Value.Value as string;
        Number? only = null;
        for (int i = 0; i < _values.Length; i++)
        {
            if (_arguments[i].Parameter is not { } parameter || (name is null ? !TypeRanges.TryOf(parameter.Type, out _) : parameter.Name != name))
            {
                continue;
            }

            if (only is not null)
            {
                return null;
            }

            only = _values[i] as Number ?? new Number(Interval.NotNegative);
        }

        return only;
    }
}

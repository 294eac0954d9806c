using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Compares what values are known by. Locals and parameters are one object each in a compilation, and are most of them.</summary>
internal sealed class VariableComparer : IEqualityComparer<object>
{
    public static readonly VariableComparer Instance = new();

    public new bool Equals(object? left, object? right) =>
        ReferenceEquals(left, right) || (left is not (null or ILocalSymbol or IParameterSymbol) && left.Equals(right));

    public int GetHashCode(object key) => key is ILocalSymbol or IParameterSymbol ? RuntimeHelpers.GetHashCode(key) : key.GetHashCode();
}

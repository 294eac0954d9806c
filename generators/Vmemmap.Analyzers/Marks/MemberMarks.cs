using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Marks;

/// <summary>What the attributes say of a method, property or field.</summary>
internal sealed class MemberMarks
{
    public static readonly MemberMarks None = new(null, PageStates.None, false, false, ImmutableArray<ParameterMarks>.Empty);

    public MemberMarks(
        AttributeData? tail, PageStates state, bool isRestoredOnly, bool isWritableCount, ImmutableArray<ParameterMarks> parameters)
    {
        Tail = tail;
        State = state;
        IsRestoredOnly = isRestoredOnly;
        IsWritableCount = isWritableCount;
        Parameters = parameters;
    }

    /// <summary>[ReadOnlyTail] of the member, its return value or its type; null if it hands out no struct pages.</summary>
    public AttributeData? Tail { get; }

    /// <summary>[VmemmapState]: what a property tells, or what a method brings its instance into; none if it has none.</summary>
    public PageStates State { get; }

    /// <summary>[RestoredOnly].</summary>
    public bool IsRestoredOnly { get; }

    /// <summary>[WritableCount].</summary>
    public bool IsWritableCount { get; }

    /// <summary>Marks of the parameters; empty if none has any.</summary>
    public ImmutableArray<ParameterMarks> Parameters { get; }

    /// <summary>Whether code that uses the member is worth following.</summary>
    public bool IsInteresting => Tail is not null || IsRestoredOnly || State != PageStates.None || !Parameters.IsEmpty;

    public ParameterMarks ParameterAt(int ordinal) => Parameters.IsEmpty ? default : Parameters[ordinal];
}

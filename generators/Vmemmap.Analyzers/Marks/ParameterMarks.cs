using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Marks;

/// <summary>What the attributes say of a parameter.</summary>
internal readonly struct ParameterMarks
{
    public ParameterMarks(AttributeData? tail, PageStates state, bool isRestoredOnly)
    {
        Tail = tail;
        State = state;
        IsRestoredOnly = isRestoredOnly;
    }

    public AttributeData? Tail { get; }

    public PageStates State { get; }

    public bool IsRestoredOnly { get; }

    public bool HasAny => Tail is not null || IsRestoredOnly || State != PageStates.None;
}

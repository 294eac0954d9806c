using Microsoft.CodeAnalysis.FlowAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What is known of a value at a point of the code. Nothing known is null.</summary>
internal abstract record Value;

/// <summary>An integer, with what is known of it beside its interval: see <see cref="PageIds"/> for the numbers of huge pages.</summary>
/// <param name="Range">The numbers that it can be.</param>
/// <param name="AtMost">Huge pages whose count of writable struct pages it does not exceed.</param>
/// <param name="Below">Huge pages whose count of writable struct pages it is less than: an index that may be written.</param>
internal sealed record Number(Interval Range, PageSet AtMost = default, PageSet Below = default) : Value
{
    /// <summary>Huge pages whose count of writable struct pages it does not exceed, or is less than.</summary>
    public PageSet Bound => Below.Union(AtMost);
}

/// <summary>A handle to a huge page.</summary>
/// <param name="Id">The huge page.</param>
internal sealed record Handle(int Id) : Value;

/// <summary>Something taken from a handle: a view of its struct pages, or the scope in which it is restored.</summary>
/// <param name="Id">The huge page.</param>
/// <param name="IsScope">Whether its Dispose ends a state.</param>
/// <param name="IsStale">Whether the state has changed since: a view has counted before what may be written.</param>
internal sealed record View(int Id, bool IsScope, bool IsStale = false) : Value;

/// <summary>A reference to a struct page, or into one.</summary>
/// <param name="Origin">Where it was taken from.</param>
/// <param name="Index">Which struct page.</param>
/// <param name="IsReadOnly">Whether the compiler lets nobody write through it.</param>
/// <param name="IsPartial">Whether on some paths it is something else, which is not followed.</param>
internal sealed record Place(Origin Origin, Number Index, bool IsReadOnly, bool IsPartial = false) : Value;

/// <summary>A reference to what is not followed: a variable, an array, another struct page.</summary>
internal sealed record Elsewhere : Value
{
    public static readonly Elsewhere Value = new();
}

/// <summary>Struct pages next to each other: a span, an array, or a pointer to the first of them.</summary>
/// <param name="Origin">Where they were taken from.</param>
/// <param name="First">Index of the first.</param>
/// <param name="Length">How many.</param>
/// <param name="IsReadOnly">Whether the compiler lets nobody write through it.</param>
/// <param name="Limit">What no index reaches, however the first and the length fall together.</param>
/// <param name="Within">Huge page of whose writable struct pages it is a part; <see cref="PageIds.None"/> if that is not known.</param>
internal sealed record PageRange(
    Origin Origin, Interval First, Interval Length, bool IsReadOnly, long Limit = long.MaxValue, int Within = PageIds.None) : Value
{
    /// <summary>Every index it can reach.</summary>
    public Interval Reach => new(First.Low, Limit < First.Plus(Length).High ? Limit - 1 : Last.High);

    /// <summary>The last index, if all of it is touched.</summary>
    public Interval Last => First.Plus(Length).Plus(Interval.Of(-1));
}

/// <summary>The result of what changes or tells a huge page's state: true, or 0 of an enum, where it is in that state.</summary>
/// <param name="Id">The huge page.</param>
/// <param name="OnSuccess">The state then.</param>
/// <param name="OnFailure">The states otherwise.</param>
/// <param name="IsChange">Whether something was done; else it was only asked.</param>
internal sealed record Outcome(int Id, PageStates OnSuccess, PageStates OnFailure, bool IsChange) : Value;

/// <summary>A struct page of a huge page, but which one and whose can no longer be followed.</summary>
internal sealed record Lost : Value
{
    public static readonly Lost Track = new();
}

/// <summary>Of a captured value: the variable that it was read from, as long as that is not written.</summary>
/// <param name="Variable">A local, parameter or path.</param>
internal sealed record Link(object Variable) : Value;

/// <summary>The key of the <see cref="Link"/> of a captured value.</summary>
/// <param name="Capture">The capture.</param>
internal sealed record LinkKey(CaptureId Capture);

/// <summary>A bool that is known.</summary>
/// <param name="IsTrue">Which.</param>
internal sealed record Truth(bool IsTrue) : Value;

/// <summary>What <c>page?.IsOptimized</c> gives where there is no page, whose struct pages nobody can write.</summary>
internal sealed record Absent : Value
{
    public static readonly Absent Value = new();
}

using System;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Where a reference to struct pages was taken from.</summary>
/// <param name="Page">The huge page; <see cref="PageIds.Marked"/> if it has no states.</param>
/// <param name="Tail">From where on it is read-only.</param>
/// <param name="Source">The marked member.</param>
/// <param name="Syntax">The expression.</param>
/// <param name="IsTold">Whether a warning was given already that it left what is watched.</param>
/// <param name="IsScoped">Whether it came from a scope that has not ended. A method that is given the scope is taken not to end it.</param>
internal sealed record Origin(int Page, TailBounds Tail, ISymbol? Source, SyntaxNode? Syntax, bool IsTold = false, bool IsScoped = false)
{
    // Who took it does not matter to where it leads, and must not keep a loop from coming to rest.
    public bool Equals(Origin? other) => other is not null && Page == other.Page && Tail.Equals(other.Tail) && IsTold == other.IsTold && IsScoped == other.IsScoped;

    public override int GetHashCode() => unchecked((Page * 397) ^ Tail.GetHashCode());
}

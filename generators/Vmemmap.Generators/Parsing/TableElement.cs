using System.Collections.Generic;
using System.Linq;

namespace Vmemmap.Tables.Parsing;

/// <summary>An element as it was read, before anything is known to be right about it.</summary>
/// <param name="Name">Its name, with a prefix if it has one.</param>
/// <param name="NameRange">Where the name is.</param>
internal sealed record TableElement(string Name, SourceRange NameRange)
{
    /// <summary>Whether this stands for an element whose own tag could not be read.</summary>
    public bool IsLost { get; init; }

    public List<TableAttribute> Attributes { get; } = [];

    public List<TableElement> Children { get; } = [];

    /// <summary>The value of an attribute, or null if it is not there.</summary>
    public LocatedValue? this[string name] => Attributes.FirstOrDefault(a => a.Name == name)?.Value;
}

/// <summary>An attribute as it was read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="NameRange">Where the name is.</param>
/// <param name="Value">Its value.</param>
internal sealed record TableAttribute(string Name, SourceRange NameRange, LocatedValue Value);

using System;
using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;

namespace Vmemmap.Tables.Parsing;

/// <summary>Collects the mistakes of one file, so that reading goes on and the user sees all of them at once.</summary>
internal sealed class TableErrors(TextLines lines)
{
    /// <summary>Mistakes that are told of one file. Nobody reads more, and a hostile file must not fill the memory.</summary>
    private const int MostTold = 200;

    private readonly List<TableDiagnostic> _all = [];

    /// <summary>Mistakes so far. A caller that remembers it knows later whether what it bound was sound.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the XML broke somewhere, so that something that is referred to may have been lost with it.</summary>
    public bool HasBrokenXml { get; private set; }

    public void Add(string id, SourceRange range, string message)
    {
        HasBrokenXml |= id == TableRules.BrokenXml;
        if (Count++ < MostTold)
        {
            _all.Add(new TableDiagnostic(id, message, lines.Locate(range)));
        }
    }

    public void Add(string id, LocatedValue value, string message) => Add(id, value.Range, message);

    /// <summary>Where a value is, for what is told later than this file is read.</summary>
    public TableLocation Locate(LocatedValue value) => lines.Locate(value.Range);

    /// <summary>All mistakes in the order of the text.</summary>
    public EquatableArray<TableDiagnostic> ToArray() => new(
        _all.OrderBy(d => d.Location.Start).ThenBy(d => d.Id, StringComparer.Ordinal).ThenBy(d => d.Message, StringComparer.Ordinal));
}

using System;
using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>Collects the mistakes of one configuration file, so that all of them are told at once.</summary>
internal sealed class ConfigErrors
{
    /// <summary>Mistakes that are told of one file. Nobody reads more, and a hostile file must not fill the memory.</summary>
    private const int MostTold = 100;

    private readonly List<ConfigDiagnostic> _all = [];

    /// <summary>Whether a mistake was found that leaves the kernel unknown. What is only told does not count.</summary>
    public bool IsFatal { get; private set; }

    /// <summary>Adds one after which there is nothing to emit.</summary>
    public void Add(string id, TableLocation location, string message)
    {
        IsFatal = true;
        Tell(id, location, message);
    }

    /// <summary>Adds one that leaves a meaning, as the kernel's own build gives it.</summary>
    public void Tell(string id, TableLocation location, string message)
    {
        if (_all.Count < MostTold)
        {
            _all.Add(new ConfigDiagnostic(id, message, location));
        }
    }

    /// <summary>All mistakes in the order of the text.</summary>
    public EquatableArray<ConfigDiagnostic> ToArray() => new(
        _all.OrderBy(d => d.Location.Start).ThenBy(d => d.Id, StringComparer.Ordinal).ThenBy(d => d.Message, StringComparer.Ordinal));
}

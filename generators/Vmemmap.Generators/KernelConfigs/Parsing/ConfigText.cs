using System.Collections.Generic;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>What the lines of a configuration say, before anything is made of it.</summary>
internal sealed class ConfigText
{
    private readonly Dictionary<string, ConfigSymbol> _symbols = [];

    /// <summary>The header, or null if there is none.</summary>
    public KernelHeader? Header { get; set; }

    /// <summary>Whether there is any line that sets a symbol.</summary>
    public bool HasSymbols { get; set; }

    /// <summary>The first line, for what is told of the whole file.</summary>
    public TableLocation Top { get; set; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>A symbol, or null if no line sets it.</summary>
    public ConfigSymbol? this[string name] => _symbols.TryGetValue(name, out ConfigSymbol? symbol) ? symbol : null;

    /// <summary>Whether a symbol is on; missing and "is not set" are both off.</summary>
    public bool IsOn(string name) => this[name] is { IsOn: true };

    /// <summary>A symbol's number, or null if no line sets it.</summary>
    public int? NumberOf(string name) => this[name] is { } symbol && Number.TryParse(symbol.Value, out int value) ? value : null;

    /// <summary>Sets a symbol, as the kernel's build does: the last line counts.</summary>
    /// <returns>What was set before, or null.</returns>
    public ConfigSymbol? Set(ConfigSymbol symbol)
    {
        ConfigSymbol? before = this[symbol.Name];
        _symbols[symbol.Name] = symbol;
        return before;
    }
}

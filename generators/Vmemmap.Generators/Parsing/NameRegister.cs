using System;
using System.Collections.Generic;

namespace Vmemmap.Tables.Parsing;

/// <summary>The names of one file: each may be claimed once.</summary>
internal sealed class NameRegister(TableErrors errors)
{
    private readonly HashSet<string> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _architectures = new(StringComparer.Ordinal);

    // The compiler's host keeps one emitted file for names that differ in case only.
    private readonly HashSet<string> _types = new(StringComparer.OrdinalIgnoreCase);

    public bool ClaimEntry(LocatedValue name) => Claim(_entries, name, "an entry format");

    /// <summary>Claims a name or an alias: both are what an architecture is looked up by.</summary>
    public bool ClaimArchitecture(LocatedValue name) => Claim(_architectures, name, "an architecture");

    public bool ClaimType(LocatedValue name) => Claim(_types, name, "a type");

    private bool Claim(HashSet<string> taken, LocatedValue name, string what)
    {
        if (taken.Add(name.Text))
        {
            return true;
        }

        errors.Add(TableRules.Duplicate, name, $"{what} of this file is named '{name}' already; choose another name");
        return false;
    }
}

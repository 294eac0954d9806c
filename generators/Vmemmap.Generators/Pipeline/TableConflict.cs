using System;
using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Pipeline;

/// <summary>A name of an architecture that an architecture of another file has already.</summary>
/// <param name="Path">The file whose architecture is not emitted.</param>
/// <param name="Architecture">The architecture's index in it.</param>
/// <param name="Diagnostic">The mistake, at the name.</param>
internal sealed record TableConflict(string Path, int Architecture, TableDiagnostic Diagnostic)
{
    /// <summary>Finds them all. The file whose path sorts first keeps a name, in whatever order the compiler lists the files.</summary>
    public static EquatableArray<TableConflict> Find(IEnumerable<ParsedTable> tables, TableOptions options)
    {
        // A name is what Find looks up; a type's hint name is compared without case by the compiler's host.
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        Dictionary<string, string> types = new(StringComparer.OrdinalIgnoreCase);
        List<TableConflict> conflicts = [];
        foreach (ParsedTable table in tables.OrderBy(t => t.Path, StringComparer.Ordinal))
        {
            for (int i = 0; i < table.File.Architectures.Count; i++)
            {
                ArchitectureSpec spec = table.File.Architectures[i];
                ArchitectureClaims claims = table.File.Claims[i];
                Claim(names, spec.Name, spec.Name, claims.Name, "an architecture");
                if (spec.Alias.Length > 0)
                {
                    Claim(names, spec.Alias, spec.Alias, claims.Alias, "an architecture");
                }

                Claim(types, new ResolvedArchitecture(spec, options).HintName, spec.TypeName, claims.TypeName, "a type");

                void Claim(Dictionary<string, string> taken, string key, string name, TableLocation location, string what)
                {
                    if (!taken.TryGetValue(key, out string? other))
                    {
                        taken.Add(key, table.Path);
                    }
                    else if (other != table.Path)
                    {
                        string message = $"{what} named '{name}' is in {FileName(other)} already; choose another name";
                        conflicts.Add(new(table.Path, i, new TableDiagnostic(TableRules.Duplicate, message, location)));
                    }
                }
            }
        }

        return new(conflicts);
    }

    // The whole path would make the message differ from machine to machine.
    private static string FileName(string path) => path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
}

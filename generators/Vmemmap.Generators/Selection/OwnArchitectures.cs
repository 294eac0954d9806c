using System.Collections.Generic;
using System.Linq;
using Vmemmap.Generators.Pipeline;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Selection;

/// <summary>What the project's own tables give to select from.</summary>
/// <param name="Sound">The architectures that are emitted.</param>
/// <param name="Lost">Names of those that are not, because their tables have mistakes.</param>
/// <param name="HasBrokenXml">Whether broken XML may have taken names with it.</param>
internal sealed record OwnArchitectures(EquatableArray<KnownArchitecture> Sound, EquatableArray<string> Lost, bool HasBrokenXml)
{
    public static OwnArchitectures Of(
        IEnumerable<ParsedTable> tables, TableOptions options, IReadOnlyCollection<(string Path, int Architecture)> losers)
    {
        List<KnownArchitecture> sound = [];
        List<string> lost = [];
        bool hasBrokenXml = false;
        foreach (ParsedTable table in tables)
        {
            lost.AddRange(table.File.Unbound);
            hasBrokenXml |= table.File.Diagnostics.Any(d => d.Id == TableRules.BrokenXml);
            for (int i = 0; i < table.File.Architectures.Count; i++)
            {
                ArchitectureSpec spec = table.File.Architectures[i];
                if (losers.Contains((table.Path, i)))
                {
                    lost.AddRange([spec.Name, spec.Alias]);
                }
                else
                {
                    sound.Add(Known(new ResolvedArchitecture(spec, options)));
                }
            }
        }

        return new(new(sound), new(lost), hasBrokenXml);
    }

    private static KnownArchitecture Known(ResolvedArchitecture architecture)
    {
        ArchitectureSpec spec = architecture.Spec;
        string space = architecture.Namespace.Length > 0 ? architecture.Namespace + "." : "";
        string hugePage = HugePageBinder.TypeName(spec.Hstates[spec.DefaultHstate].Name);
        return new(spec.Name, spec.Alias, "global::" + space + spec.TypeName, hugePage, "");
    }
}

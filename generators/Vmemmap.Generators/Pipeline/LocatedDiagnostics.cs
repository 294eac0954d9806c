using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Pipeline;

/// <summary>The mistakes of one file, its conflicts with others included.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Diagnostics">The mistakes.</param>
internal sealed record LocatedDiagnostics(string Path, EquatableArray<TableDiagnostic> Diagnostics)
{
    public LocatedDiagnostics(ParsedTable table, IEnumerable<TableConflict> conflicts)
        : this(table.Path, new(table.File.Diagnostics.Concat(conflicts.Where(c => c.Path == table.Path).Select(c => c.Diagnostic))))
    {
    }

    /// <summary>Reports them at their places in the file.</summary>
    public void Report(SourceProductionContext context)
    {
        foreach (TableDiagnostic diagnostic in Diagnostics)
        {
            TableLocation at = diagnostic.Location;
            Location location = Location.Create(
                Path,
                new TextSpan(at.Start, at.Length),
                new LinePositionSpan(new LinePosition(at.StartLine, at.StartColumn), new LinePosition(at.EndLine, at.EndColumn)));
            context.ReportDiagnostic(Diagnostic.Create(TableDescriptors.Of(diagnostic.Id), location, diagnostic.Message));
        }
    }
}

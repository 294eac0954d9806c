using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Generators.KernelConfigs.Parsing;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>The mistakes of one configuration file.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Diagnostics">The mistakes.</param>
internal sealed record LocatedConfigDiagnostics(string Path, EquatableArray<ConfigDiagnostic> Diagnostics)
{
    /// <summary>Reports them at their places in the file.</summary>
    public void Report(SourceProductionContext context)
    {
        foreach (ConfigDiagnostic diagnostic in Diagnostics)
        {
            TableLocation at = diagnostic.Location;
            Location location = Location.Create(
                Path,
                new TextSpan(at.Start, at.Length),
                new LinePositionSpan(new LinePosition(at.StartLine, at.StartColumn), new LinePosition(at.EndLine, at.EndColumn)));
            context.ReportDiagnostic(Diagnostic.Create(ConfigDescriptors.Of(diagnostic.Id), location, diagnostic.Message));
        }
    }
}

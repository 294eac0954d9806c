using System;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Pipeline;

/// <summary>What the project says of types whose table says nothing.</summary>
/// <param name="Namespace">Their namespace; empty for the global one.</param>
/// <param name="Accessibility">"public" or "internal".</param>
internal sealed record TableOptions(string Namespace, string Accessibility)
{
    public static TableOptions Read(AnalyzerConfigOptionsProvider provider)
    {
        string space = Property(provider, "VmemmapTableNamespace");
        return new TableOptions(
            CSharpName.Namespace(space.Length > 0 ? space : Property(provider, "RootNamespace")),
            Property(provider, "VmemmapTableAccessibility").Equals("public", StringComparison.OrdinalIgnoreCase) ? "public" : "internal");
    }

    private static string Property(AnalyzerConfigOptionsProvider provider, string name) =>
        provider.GlobalOptions.TryGetValue("build_property." + name, out string? value) ? value.Trim() : "";
}

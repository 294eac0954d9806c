using System;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Vmemmap.Selection;

/// <summary>What the project says of the architecture to build for.</summary>
/// <param name="Architecture">Name or alias of the architecture; empty if the project selects none.</param>
/// <param name="Alias">What the code calls it.</param>
internal sealed record TargetOptions(string Architecture, string Alias)
{
    private const string DefaultAlias = "Target";

    /// <summary>What the code calls its default huge page size.</summary>
    public string HugePageAlias => Alias + "HugePage";

    /// <summary>Whether the code calls one of the two by that name.</summary>
    public bool IsAlias(string name) =>
        name.StartsWith(Alias, StringComparison.Ordinal) && (name.Length == Alias.Length || name == HugePageAlias);

    public static TargetOptions Read(AnalyzerConfigOptionsProvider provider)
    {
        string alias = Property(provider, "VmemmapTargetAlias");
        return new TargetOptions(Property(provider, "VmemmapArchitecture"), alias.Length > 0 ? alias : DefaultAlias);
    }

    private static string Property(AnalyzerConfigOptionsProvider provider, string name) =>
        provider.GlobalOptions.TryGetValue("build_property." + name, out string? value) ? value.Trim() : "";
}

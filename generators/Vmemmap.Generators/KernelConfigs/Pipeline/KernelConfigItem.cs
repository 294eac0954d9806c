using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>Additional files that a project includes as <c>KernelConfig</c>. Their names say nothing: "config-6.12.117" has no extension.</summary>
internal static class KernelConfigItem
{
    /// <summary>The item's metadata; set by Vmemmap.targets.</summary>
    private const string Metadata = "build_metadata.AdditionalFiles.VmemmapKernelConfig";

    /// <summary>Whether a file is one.</summary>
    public static bool Is(AdditionalText file, AnalyzerConfigOptionsProvider options) =>
        options.GetOptions(file).TryGetValue(Metadata, out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>MSBuild's properties and what it knows of files, as the compiler shows them to generators and analyzers.</summary>
/// <param name="settings">Those of a block: "VmemmapArchitecture" and its value.</param>
internal sealed class BuildProperties(IReadOnlyDictionary<string, string> settings) : AnalyzerConfigOptionsProvider
{
    private const string OfKernelConfigs = "build_metadata.AdditionalFiles.VmemmapKernelConfig";

    public override AnalyzerConfigOptions GlobalOptions { get; } =
        new Values(settings.Append(new("RootNamespace", "Example")).ToDictionary(s => "build_property." + s.Key, s => s.Value));

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
        new Values(textFile is ProjectFile { IsKernelConfig: true } ? new() { [OfKernelConfigs] = "true" } : []);

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}

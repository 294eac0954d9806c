using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Vmemmap.Generators.Tests;

/// <summary>The C# of a project with tables.</summary>
internal sealed record ProjectSource
{
    public string AssemblyName { get; init; } = "Consumer";

    public string[] Files { get; init; } = ["// a file of the user's"];

    public LanguageVersion Language { get; init; } = LanguageVersion.Default;

    /// <summary>Assemblies besides the framework and Vmemmap.</summary>
    public MetadataReference[] References { get; init; } = [];
}

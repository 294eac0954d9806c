using System.IO.Compression;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>A file of a project that is no C#.</summary>
/// <param name="path">Its name.</param>
/// <param name="text">What is in it.</param>
/// <param name="isKernelConfig">Whether it is a KernelConfig item.</param>
internal sealed class ProjectFile(string path, string text, bool isKernelConfig = false) : AdditionalText
{
    public override string Path => path;

    public bool IsKernelConfig => isKernelConfig;

    /// <summary>The configuration of a real kernel, from the fixtures of the tests.</summary>
    /// <param name="name">"config-6.12.117+deb12-amd64".</param>
    public static ProjectFile KernelConfig(string name)
    {
        using GZipStream file = new(File.OpenRead(Repository.PathOf($"tests/fixtures/kernel-configs/{name}.gz")), CompressionMode.Decompress);
        using StreamReader reader = new(file);
        return new ProjectFile(name, reader.ReadToEnd(), isKernelConfig: true);
    }

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}

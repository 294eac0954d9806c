using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Generators;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>The generator over the largest of the real kernel configurations: anew, after an edit of one of its lines, and after an unrelated edit.</summary>
public class KernelConfigBenchmarks
{
    private const string Name = "config-6.12.117+deb12-arm64";

    private AdditionalText[] _configs = [];
    private CSharpCompilation[] _compilations = [];
    private GeneratorDriver _warm = null!;
    private (GeneratorDriver Driver, AdditionalText Next)[] _edited = [];
    private int _turn;

    /// <summary>Size of the configuration.</summary>
    public int Kilobytes { get; private set; }

    [GlobalSetup]
    public void Setup()
    {
        using GZipStream gzip = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "kernel-configs", Name + ".gz")), CompressionMode.Decompress);
        using StreamReader reader = new(gzip);
        string text = reader.ReadToEnd();
        Kilobytes = text.Length / 1000;
        string other = text.Replace("\nCONFIG_SOUND=m\n", "\nCONFIG_SOUND=y\n", StringComparison.Ordinal);
        _configs = [new TableText(Name, text), new TableText(Name, other)];
        SyntaxTree tree = CSharpSyntaxTree.ParseText($"[Vmemmap.KernelConfig(\"{Name}\")] static partial class Production;");
        SyntaxTree unrelated = CSharpSyntaxTree.ParseText("class C { }");
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Benchmark", [tree, unrelated],
            [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))]);
        _compilations = [compilation, compilation.ReplaceSyntaxTree(unrelated, CSharpSyntaxTree.ParseText("class C { int _f; }"))];
        _warm = Fresh();
        _edited = [(_warm, _configs[1]), (_warm.ReplaceAdditionalText(_configs[0], _configs[1]).RunGenerators(compilation), _configs[0])];
        if (text == other || _warm.GetRunResult().GeneratedTrees.Length != 1)
        {
            throw new InvalidOperationException("the configuration is not what is measured");
        }
    }

    /// <summary>A driver that has seen nothing.</summary>
    [Benchmark]
    public GeneratorDriver Fresh() => CSharpGeneratorDriver
        .Create([new KernelConfigGenerator().AsSourceGenerator()], [_configs[0]], optionsProvider: new Options()).RunGenerators(_compilations[0]);

    /// <summary>What happens at a change in the configuration that decides nothing: it is read, and no more.</summary>
    [Benchmark]
    public GeneratorDriver LineEdited()
    {
        (GeneratorDriver driver, AdditionalText next) = _edited[++_turn & 1];
        return driver.ReplaceAdditionalText(_configs[_turn & 1], next).RunGenerators(_compilations[0]);
    }

    /// <summary>What happens at each key press in a source file.</summary>
    [Benchmark]
    public GeneratorDriver UnrelatedEdit() => _warm = _warm.RunGenerators(_compilations[++_turn & 1]);

    private sealed class Options : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Item();

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Item : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = key == "build_metadata.AdditionalFiles.VmemmapKernelConfig" ? "true" : null;
            return value != null;
        }
    }
}

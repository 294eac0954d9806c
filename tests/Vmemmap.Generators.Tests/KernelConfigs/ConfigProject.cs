using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Vmemmap.Generators.KernelConfigs;
using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>
/// A project with configurations, a source, the generator and the analyzer. Each run is followed by a second one after an unrelated edit, in which no
/// step may do anything: so every test is a test of the cache as well.
/// </summary>
internal sealed class ConfigProject
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Default, DocumentationMode.Diagnose);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly CSharpCompilation _compilation;
    private readonly AdditionalText[] _files;
    private readonly Options _options;
    private GeneratorDriver _driver;

    private ConfigProject(string source, AdditionalText[] files, string[] otherFiles, CSharpCompilationOptions options)
    {
        _files = files;
        _options = new Options(otherFiles);
        _compilation = CSharpCompilation.Create("Consumer", [CSharpSyntaxTree.ParseText(source, ParseOptions, "Source.cs")], References, options);
        _driver = CSharpGeneratorDriver.Create(
            [new KernelConfigGenerator().AsSourceGenerator()],
            files,
            ParseOptions,
            _options,
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        RunTwice();
    }

    /// <summary>The last run.</summary>
    public GeneratorRunResult Result { get; private set; }

    /// <summary>Reasons of the steps that write sources or report mistakes.</summary>
    public IEnumerable<IncrementalStepRunReason> OutputReasons => Result.TrackedOutputSteps
        .SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason);

    /// <summary>All values that the pipeline remembers between runs.</summary>
    public IEnumerable<object> RememberedValues => Result.TrackedSteps
        .Where(step => ConfigTrackingNames.All.Contains(step.Key))
        .SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Value);

    /// <summary>A project whose class P names the first file.</summary>
    public static ConfigProject Of(ConfigText file, string arguments = "") =>
        With($"[Vmemmap.KernelConfig(\"{Path.GetFileName(file.Path)}\"{arguments})] public static partial class P;", file);

    public static ConfigProject With(string source, params ConfigText[] files) => With(source, files, []);

    /// <param name="otherFiles">Paths of additional files that are no KernelConfig items.</param>
    public static ConfigProject With(string source, ConfigText[] files, string[] otherFiles, CSharpCompilationOptions? options = null) =>
        new(source, files, otherFiles, options ?? TableProject.Strict());

    public string Source(string hintName) => Result.GeneratedSources.Single(s => s.HintName == hintName).SourceText.ToString();

    /// <summary>Replaces a file and runs again.</summary>
    /// <returns>Full names of the classes whose step gave something new.</returns>
    public string[] Edit(ConfigText old, ConfigText edited)
    {
        _driver = _driver.ReplaceAdditionalText(old, edited).RunGenerators(_compilation);
        Result = _driver.GetRunResult().Results.Single();
        return
        [
            .. Result.TrackedSteps[ConfigTrackingNames.Resolved]
                .SelectMany(step => step.Outputs)
                .Where(output => output.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified)
                .Select(output => ((ResolvedConfig)output.Value).Target.FullName),
        ];
    }

    /// <summary>Compiles the project with what was generated.</summary>
    public CSharpCompilation Compile() => _compilation.AddSyntaxTrees(
        Result.GeneratedSources.Select(s => CSharpSyntaxTree.ParseText(s.SourceText, ParseOptions, s.HintName)));

    /// <summary>What the analyzer says, after #pragma.</summary>
    public Diagnostic[] Analyze()
    {
        CompilationWithAnalyzers analysis = Compile().WithOptions(_compilation.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default)).WithAnalyzers(
            [new KernelConfigAnalyzer()], new AnalyzerOptions([.. _files], _options));
        return [.. analysis.GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult().Where(d => !d.IsSuppressed).OrderBy(d => d.Location.SourceSpan.Start)];
    }

    /// <summary>Compiles, which must give no warning, and loads a type.</summary>
    public Type Load(string name = "P")
    {
        using MemoryStream stream = new();
        EmitResult result = Compile().Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        stream.Position = 0;
        return new AssemblyLoadContext(name).LoadFromStream(stream).GetType(name, throwOnError: true)!;
    }

    private void RunTwice()
    {
        _driver = _driver.RunGenerators(_compilation);
        GeneratorRunResult first = _driver.GetRunResult().Results.Single();
        Assert.Null(first.Exception);
        _driver = _driver.RunGenerators(_compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated;", ParseOptions)));
        Result = _driver.GetRunResult().Results.Single();
        Assert.All(
            Result.TrackedSteps.Where(step => ConfigTrackingNames.All.Contains(step.Key)).SelectMany(step => step.Value).SelectMany(step => step.Outputs),
            output => Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        Assert.All(OutputReasons, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.Equal(
            first.GeneratedSources.Select(s => (s.HintName, s.SourceText.ToString())),
            Result.GeneratedSources.Select(s => (s.HintName, s.SourceText.ToString())));
    }

    /// <summary>Items of the project: all files are KernelConfig items but those that are named.</summary>
    private sealed class Options(string[] otherFiles) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values([]);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => otherFiles.Contains(textFile.Path)
            ? GlobalOptions
            : new Values(new() { ["build_metadata.AdditionalFiles.VmemmapKernelConfig"] = "true" });
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Generators.Pipeline;

namespace Vmemmap.Generators.Tests;

/// <summary>
/// A project with tables and the generator in it. Each run is followed by a second one after an unrelated edit, in which no step
/// may do anything: so every test is a test of the cache as well.
/// </summary>
internal sealed class TableProject
{
    private static readonly CSharpParseOptions ParseOptions =
        new(LanguageVersion.Default, DocumentationMode.Diagnose);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly CSharpCompilation _compilation;
    private GeneratorDriver _driver;

    private TableProject(IEnumerable<AdditionalText> tables, Dictionary<string, string> properties, CSharpCompilationOptions options)
    {
        _compilation = CSharpCompilation.Create(
            "Consumer", [CSharpSyntaxTree.ParseText("// a file of the user's", ParseOptions)], References, options);
        _driver = CSharpGeneratorDriver.Create(
            [new PageTableGenerator().AsSourceGenerator()],
            tables,
            ParseOptions,
            new Properties(properties),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        RunTwice();
    }

    /// <summary>The last run.</summary>
    public GeneratorRunResult Result { get; private set; }

    /// <summary>Names of the sources, in order.</summary>
    public string[] HintNames => [.. Result.GeneratedSources.Select(s => s.HintName).Order(StringComparer.Ordinal)];

    /// <summary>The compiler's options for a strict consumer: warnings are errors, arithmetic is checked.</summary>
    public static CSharpCompilationOptions Strict(
        NullableContextOptions nullable = NullableContextOptions.Disable, bool isChecked = true) =>
        new(
            OutputKind.DynamicallyLinkedLibrary,
            warningLevel: 9999,
            checkOverflow: isChecked,
            nullableContextOptions: nullable,
            generalDiagnosticOption: ReportDiagnostic.Error);

    public static TableProject With(params TableText[] tables) => With(tables, []);

    public static TableProject With(
        IEnumerable<AdditionalText> tables, Dictionary<string, string> properties, CSharpCompilationOptions? options = null)
    {
        Dictionary<string, string> all = new(properties);
        all.TryAdd("RootNamespace", "Consumer");
        return new TableProject(tables, all, options ?? Strict());
    }

    public string Source(string hintName) => Result.GeneratedSources.Single(s => s.HintName == hintName).SourceText.ToString();

    /// <summary>Replaces a table and runs again.</summary>
    /// <returns>The architectures whose step gave something new.</returns>
    public string[] Edit(TableText old, TableText edited)
    {
        _driver = _driver.ReplaceAdditionalText(old, edited).RunGenerators(_compilation);
        Result = _driver.GetRunResult().Results.Single();
        return
        [
            .. Result.TrackedSteps[TrackingNames.Architecture]
                .SelectMany(step => step.Outputs)
                .Where(output => output.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified)
                .Select(output => ((ResolvedArchitecture)output.Value).Spec.Name),
        ];
    }

    /// <summary>Reasons of the steps that write sources or report mistakes.</summary>
    public IEnumerable<IncrementalStepRunReason> OutputReasons => Result.TrackedOutputSteps
        .SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason);

    /// <summary>Compiles the project with what was generated.</summary>
    public CSharpCompilation Compile() => _compilation.AddSyntaxTrees(
        Result.GeneratedSources.Select(s => CSharpSyntaxTree.ParseText(s.SourceText, ParseOptions, s.HintName)));

    /// <summary>All values that the pipeline remembers between runs.</summary>
    public IEnumerable<object> RememberedValues => Result.TrackedSteps
        .Where(step => TrackingNames.All.Contains(step.Key))
        .SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Value);

    private void RunTwice()
    {
        _driver = _driver.RunGenerators(_compilation);
        GeneratorRunResult first = _driver.GetRunResult().Results.Single();
        Assert.Null(first.Exception);
        _driver = _driver.RunGenerators(_compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated;", ParseOptions)));
        Result = _driver.GetRunResult().Results.Single();

        Assert.Equal(TrackingNames.All.Length, TrackingNames.All.Count(name => first.TrackedSteps.ContainsKey(name) || IsEmptyStep(name)));
        Assert.All(
            Result.TrackedSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs),
            output => Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        Assert.All(OutputReasons, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.Equal(
            first.GeneratedSources.Select(s => (s.HintName, s.SourceText.ToString())),
            Result.GeneratedSources.Select(s => (s.HintName, s.SourceText.ToString())));
    }

    // A step over nothing, such as the architectures of a table that has none, leaves no trace.
    private static bool IsEmptyStep(string name) =>
        name is TrackingNames.Architecture or TrackingNames.Table or TrackingNames.Diagnostics;

    private sealed class Properties(Dictionary<string, string> properties) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(properties);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(Dictionary<string, string> properties) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) =>
                properties.TryGetValue(key.Replace("build_property.", "", StringComparison.Ordinal), out value);
        }
    }
}

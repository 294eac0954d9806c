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
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly CSharpParseOptions _parseOptions;
    private readonly CSharpCompilation _compilation;
    private readonly bool _hasTables;
    private GeneratorDriver _driver;

    private TableProject(
        IEnumerable<AdditionalText> tables, Dictionary<string, string> properties, CSharpCompilationOptions options, ProjectSource source)
    {
        _parseOptions = new(source.Language, DocumentationMode.Diagnose);

        // Only what is emitted is asked for documentation.
        CSharpParseOptions written = _parseOptions.WithDocumentationMode(DocumentationMode.Parse);
        _compilation = CSharpCompilation.Create(
            source.AssemblyName,
            source.Files.Select((text, i) => CSharpSyntaxTree.ParseText(text, written, $"Source{i}.cs")),
            [.. References, .. source.References],
            options);
        _hasTables = tables.Any();
        _driver = CSharpGeneratorDriver.Create(
            [new PageTableGenerator().AsSourceGenerator()],
            tables,
            _parseOptions,
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
        IEnumerable<AdditionalText> tables, Dictionary<string, string> properties, CSharpCompilationOptions? options = null, ProjectSource? source = null)
    {
        Dictionary<string, string> all = new(properties);
        all.TryAdd("RootNamespace", "Consumer");
        return new TableProject(tables, all, options ?? Strict(), source ?? new ProjectSource());
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
        Result.GeneratedSources.Select(s => CSharpSyntaxTree.ParseText(s.SourceText, _parseOptions, s.HintName)));

    /// <summary>All values that the pipeline remembers between runs.</summary>
    public IEnumerable<object> RememberedValues => Result.TrackedSteps
        .Where(step => TrackingNames.All.Contains(step.Key))
        .SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Value);

    private void RunTwice()
    {
        _driver = _driver.RunGenerators(_compilation);
        GeneratorRunResult first = _driver.GetRunResult().Results.Single();
        Assert.Null(first.Exception);
        _driver = _driver.RunGenerators(_compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated { }", _parseOptions)));
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
    private bool IsEmptyStep(string name) =>
        !_hasTables || name is TrackingNames.Architecture or TrackingNames.Table or TrackingNames.Diagnostics || TrackingNames.Selection.Contains(name);

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

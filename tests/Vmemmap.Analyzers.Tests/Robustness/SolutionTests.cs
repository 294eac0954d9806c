using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Analyzers.Tests.Verification;
using Vmemmap.Generators;

namespace Vmemmap.Analyzers.Tests.Robustness;

/// <summary>The analyzers over this solution's own sources: they never throw, and right code is left alone.</summary>
public sealed class SolutionTests
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly string Root = typeof(SolutionTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    // Two tests need it, and it is the largest of all.
    private static readonly Lazy<Compilation> Library = new(CompileLibrary);

    private static readonly MetadataReference[] AllReferences =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is not ("Vmemmap.dll" or "Vmemmap.Analyzers.Tests.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    [Fact]
    public void Library_HasNoDiagnostic()
    {
        Assert.Empty(Errors(Library.Value));
        Assert.Empty(Everything.Run(Library.Value, () => "runtime/Vmemmap"));
    }

    [Fact]
    public void Dumps_HasNoDiagnostic()
    {
        CSharpCompilation dumps = Project("Vmemmap.Dumps", [Library.Value.ToMetadataReference()], Folder("runtime", "Vmemmap.Dumps"));
        Assert.Empty(Errors(dumps));
        Assert.Empty(Everything.Run(dumps, () => "runtime/Vmemmap.Dumps"));
    }

    // The packages of the tool and of some tests are not here: what needs them does not compile, and the rest is read all the same.
    [Theory]
    [InlineData("runtime", "Vmemmap.Tool", true)]
    [InlineData("generators", "Vmemmap.Generators", true)]
    [InlineData("generators", "Vmemmap.Analyzers", true)]
    [InlineData("tests", "Vmemmap.Tests", false)]
    [InlineData("tests", "Vmemmap.Dumps.Tests", false)]
    [InlineData("tests", "Vmemmap.Generators.Tests", false)]
    [InlineData("tests", "Vmemmap.Tool.Tests", false)]
    [InlineData("tests", "Vmemmap.SyntheticImages", false)]
    [InlineData("tests", "Vmemmap.Benchmarks", false)]
    [InlineData("tests", "Vmemmap.Analyzers.Tests", false)]
    public void Project_IsReadWithoutAnException(string folder, string name, bool isQuiet)
    {
        CSharpCompilation project = Project(
            name, [MetadataReference.CreateFromFile(typeof(StructPage).Assembly.Location)], Folder(folder, name), "global using Xunit;");
        ImmutableArray<Diagnostic> found = Everything.Run(project, () => $"{folder}/{name}");
        Assert.True(!isQuiet || found.IsEmpty, string.Join('\n', found));
    }

    // Those that the framework's own generators (JSON, P/Invoke) would prevent: a part is missing, and what is in it.
    private static IEnumerable<Diagnostic> Errors(Compilation compilation) => compilation.GetDiagnostics()
        .Where(d => d.Severity == DiagnosticSeverity.Error && d.Id is not ("CS0534" or "CS8795" or "CS0117" or "CS7036"));

    private static Compilation CompileLibrary()
    {
        CSharpCompilation written = Project(
            "Vmemmap",
            [],
            [
                .. Folder("runtime", "Vmemmap"),
                .. Folder("generators", "Vmemmap.Generators", "Parsing"),
                .. Folder("generators", "Vmemmap.Generators", "Model"),
                .. Folder("generators", "StructPages"),
            ]);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new PageTableGenerator().AsSourceGenerator()],
            Directory.GetFiles(Path.Combine(Root, "generators", "tables"), "*.pagetables.xml").Select(path => new Table(path)),
            ConsumerProject.ParseOptions,
            new BuildProperties(new Dictionary<string, string> { ["build_property.VmemmapTableNamespace"] = "Vmemmap" }));
        driver.RunGeneratorsAndUpdateCompilation(written, out Compilation whole, out ImmutableArray<Diagnostic> mistakes);
        Assert.Empty(mistakes);
        return whole;
    }

    private static CSharpCompilation Project(string name, MetadataReference[] references, string[] files, string usings = "")
    {
        Assert.NotEmpty(files);
        SyntaxTree[] trees =
        [
            ConsumerProject.Parse(ImplicitUsings + usings, "Usings.cs"),
            .. files.AsParallel().AsOrdered().Select(file => ConsumerProject.Parse(File.ReadAllText(file), file)),
        ];
        return CSharpCompilation.Create(name, trees, [.. AllReferences, .. references], ConsumerProject.Options);
    }

    private static string[] Folder(params string[] path) =>
    [
        .. Directory.GetFiles(Path.Combine([Root, .. path]), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains(Path.DirectorySeparatorChar + "_snapshots" + Path.DirectorySeparatorChar, StringComparison.Ordinal)),
    ];

    private sealed class Table(string path) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText? GetText(CancellationToken cancellationToken = default) => SourceText.From(File.ReadAllText(Path));
    }
}

using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Vmemmap.Analyzers;
using Vmemmap.Docs.Tests.Pages;
using Vmemmap.Dumps;
using Vmemmap.Generators;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>
/// A block of C#, compiled as a console project that has the package: generators and analyzers run, and the page's tables are in the project.
/// </summary>
internal sealed class Example
{
    /// <summary>The file that the compiler is told.</summary>
    public const string FileName = "Program.cs";

    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string AllNamespaces = """
        global using System.Runtime.InteropServices;
        global using Vmemmap;
        global using Vmemmap.Dumps;
        global using Vmemmap.HugeTlb;
        global using Vmemmap.Simulation;
        """;

    // Roslyn 4.14, which the generators are built against, knows C# 14 as a preview.
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview);

    // What the SDK sets for every project.
    private static readonly Dictionary<string, ReportDiagnostic> SilentInTheSdk =
        new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Append(typeof(StructPage).Assembly.Location)
            .Append(typeof(KernelImage).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Compilation _compilation;

    private Example(string code, IReadOnlyList<ProjectFile> files, IReadOnlyDictionary<string, string> settings, bool areMembers)
    {
        string head = areMembers ? "static unsafe class Example\n{\n" : "";
        SyntaxTree tree = Parse(head + code + (areMembers ? "}\n" : ""), FileName);
        bool isProgram = tree.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any();
        CSharpCompilation project = CSharpCompilation.Create(
            "Example",
            [Parse(ImplicitUsings + (areMembers ? "\n" + AllNamespaces : ""), "Usings.cs"), tree],
            References,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                warningLevel: 10,
                allowUnsafe: areMembers,
                nullableContextOptions: NullableContextOptions.Enable,
                specificDiagnosticOptions: SilentInTheSdk));
        BuildProperties properties = new(settings);
        CSharpGeneratorDriver.Create(Generators(), files, ParseOptions, properties)
            .RunGeneratorsAndUpdateCompilation(project, out _compilation, out ImmutableArray<Diagnostic> fromGenerators);
        AnalyzerOptions options = new([.. files], properties);
        ImmutableArray<Diagnostic> all = new CompilationWithAnalyzers(_compilation, Analyzers(), options)
            .GetAllDiagnosticsAsync().GetAwaiter().GetResult();
        Diagnostics =
        [
            .. all.Concat(fromGenerators).Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed)
                .Select(d => Reported.Of(d, head.Count(c => c == '\n'))).Distinct().OrderBy(d => d.Line).ThenBy(d => d.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Errors and warnings of the compiler, the generators and the analyzers, by line.</summary>
    public IReadOnlyList<Reported> Diagnostics { get; }

    /// <summary>What generators wrote, by the names under which the compiler writes it to a folder.</summary>
    public IEnumerable<string> GeneratedFiles =>
        _compilation.SyntaxTrees.Select(t => t.FilePath.Replace('\\', '/')).Where(p => p.Contains('/', StringComparison.Ordinal));

    /// <summary>Compiles a block.</summary>
    public static Example Of(Block block)
    {
        IEnumerable<ProjectFile> tables = AllPages.Of(block.Page).Blocks
            .Where(b => BlockKinds.KindOf(b) == BlockKind.Table && BlockKinds.OutputOf(b) is not { Language: "msbuild-output" })
            .Select((b, i) => new ProjectFile($"table{i}.pagetables.xml", b.Code));
        IEnumerable<ProjectFile> configs =
            block.Settings.TryGetValue("KernelConfig", out string? names) ? names.Split(',').Select(ProjectFile.KernelConfig) : [];
        return new Example(block.Code, [.. tables, .. configs], block.Settings, block.Kind == "members");
    }

    /// <summary>Puts a table into an empty project.</summary>
    public static Example Of(ProjectFile table) => new("", [table], new Dictionary<string, string>(), areMembers: false);

    /// <summary>Runs the program in this process.</summary>
    /// <returns>What it writes to the console.</returns>
    public string Run()
    {
        using MemoryStream image = new();
        EmitResult emitted = _compilation.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        image.Position = 0;
        AssemblyLoadContext context = new("Example", isCollectible: true);
        context.Resolving += (_, name) => AssemblyLoadContext.Default.LoadFromAssemblyName(name);
        MethodInfo main = context.LoadFromStream(image).EntryPoint!;
        using StringWriter output = new();
        TextWriter before = Console.Out;
        Console.SetOut(output);
        try
        {
            object? result = InRoot.Run(() => main.Invoke(null, main.GetParameters().Length == 0 ? [] : [Array.Empty<string>()]));
            Assert.True(result is null or 0, $"exit code {result}");
        }
        finally
        {
            Console.SetOut(before);
            context.Unload();
        }

        return output.ToString().ReplaceLineEndings("\n");
    }

    private static SyntaxTree Parse(string code, string path) => CSharpSyntaxTree.ParseText(code, ParseOptions, path);

    // Whatever the two assemblies bring is what a user's compiler loads.
    private static IEnumerable<ISourceGenerator> Generators() => typeof(PageTableGenerator).Assembly.GetTypes()
        .Where(t => t.GetCustomAttribute<GeneratorAttribute>() is not null)
        .Select(t => ((IIncrementalGenerator)Activator.CreateInstance(t)!).AsSourceGenerator());

    private static ImmutableArray<DiagnosticAnalyzer> Analyzers() =>
    [
        .. new[] { typeof(TailAccessAnalyzer).Assembly, typeof(PageTableGenerator).Assembly }.SelectMany(a => a.GetTypes())
            .Where(t => t.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null)
            .Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t)!),
    ];
}

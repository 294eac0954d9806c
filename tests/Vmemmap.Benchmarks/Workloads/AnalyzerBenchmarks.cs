using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>
/// The rules over a file full of struct pages. What is told is the time in the analyzer itself, graphs of the methods included, as the compiler counts it;
/// reading and binding the file is the compiler's own work, with rules or without.
/// </summary>
public class AnalyzerBenchmarks
{
    /// <summary>Lines of a file of size 1.</summary>
    public const int Lines = 5000;

    /// <summary>Accesses of a file of size 1.</summary>
    public const int Accesses = 2000;

    private const int AccessesOfMethod = 10;
    private static readonly ImmutableArray<DiagnosticAnalyzer> Rules = [new TailAccessAnalyzer(), new SubpageIndexAnalyzer(), new StructPageLayoutAnalyzer()];
    private static readonly CSharpCompilationOptions Options = new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, concurrentBuild: false);
    private static readonly CSharpCompilation OneFile = ManyMethods(1);

    /// <summary>The file again and again, in methods of ten accesses each.</summary>
    /// <param name="size">How many times <see cref="Lines"/>.</param>
    public static CSharpCompilation ManyMethods(int size)
    {
        StringBuilder text = Start();
        int methods = size * Accesses / AccessesOfMethod;
        int linesOfMethod = Lines / (Accesses / AccessesOfMethod);
        for (int i = 0; i < methods; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"    static void M{i}(HugePage<X64, ReserveOne> page, int n)\n    {{\n");
            Body(text, i, linesOfMethod - 4);
            text.Append("    }\n\n");
        }

        return Compile(text);
    }

    /// <summary>All of a file in one method.</summary>
    /// <param name="size">How many times <see cref="Lines"/>.</param>
    public static CSharpCompilation OneMethod(int size)
    {
        StringBuilder text = Start();
        text.Append("    static void M(HugePage<X64, ReserveOne> page, int n)\n    {\n");
        for (int i = 0; i < size * Accesses / AccessesOfMethod; i++)
        {
            Body(text, i, (Lines / (Accesses / AccessesOfMethod)) - 4);
        }

        text.Append("    }\n");
        return Compile(text);
    }

    /// <summary>The same code where the attributes are not known.</summary>
    public static CSharpCompilation WithoutVmemmap()
    {
        CSharpCompilation compilation = ManyMethods(1);
        return compilation.RemoveReferences(compilation.References.Where(r => r.Display == typeof(StructPage).Assembly.Location));
    }

    /// <summary>Seconds that the analyzers ran, and how many diagnostics they had.</summary>
    public static (double Seconds, int Diagnostics) Analyze(CSharpCompilation compilation)
    {
        // Nothing that was bound before may help: a new compilation of the same trees.
        CSharpCompilation fresh = CSharpCompilation.Create("Benchmark", compilation.SyntaxTrees, compilation.References, Options);
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: true);
        CompilationWithAnalyzers analysis = fresh.WithAnalyzers(Rules, options);
        AnalysisResult result = analysis.GetAnalysisResultAsync(CancellationToken.None).GetAwaiter().GetResult();
        return (result.AnalyzerTelemetryInfo.Values.Sum(t => t.ExecutionTime.TotalSeconds), result.GetAllDiagnostics().Length);
    }

    [Benchmark]
    public double File() => Analyze(OneFile).Seconds;

    private static StringBuilder Start() =>
        new("using System;\nusing Vmemmap;\nusing Vmemmap.HugeTlb;\n\nstatic class C\n{\n");

    // Ten accesses as people write them: straight on, in loops, under checks, in a scope, through a reference.
    private static void Body(StringBuilder text, int i, int lines)
    {
        string[] code =
        [
            $"        int a{i} = Math.Min(n, 63);",
            $"        page.Unchecked(3).Flags = {i};",
            $"        page.Unchecked(a{i}).Flags |= 1;",
            $"        for (int i{i} = 1; i{i} < 64; i{i}++)",
            "        {",
            $"            page.Unchecked(i{i}).Private = 0;",
            "        }",
            "        if (page.IsOptimized && n > 3)",
            "        {",
            "            page.Unchecked(2).SetHead();",
            "        }",
            "        else if (!page.IsOptimized)",
            "        {",
            "            page.Unchecked(400).SetHead();",
            "        }",
            $"        using (RestoredScope<X64, ReserveOne> s{i} = page.Restore())",
            "        {",
            $"            page.Unchecked({i % 512}).Index = 1;",
            $"            s{i}[7].Index = 2;",
            "        }",
            $"        ref StructPage r{i} = ref page.Unchecked(n > 5 ? 1 : 2);",
            $"        r{i}.Mapping = 0;",
            $"        page.Unchecked(n & 31).Flags++;",
            $"        page.Unchecked({i % 66}).Flags = 0;",
        ];
        foreach (string line in code)
        {
            text.Append(line).Append('\n');
        }

        for (int k = code.Length; k < lines; k++)
        {
            text.Append("        n++;\n");
        }
    }

    private static CSharpCompilation Compile(StringBuilder text)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(text.Append("}\n").ToString());
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "Vmemmap.dll")
            .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p));
        CSharpCompilation compilation = CSharpCompilation.Create("Benchmark", [tree], references, Options);
        return compilation.GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error
            ? throw new InvalidOperationException(error.ToString())
            : compilation;
    }
}

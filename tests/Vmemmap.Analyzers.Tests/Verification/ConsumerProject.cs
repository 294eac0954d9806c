using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Vmemmap.Analyzers.Tests.Verification;

/// <summary>Compilations of a project that uses Vmemmap: the running framework, the newest language, nullable and unsafe.</summary>
internal static class ConsumerProject
{
    /// <summary>Namespaces that every source of such a project may use without saying so.</summary>
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Runtime.CompilerServices;
        global using System.Runtime.InteropServices;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Vmemmap;
        global using Vmemmap.HugeTlb;
        global using Vmemmap.Simulation;
        """;

    private const string FrameworkUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // Roslyn 4.14, which the analyzers are built against, knows C# 14 as a preview.
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Preview, DocumentationMode.Parse);

    public static CSharpCompilationOptions Options { get; } = new(
        OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);

    public static IReadOnlyList<MetadataReference> FrameworkReferences { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static IReadOnlyList<MetadataReference> References { get; } =
        [.. FrameworkReferences, MetadataReference.CreateFromFile(typeof(StructPage).Assembly.Location)];

    // Compilations made from one share its references' symbols, which makes the second and all others cheap.
    private static readonly CSharpCompilation Consumer =
        CSharpCompilation.Create("Consumer", [Parse(Usings, "Usings.cs")], References, Options);

    private static readonly ConcurrentDictionary<string, CSharpCompilation> Libraries = new();

    private static readonly CSharpCompilation Stranger =
        CSharpCompilation.Create("Stranger", [Parse(FrameworkUsings, "Usings.cs")], FrameworkReferences, Options);

    /// <summary>A project that references Vmemmap, with these files.</summary>
    public static CSharpCompilation Of(params string[] sources) => Consumer.AddSyntaxTrees(sources.Select(Parse));

    /// <summary>A project that also references a library, with these files. A library is compiled once.</summary>
    /// <param name="library">Its source, which must compile.</param>
    /// <param name="sources">The files.</param>
    public static CSharpCompilation With(string library, params string[] sources) =>
        Libraries.GetOrAdd(library, Referencing).AddSyntaxTrees(sources.Select(Parse));

    /// <summary>A project that does not know of Vmemmap.</summary>
    public static CSharpCompilation WithoutVmemmap(params string[] sources) => Stranger.AddSyntaxTrees(sources.Select(Parse));

    public static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    private static CSharpCompilation Referencing(string library)
    {
        if (library.Length == 0)
        {
            return Consumer;
        }

        using MemoryStream image = new();
        EmitResult result = Of(library).WithAssemblyName("Library").Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Consumer.AddReferences(MetadataReference.CreateFromImage(image.ToArray()));
    }

    private static SyntaxTree Parse(string source, int number) => Parse(source, number == 0 ? "Source.cs" : $"Source{number}.cs");
}

using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.Analyzers.Tests.Agreement.Grammar;

namespace Vmemmap.Analyzers.Tests.Agreement.Corpus;

/// <summary>All snippets, compiled into one assembly.</summary>
internal sealed class SnippetAssembly
{
    private readonly Dictionary<string, SyntaxTree> _trees = [];

    public SnippetAssembly(IReadOnlyList<Snippet> snippets, Dialect dialect)
    {
        foreach (IGrouping<Target, Snippet> file in snippets.GroupBy(snippet => snippet.Target))
        {
            _trees[file.Key.Name] = CSharpSyntaxTree.ParseText(
                dialect.FileOf(file.Key, file), CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview), file.Key.Name + ".cs");
        }

        Compilation = CSharpCompilation.Create(
            "Vmemmap.Snippets." + dialect.Page.Name.Split('`')[0], _trees.Values, References(), new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));
    }

    public CSharpCompilation Compilation { get; }

    /// <summary>Its bytes.</summary>
    public byte[] Emit()
    {
        using MemoryStream stream = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = Compilation.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(20).Select(Shown)));
        return stream.ToArray();
    }

    /// <summary>The declarations of the methods that are judged, by their names, of a target.</summary>
    public ImmutableDictionary<string, MethodDeclarationSyntax> MethodsOf(Target target) => _trees[target.Name].GetRoot()
        .DescendantNodes(node => node is not BaseMethodDeclarationSyntax)
        .OfType<MethodDeclarationSyntax>()
        .Where(method => method.Parent is ClassDeclarationSyntax { Parent: CompilationUnitSyntax })
        .ToImmutableDictionary(method => method.Identifier.Text);

    public SemanticModel ModelOf(Target target) => Compilation.GetSemanticModel(_trees[target.Name]);

    private static string Shown(Diagnostic error) =>
        $"{error}\n    {error.Location.SourceTree?.GetText().Lines[error.Location.GetLineSpan().StartLinePosition.Line]}";

    // What this process itself runs with.
    private static IEnumerable<MetadataReference> References() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path) is string name && (name.StartsWith("System.", StringComparison.Ordinal)
            || name is "Vmemmap.dll" or "Vmemmap.MemoryProbe.dll" or "netstandard.dll"))
        .Select(path => MetadataReference.CreateFromFile(path));
}

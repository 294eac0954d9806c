using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Generators;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>The generator over the built-in tables: all anew, after an unrelated edit, and after an edit of one table.</summary>
public class GeneratorBenchmarks
{
    private TableText[] _tables = [];
    private CSharpCompilation[] _compilations = [];
    private GeneratorDriver _warm = null!;
    private (GeneratorDriver Driver, TableText Table)[] _edited = [];
    private int _turn;

    /// <summary>Architectures of all tables.</summary>
    public int Architectures { get; private set; }

    /// <summary>Architectures of the table that <see cref="TableEdited"/> edits.</summary>
    public int EditedArchitectures { get; private set; }

    [GlobalSetup]
    public void Setup()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "tables");
        _tables = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(f => new TableText(f, File.ReadAllText(f)))];
        SyntaxTree tree = CSharpSyntaxTree.ParseText("class C { }");
        CSharpCompilation compilation = CSharpCompilation.Create("Benchmark", [tree]);
        // Two texts in turn, so that each run sees another compilation than the one before.
        _compilations = [compilation, compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText("class C { int _f; }"))];
        _warm = NewDriver(_tables).RunGenerators(_compilations[0]);
        Architectures = _warm.GetRunResult().GeneratedTrees.Length;

        // The x86-64 table with one bit moved and back: both its architectures change.
        TableText table = _tables.Single(t => t.Path.EndsWith("x86-64.pagetables.xml", StringComparison.Ordinal));
        string text = table.GetText().ToString();
        var other = new TableText(table.Path, text.Replace("accessed=\"5\"", "accessed=\"8\"", StringComparison.Ordinal));
        EditedArchitectures = text.Split("<architecture ").Length - 1;
        _edited = [(_warm, other), (_warm.ReplaceAdditionalText(table, other).RunGenerators(_compilations[0]), table)];
        if (_edited[1].Driver.GetRunResult().GeneratedTrees.Length != Architectures)
        {
            throw new InvalidOperationException("the edited table has mistakes");
        }
    }

    /// <summary>A driver that has seen nothing.</summary>
    [Benchmark]
    public GeneratorDriver Fresh() => NewDriver(_tables).RunGenerators(_compilations[0]);

    /// <summary>What happens at each key press in a source file.</summary>
    [Benchmark]
    public GeneratorDriver UnrelatedEdit() => _warm = _warm.RunGenerators(_compilations[++_turn & 1]);

    /// <summary>What happens at a change in one table.</summary>
    [Benchmark]
    public GeneratorDriver TableEdited()
    {
        (GeneratorDriver driver, TableText table) = _edited[++_turn & 1];
        AdditionalText before = _edited[(_turn + 1) & 1].Table;
        return driver.ReplaceAdditionalText(before, table).RunGenerators(_compilations[0]);
    }

    private static GeneratorDriver NewDriver(TableText[] tables) =>
        CSharpGeneratorDriver.Create([new PageTableGenerator().AsSourceGenerator()], tables);
}

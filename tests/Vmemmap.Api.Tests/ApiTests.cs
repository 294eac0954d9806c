using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Vmemmap.Api.Tests;

/// <summary>
/// The public members of each assembly that is shipped, against those that were accepted. A line that is new, gone or changed is a decision:
/// accept it with VMEMMAP_UPDATE_SNAPSHOTS=1, and the diff shows what users get.
/// </summary>
public sealed class ApiTests
{
    private static readonly string[] Shipped = ["Vmemmap", "Vmemmap.Dumps", "Vmemmap.Generators", "Vmemmap.Analyzers", "Vmemmap.CodeFixes"];

    private static readonly string[] LoadedByHost = ["[Generator(", "[DiagnosticAnalyzer(", "[ExportCodeFixProvider("];

    private static readonly CSharpCompilation Compilation = CSharpCompilation.Create(
        "Reader",
        references: ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)));

    public static TheoryData<string> Assemblies => [.. Shipped];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void PublicMembers_AreAsAccepted(string assembly) => Snapshot.Matches(ApiText.Of(Symbol(assembly)), assembly);

    /// <summary>What a host loads is found by an attribute; a user of the package meets no other type of these assemblies.</summary>
    [Theory]
    [InlineData("Vmemmap.Generators")]
    [InlineData("Vmemmap.Analyzers")]
    [InlineData("Vmemmap.CodeFixes")]
    public void CompilerParts_ShowOnlyWhatTheHostLoads(string assembly)
    {
        string[] lines = ApiText.Of(Symbol(assembly)).Split('\n');
        // A base of several of them must be as public as they are.
        int types = lines.Count(line => line.StartsWith("public ", StringComparison.Ordinal) && !line.StartsWith("public abstract ", StringComparison.Ordinal));
        Assert.NotEqual(0, types);
        Assert.Equal(types, lines.Count(line => LoadedByHost.Any(a => line.StartsWith(a, StringComparison.Ordinal))));
    }

    /// <summary>A change that the text does not show would never be asked about.</summary>
    [Fact]
    public void Text_SaysAllThatASignatureCan()
    {
        CSharpCompilation sample = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(Sample, new CSharpParseOptions(LanguageVersion.Preview))],
            Compilation.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        using MemoryStream image = new();
        Assert.Empty(sample.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        MetadataReference reference = MetadataReference.CreateFromImage(image.ToArray());
        Snapshot.Matches(ApiText.Of((IAssemblySymbol)Compilation.AddReferences(reference).GetAssemblyOrModuleSymbol(reference)!));
    }

    private static IAssemblySymbol Symbol(string assembly) =>
        Compilation.SourceModule.ReferencedAssemblySymbols.Single(a => a.Name == assembly);

    private const string Sample = """
        using System;
        using System.Diagnostics.CodeAnalysis;
        namespace N
        {
            [Flags] public enum E : byte { None = 0, B = 2, A = 1 }
            internal class Hidden { public int X; }
            public delegate ref readonly int D<in T>(T value, scoped in int number, params string?[] rest) where T : notnull, allows ref struct;
            public interface I<out T> where T : struct { static abstract T Make(); static virtual int Twice(int x = 2) => 2 * x; T Last { get; } }
            public readonly ref struct R { public readonly ref int Field; public Span<int> S { [Obsolete("no", true)] get => default; } }
            public readonly record struct P(int X, string? Y = "a\n");
            public abstract class Base : IDisposable
            {
                protected Base() { }
                internal int Internal;
                protected internal virtual string? Name { get; private set; }
                public required int Id { get; init; }
                protected abstract bool TryGet<TKey>(string key, [NotNullWhen(true)] out object? value, ref int n) where TKey : unmanaged, I<int>;
                public void Dispose() { }
                public const double Half = 0.5; public const string Text = "x\"y"; public const ulong Mask = 0x8000_0000_0000_0000; public const char C = '\n';
                public static readonly (int A, string? B)[] Pairs = [];
                public event EventHandler<EventArgs>? Changed { add { } remove { } }
                public ref readonly long this[int i, int j = -1] => throw null!;
                public static Base operator +(Base a, Base b) => a;
                public static explicit operator int(Base b) => 0;
                public unsafe void Pointers(int* p, delegate*<int, void> f, nint n, dynamic d) { }
                public sealed class Nested : Base { public override string ToString() => ""; protected override bool TryGet<TKey>(string key, out object? value, ref int n) { value = null; return false; } }
                private class Secret { public int X; }
                protected class Inner { }
            }
            public static class Extensions { public static void Go(this int x, DateTime when = default, E e = E.A) { } }
        }
        public class Global { }
        """;
}

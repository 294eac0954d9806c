using Vmemmap.Analyzers.Tests.Agreement.Grammar;
using Vmemmap.HugeTlb;
using Vmemmap.MemoryProbe;

namespace Vmemmap.Analyzers.Tests.Agreement.Corpus;

/// <summary>Which types the snippets are written with.</summary>
/// <param name="Page">The type of huge pages, generic over architecture and layout.</param>
/// <param name="Scope">The type of restored scopes.</param>
internal sealed record Dialect(Type Page, Type Scope)
{
    /// <summary>Huge pages as people use them.</summary>
    public static Dialect Plain { get; } = new(typeof(HugePage<,>), typeof(RestoredScope<,>));

    /// <summary>Huge pages that show what is written.</summary>
    public static Dialect Watched { get; } = new(typeof(ShadowedPage<,>), typeof(ShadowedScope<,>));

    /// <summary>The file with all snippets for a target.</summary>
    public string FileOf(Target target, IEnumerable<Snippet> snippets)
    {
        string architecture = target.IsGeneric ? "TArch" : "Arch";
        string layout = target.IsGeneric ? "TLayout" : "Layout";
        (Type architectureType, Type layoutType) = target.Architectures[0];
        string aliases = target.IsGeneric
            ? string.Empty
            : $"""
                using Arch = {architectureType.FullName};
                using Layout = {layoutType.FullName};
                using Page = {NameOf(Page, architectureType.FullName!, layoutType.FullName!)};
                using Scope = {NameOf(Scope, architectureType.FullName!, layoutType.FullName!)};
                """;
        string mark = target.IsGeneric ? "ReadOnlyTail(Architecture = nameof(TArch), Layout = nameof(TLayout))" : "ReadOnlyTail($R)";
        string head =
            $$"""
            using System;
            using System.Runtime.CompilerServices;
            using System.Runtime.InteropServices;
            using System.Threading;
            using Vmemmap;
            using Vmemmap.HugeTlb;
            using Vmemmap.MemoryProbe;
            using Vmemmap.Simulation;
            {{aliases}}

            public static class {{target.Name}}{{(target.IsGeneric ? "<TArch, TLayout> where TArch : struct, IArchitecture where TLayout : struct, IVmemmapLayout" : "")}}
            {
                private const long LastWritable = $R - 1;

                [ThreadStatic]
                private static $Page _held;

                private enum Subpage { InTail = $R + 2 }

                private static $Page Same($Page page) => page;

                private static void Next($Page page) => _held = page;

                private static void Swap(ref $Page page, ref $Page other) => (page, other) = (other, page);

                private static void End($Scope scope) => scope.Dispose();

                [$Mark]
                private static ref StructPage Tail($Page page, long index) => ref page.Unchecked(index);

                [ReadOnlyTail(Architecture = "TSomeArch", Layout = "TSomeLayout")]
                private static ref StructPage TailOf<TSomeArch, TSomeLayout>({{NameOf(Page, "TSomeArch", "TSomeLayout")}} page, long index)
                    where TSomeArch : struct, IArchitecture
                    where TSomeLayout : struct, IVmemmapLayout => ref page.Unchecked(index);

                [$Mark]
                private static Span<StructPage> All($Page page) => MemoryMarshal.CreateSpan(ref page.Unchecked(0), (int)page.Count);

                [$Mark]
                private static unsafe StructPage* Start($Page page) => (StructPage*)Unsafe.AsPointer(ref page.Unchecked(0));

                private sealed class Tails($Page page)
                {
                    [$Mark]
                    public ref readonly StructPage this[long index] => ref page[index];

                    [$Mark]
                    public ref StructPage Unchecked(long index) => ref page.Unchecked(index);
                }

                private sealed class Own($Page page)
                {
                    [VmemmapState(VmemmapState.Optimized)]
                    public bool IsFolded => page.IsOptimized;

                    [$Mark]
                    public ref readonly StructPage this[long index] => ref page[index];

                    [$Mark]
                    public ref StructPage Unchecked(long index) => ref page.Unchecked(index);

                    [VmemmapState(VmemmapState.Restored)]
                    public $Scope Unfold() => page.Restore();

                    [VmemmapState(VmemmapState.Optimized)]
                    public bool Fold(VmemmapRemapper<$Arch> vmemmap, Cpu<$Arch> cpu) => $Layout.TryOptimize(vmemmap, cpu, page);
                }


            """;
        const string Extension = "\ninternal static class Marking { public static void Mark(this ref StructPage page) => page.Flags = 3; }\n";
        return (head + string.Concat(snippets.Select(SnippetText.Of)) + "}\n" + (target.IsGeneric ? Extension : string.Empty))
            .Replace("$Mark", mark, StringComparison.Ordinal)
            .Replace("$R", target.ReadOnlyFrom.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("$Page", target.IsGeneric ? NameOf(Page, architecture, layout) : "Page", StringComparison.Ordinal)
            .Replace("$Scope", target.IsGeneric ? NameOf(Scope, architecture, layout) : "Scope", StringComparison.Ordinal)
            .Replace("$Arch", architecture, StringComparison.Ordinal)
            .Replace("$Layout", layout, StringComparison.Ordinal);
    }

    private static string NameOf(Type type, string architecture, string layout) =>
        $"{type.FullName![..type.FullName!.IndexOf('`', StringComparison.Ordinal)]}<{architecture}, {layout}>";
}

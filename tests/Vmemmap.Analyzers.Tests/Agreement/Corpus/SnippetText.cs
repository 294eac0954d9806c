using System.Globalization;
using Vmemmap.Analyzers.Tests.Agreement.Grammar;

namespace Vmemmap.Analyzers.Tests.Agreement.Corpus;

/// <summary>The C# of a snippet: its forms put into each other.</summary>
internal static class SnippetText
{
    /// <summary>The methods, with the names of types still as tokens.</summary>
    public static string Of(Snippet snippet)
    {
        StateForm state = snippet.State;
        string body = state.IsSplit
            ? snippet.Index.Template.Replace("$write", $"{{ {Kept(snippet)} }}", StringComparison.Ordinal)
            : state.Template.Replace("$body", Written(snippet), StringComparison.Ordinal);
        string judged = string.Empty;
        if (state.Judged is { } other)
        {
            judged = $"    {other.Replace("$body", Written(snippet), StringComparison.Ordinal)}\n\n";
        }

        string text =
            $$"""
                // {{snippet.Name}}
                public static unsafe void {{snippet.Method}}($Page page, $Page other, VmemmapRemapper<$Arch> vmemmap, Cpu<$Arch> cpu, long n, bool flag)
                {
                    {{body}}
                }


            """;
        return (text + judged)
            .Replace("{0}", snippet.JudgedMethod, StringComparison.Ordinal)
            .Replace("$span", state.Span ?? "All($page)", StringComparison.Ordinal)
            .Replace("$scope", "scope", StringComparison.Ordinal)
            .Replace("$i", snippet.Index.Index, StringComparison.Ordinal)
            .Replace("$page", state.Page, StringComparison.Ordinal)
            .Replace("$R", Number(snippet.Target.ReadOnlyFrom), StringComparison.Ordinal)
            .Replace("$N", Number(snippet.Target.StructPages), StringComparison.Ordinal);
    }

    private static string Written(Snippet snippet) =>
        snippet.Index.Template.Replace("$write", $"{snippet.Write.Take} {snippet.Write.Write}".Trim(), StringComparison.Ordinal);

    private static string Kept(Snippet snippet) => snippet.State.Template
        .Replace("$take", snippet.Write.Take, StringComparison.Ordinal)
        .Replace("$use", snippet.Write.Write, StringComparison.Ordinal);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

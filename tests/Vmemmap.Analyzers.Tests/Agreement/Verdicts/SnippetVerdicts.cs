using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Flow;
using Vmemmap.Analyzers.Tests.Agreement.Corpus;
using Vmemmap.Analyzers.Tests.Agreement.Grammar;

namespace Vmemmap.Analyzers.Tests.Agreement.Verdicts;

/// <summary>What the analyzer says of every snippet.</summary>
internal static class SnippetVerdicts
{
    /// <summary>Asks it.</summary>
    /// <returns>The verdict of each snippet's write, by number; null where it saw none.</returns>
    public static IReadOnlyDictionary<int, Verdict?> Of(IReadOnlyList<Snippet> snippets, SnippetAssembly assembly)
    {
        Dictionary<int, Verdict?> verdicts = [];
        foreach (IGrouping<Target, Snippet> file in snippets.GroupBy(snippet => snippet.Target))
        {
            SemanticModel model = assembly.ModelOf(file.Key);
            var methods = assembly.MethodsOf(file.Key);
            foreach (Snippet snippet in file)
            {
                verdicts[snippet.Number] = Of(model, methods[snippet.JudgedMethod]);
            }
        }

        return verdicts;
    }

    private static Verdict? Of(SemanticModel model, MethodDeclarationSyntax method)
    {
        // A snippet has one write. Where the analyzer judges it in two steps (a pointer is taken, then written through), the graver counts.
        Verdict? verdict = null;
        foreach (TailAccess access in TailFlow.Accesses(model, method, CancellationToken.None))
        {
            if (access.Kind is AccessKind.Write or AccessKind.PassWritable or AccessKind.RemoveReadOnly
                && (verdict is not { } known || Gravity(access.Verdict) > Gravity(known)))
            {
                verdict = access.Verdict;
            }
        }

        return verdict;
    }

    private static int Gravity(Verdict verdict) => verdict switch
    {
        Verdict.Safe => 0,
        Verdict.Unknown => 1,
        Verdict.May => 2,
        _ => 3,
    };
}

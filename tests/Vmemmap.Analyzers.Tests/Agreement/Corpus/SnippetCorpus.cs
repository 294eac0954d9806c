using Vmemmap.Analyzers.Tests.Agreement.Grammar;

namespace Vmemmap.Analyzers.Tests.Agreement.Corpus;

/// <summary>The snippets: a sample of what the grammar makes, the same in every run.</summary>
internal static class SnippetCorpus
{
    // Strides that have no factor in common with the numbers of forms near them, so that each form meets many of the others.
    private const int OfEachState = 14;
    private const int WriteStride = 31;
    private const int IndexStride = 41;
    private const int GenericEvery = 11;

    // The states that say most; with each of them, every index and every write is there.
    private static readonly string[] KeyStates = ["unknown", "if optimized", "if not optimized", "using", "after using"];
    private static readonly string[] KeyIndexes = ["first read-only", "last writable", "if above", "if below", "n"];

    public static IReadOnlyList<Snippet> All { get; } = [.. Sample().Select((parts, i) => new Snippet(i, parts.State, parts.Write, parts.Index, TargetOf(i)))];

    private static IEnumerable<(StateForm State, WriteForm Write, IndexForm Index)> Sample()
    {
        int index = 0;
        for (int s = 0; s < StateForms.All.Count; s++)
        {
            StateForm state = StateForms.All[s];
            WriteForm[] writes = [.. WriteForms.All.Where(write => state.Gives.HasFlag(write.Through) && (!state.IsSplit || write.Take.Length > 0))];
            for (int k = 0; k < OfEachState; k++)
            {
                index += IndexStride;
                WriteForm write = writes[((s * 5) + (k * WriteStride)) % writes.Length];
                IndexForm[] fitting = [.. IndexForms.All.Where(form => Snippet.Fits(state, write, form))];
                yield return (state, write, fitting[index % fitting.Length]);
            }
        }

        foreach (string name in KeyStates)
        {
            StateForm state = StateForms.All.Single(form => form.Name == name);
            foreach (IndexForm form in IndexForms.All.Where(form => Snippet.Fits(state, WriteForms.All[0], form)))
            {
                yield return (state, WriteForms.All[0], form);
            }

            int key = 0;
            foreach (WriteForm form in WriteForms.All.Where(form => Snippet.Fits(state, form, IndexForms.All[0])))
            {
                string wanted = KeyIndexes[key++ % KeyIndexes.Length];
                yield return (state, form, IndexForms.All.Single(at => at.Name == wanted));
            }
        }
    }

    private static Target TargetOf(int number) =>
        number % GenericEvery == GenericEvery - 1 ? Targets.Generic : Targets.Concrete[number % Targets.Concrete.Count];
}

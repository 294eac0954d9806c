using System.Collections.Concurrent;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Tests.Agreement.Corpus;
using Vmemmap.Analyzers.Tests.Agreement.Running;
using Vmemmap.MemoryProbe;
using Xunit.Abstractions;

namespace Vmemmap.Analyzers.Tests.Agreement;

/// <summary>Some snippets again, in a process whose memory is mapped as the machine's tables say: there nothing counts what is written, the processor does.</summary>
[Collection(AgreementCollection.Name)]
public sealed class RealMemoryTests(AgreementRun run, ITestOutputHelper output)
{
    private const int OfEachVerdict = 10;
    private const int AtOnce = 2;

    // Without a factor in common with the size of the corpus: it picks from all over it.
    private const int Stride = 1009;

    [LinuxFact]
    public async Task MustDiesAndSafeLives()
    {
        string image = Path.Combine(Path.GetTempPath(), $"vmemmap-snippets-{Guid.NewGuid():n}.dll");
        await File.WriteAllBytesAsync(image, run.Image);
        ConcurrentBag<string> wrong = [];
        try
        {
            (Snippet Snippet, Verdict Verdict, PageInput Input)[] chosen = [.. Choose(Verdict.Must), .. Choose(Verdict.Safe)];
            await Parallel.ForEachAsync(chosen, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (choice, _) =>
            {
                (Type architecture, Type layout) = choice.Snippet.Target.Architectures[0];
                ProbeRequest request = new(
                    image, choice.Snippet.Target.Name, choice.Snippet.Method, architecture.FullName!, layout.FullName!, choice.Input);
                MemoryProbeProcess process = await MemoryProbeProcess.RunAsync(request);
                string line = $"{choice.Verdict}, {choice.Snippet.Name}, {choice.Input}: exit code {process.ExitCode}";
                lock (output)
                {
                    output.WriteLine(line);
                }

                if (!(choice.Verdict == Verdict.Must ? process.DiedOfAWriteIn(choice.Snippet.Method) : process.WroteAndLived))
                {
                    wrong.Add($"{line}\n{process.Output}{process.Errors}\n{SnippetText.Of(choice.Snippet)}");
                }
            });
        }
        finally
        {
            File.Delete(image);
        }

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
    }

    // Each with another way to the state and another way to write, on a machine whose pages are as large as those here and can be read-only.
    private IEnumerable<(Snippet Snippet, Verdict Verdict, PageInput Input)> Choose(Verdict verdict)
    {
        HashSet<string> states = [];
        HashSet<string> writes = [];
        List<(Snippet, Verdict, PageInput)> chosen = [];
        for (int i = 0; i < run.Snippets.Count && chosen.Count < OfEachVerdict; i++)
        {
            Snippet snippet = run.Snippets[(int)((long)i * Stride % run.Snippets.Count)];
            Outcome outcome = run.Outcomes[snippet.Number];
            if (run.Verdicts[snippet.Number] == verdict
                && !snippet.Target.IsGeneric
                && snippet.Target.PageSize == Environment.SystemPageSize
                && snippet.Target.HasReadOnlyMappings
                && (verdict == Verdict.Must ? outcome.Fault : outcome.Pass) is { } witness
                && states.Add(snippet.State.Name)
                && writes.Add(snippet.Write.Name))
            {
                chosen.Add((snippet, verdict, witness.Input));
            }
        }

        Assert.Equal(OfEachVerdict, chosen.Count);
        return chosen;
    }
}

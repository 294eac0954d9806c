using System.Globalization;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Tests.Agreement.Corpus;
using Vmemmap.Analyzers.Tests.Agreement.Running;
using Vmemmap.Analyzers.Tests.Agreement.Verdicts;
using Vmemmap.MemoryProbe;
using Xunit.Abstractions;

namespace Vmemmap.Analyzers.Tests.Agreement;

/// <summary>What the analyzer says of thousands of small methods, and what these do to a machine's huge pages.</summary>
[Collection(AgreementCollection.Name)]
public sealed class AgreementTests(AgreementRun run, ITestOutputHelper output)
{
    private const int Shown = 12;

    [Fact]
    public void Corpus_IsLargeAndIsReached()
    {
        int[] never = [.. run.Snippets.Where(snippet => run.Outcomes[snippet.Number].Reached == 0).Select(snippet => snippet.Number)];
        output.WriteLine($"{run.Snippets.Count} snippets, {run.Outcomes.Values.Sum(o => (long)o.Runs)} runs, "
            + $"{run.Outcomes.Values.Sum(o => (long)o.Reached)} reached their write, {run.Outcomes.Values.Sum(o => (long)o.Faulted)} faulted; "
            + $"{never.Length} snippets never write");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"compiled in {run.Compiling.TotalSeconds:f1} s, judged in {run.Judging.TotalSeconds:f1} s, ran in {run.Running.TotalSeconds:f1} s"));
        foreach (int number in never)
        {
            output.WriteLine(run.Snippets[number].Name);
        }

        Assert.True(run.Snippets.Count >= 2000);
        Assert.Equal(0, run.Violations);

        // A few are meant to never get there, such as a branch that contradicts itself.
        Assert.InRange(never.Length, 0, run.Snippets.Count / 12);
    }

    [Fact]
    public void Must_FaultsInEveryRunThatWrites() => AssertNone(
        "certain to fault, and a run wrote and did not",
        snippet => run.Verdicts[snippet.Number] == Verdict.Must && run.Outcomes[snippet.Number].Pass is not null,
        outcome => outcome.Pass);

    [Fact]
    public void Safe_NeverFaults() => AssertNone(
        "safe, and a run faulted",
        snippet => run.Verdicts[snippet.Number] == Verdict.Safe && run.Outcomes[snippet.Number].Faulted > 0,
        outcome => outcome.Fault);

    // A write through what has only writable struct pages is none of the rules' business.
    [Fact]
    public void WhatIsNotSeen_NeverFaults() => AssertNone(
        "not seen, and a run faulted",
        snippet => run.Verdicts[snippet.Number] is null && run.Outcomes[snippet.Number].Faulted > 0,
        outcome => outcome.Fault);

    [Fact]
    public void Unknown_IsRare()
    {
        Snippet[] unknown = [.. run.Snippets.Where(snippet => run.Verdicts[snippet.Number] == Verdict.Unknown)];
        output.WriteLine($"{unknown.Length} of {run.Snippets.Count} unknown");
        foreach (Snippet snippet in unknown)
        {
            output.WriteLine(snippet.Name);
        }

        Assert.InRange(unknown.Length, 0, run.Snippets.Count / 10);
    }

    // An analyzer that said May of everything would contradict no run.
    [Fact]
    public void WhatIsCertain_IsSaid()
    {
        VerdictTable table = VerdictTable.Of(run);
        output.WriteLine(table.ToString());

        // The rest are joins, calls that nobody can look into and loops over both, which no analysis of one method tells apart.
        Assert.InRange(table.ShareOf(Verdict.Must, Happens.Always), 0.4, 1);
        Assert.InRange(table.ShareOf(Verdict.Safe, Happens.Never), 0.75, 1);
        Assert.InRange(table.PrecisionOfMay, 0.5, 1);
    }

    [Fact]
    public void HugePages_AreJudgedAsTheWatchedOnes() => AssertNone(
        "judged otherwise for HugePage",
        snippet => run.PlainVerdicts.TryGetValue(snippet.Number, out Verdict? verdict) && verdict != run.Verdicts[snippet.Number],
        outcome => outcome.Fault);

    private void AssertNone(string what, Func<Snippet, bool> isWrong, Func<Outcome, (PageInput Input, int Architecture)?> witness)
    {
        Snippet[] wrong = [.. run.Snippets.Where(isWrong)];
        foreach (Snippet snippet in wrong)
        {
            output.WriteLine(snippet.Name);
        }

        Assert.True(
            wrong.Length == 0,
            $"{wrong.Length} of {run.Snippets.Count} snippets: {what}\n" + string.Join('\n', wrong.Take(Shown).Select(snippet =>
                $"{witness(run.Outcomes[snippet.Number])}, judged {run.Verdicts[snippet.Number]}\n{SnippetText.Of(snippet)}")));
    }
}

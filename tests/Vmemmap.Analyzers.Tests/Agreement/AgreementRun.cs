using System.Diagnostics;
using System.Reflection;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Tests.Agreement.Corpus;
using Vmemmap.Analyzers.Tests.Agreement.Running;
using Vmemmap.Analyzers.Tests.Agreement.Verdicts;

namespace Vmemmap.Analyzers.Tests.Agreement;

/// <summary>The corpus compiled, judged and run, once for all tests that look at it.</summary>
public sealed class AgreementRun
{
    private const int PlainEvery = 4;

    public AgreementRun()
    {
        Snippets = SnippetCorpus.All;
        SnippetAssembly watched = new(Snippets, Dialect.Watched);
        IReadOnlyList<Snippet> some = [.. Snippets.Where(snippet => snippet.Number % PlainEvery == 0)];
        SnippetAssembly plain = new(some, Dialect.Plain);
        Task judging = Task.Run(() =>
        {
            long start = Stopwatch.GetTimestamp();
            Verdicts = SnippetVerdicts.Of(Snippets, watched);
            PlainVerdicts = SnippetVerdicts.Of(some, plain);
            Judging = Stopwatch.GetElapsedTime(start);
        });
        long start = Stopwatch.GetTimestamp();
        Image = watched.Emit();
        Compiling = Stopwatch.GetElapsedTime(start);
        (Outcomes, Violations) = SnippetRuns.Of(Snippets, Assembly.Load(Image));
        Running = Stopwatch.GetElapsedTime(start) - Compiling;
        judging.GetAwaiter().GetResult();
    }

    public TimeSpan Compiling { get; }

    public TimeSpan Judging { get; private set; }

    public TimeSpan Running { get; }

    internal IReadOnlyList<Snippet> Snippets { get; }

    /// <summary>The assembly that ran.</summary>
    internal byte[] Image { get; }

    /// <summary>By number; null where the analyzer saw no write.</summary>
    internal IReadOnlyDictionary<int, Verdict?> Verdicts { get; private set; } = new Dictionary<int, Verdict?>();

    /// <summary>The same for huge pages as people use them, of some.</summary>
    internal IReadOnlyDictionary<int, Verdict?> PlainVerdicts { get; private set; } = new Dictionary<int, Verdict?>();

    internal IReadOnlyDictionary<int, Outcome> Outcomes { get; }

    /// <summary>What the machines did that no correct kernel does.</summary>
    internal long Violations { get; }
}

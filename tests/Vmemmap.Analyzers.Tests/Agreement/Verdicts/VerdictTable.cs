using System.Globalization;
using System.Text;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Tests.Agreement.Running;

namespace Vmemmap.Analyzers.Tests.Agreement.Verdicts;

/// <summary>How many snippets were judged how, and what their runs did. Those whose write no run reaches are left out.</summary>
internal sealed class VerdictTable
{
    private readonly Dictionary<(Verdict? Verdict, Happens Happens), int> _counts = [];

    public static VerdictTable Of(AgreementRun run)
    {
        VerdictTable table = new();
        foreach ((int number, Outcome outcome) in run.Outcomes)
        {
            if (outcome.Reached > 0)
            {
                (Verdict?, Happens) key = (run.Verdicts[number], HappensIn(outcome));
                table._counts[key] = table._counts.GetValueOrDefault(key) + 1;
            }
        }

        return table;
    }

    /// <summary>Of the snippets whose runs do this, the share that got a verdict.</summary>
    public double ShareOf(Verdict verdict, Happens happens) =>
        (double)_counts.GetValueOrDefault((verdict, happens)) / _counts.Where(entry => entry.Key.Happens == happens).Sum(entry => entry.Value);

    /// <summary>Of the snippets that are judged May, the share of which some runs fault and some do not.</summary>
    public double PrecisionOfMay =>
        (double)_counts.GetValueOrDefault((Verdict.May, Happens.Sometimes)) / _counts.Where(entry => entry.Key.Verdict == Verdict.May).Sum(entry => entry.Value);

    public override string ToString()
    {
        StringBuilder text = new();
        foreach (Verdict? verdict in new Verdict?[] { Verdict.Safe, Verdict.May, Verdict.Must, Verdict.Unknown, null })
        {
            int Count(Happens happens) => _counts.GetValueOrDefault((verdict, happens));
            int all = Count(Happens.Never) + Count(Happens.Sometimes) + Count(Happens.Always);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{verdict?.ToString() ?? "not seen",-8} {all,5}: never faults {Count(Happens.Never),5}, in some runs {Count(Happens.Sometimes),5}, always {Count(Happens.Always),5}");
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"of those that always fault {ShareOf(Verdict.Must, Happens.Always):p0} are judged Must, of those that never do {ShareOf(Verdict.Safe, Happens.Never):p0} Safe; {PrecisionOfMay:p0} of May did both");
        return text.ToString();
    }

    private static Happens HappensIn(Outcome outcome) =>
        outcome.Faulted == 0 ? Happens.Never : outcome.Faulted == outcome.Reached ? Happens.Always : Happens.Sometimes;
}

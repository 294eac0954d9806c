using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Vmemmap.Analyzers.Tests.Verification;

/// <summary>Holds what an analyzer reports against the marks in a source.</summary>
/// <typeparam name="TAnalyzer">The analyzer.</typeparam>
internal static class Verify<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    private static readonly Dictionary<string, DiagnosticSeverity> Severities =
        new TAnalyzer().SupportedDiagnostics.ToDictionary(d => d.Id, d => d.DefaultSeverity);

    /// <summary>Checks that every mark is reported, and nothing else.</summary>
    /// <param name="marked">The source: <see cref="MarkedSource"/>.</param>
    /// <param name="properties">Keys and values of the analyzer config: "build_property.VmemmapArchitecture".</param>
    /// <param name="library">More source, in a library that the project references.</param>
    /// <returns>What was reported, in source order.</returns>
    public static IReadOnlyList<Diagnostic> Marks(
        string marked, IReadOnlyDictionary<string, string>? properties = null, string library = "")
    {
        MarkedSource source = MarkedSource.Parse(marked, SeverityOf);
        return Check(source, ConsumerProject.With(library, source.Text), properties);
    }

    /// <summary>As <see cref="Marks"/>, and the one diagnostic has this message.</summary>
    public static void Message(
        string marked, string message, IReadOnlyDictionary<string, string>? properties = null, string library = "")
    {
        Diagnostic only = Assert.Single(Marks(marked, properties, library));
        Assert.Equal(message, only.GetMessage(CultureInfo.InvariantCulture));
    }

    /// <summary>Checks that nothing is reported in a project that does not reference Vmemmap.</summary>
    public static void SilentWithoutVmemmap(string text) =>
        Check(MarkedSource.Parse(text, SeverityOf), ConsumerProject.WithoutVmemmap(text), properties: null);

    private static IReadOnlyList<Diagnostic> Check(
        MarkedSource source, CSharpCompilation compilation, IReadOnlyDictionary<string, string>? properties)
    {
        AnalyzerRun run = AnalyzerRun.Of(new TAnalyzer(), compilation, properties);
        Assert.True(run.Errors.IsEmpty, $"the source does not compile:\n{string.Join('\n', run.Errors.Select(Text))}\n\n{source.Text}");
        Assert.True(run.Exceptions.IsEmpty, $"{typeof(TAnalyzer).Name} threw:\n{string.Join('\n', run.Exceptions)}\n\n{source.Text}");

        Mark[] found = [.. run.Diagnostics.Select(Mark.Of)];
        Mark[] missing = [.. Without(source.Marks, found)];
        Mark[] surplus = [.. Without(found, source.Marks)];
        Assert.True(
            missing.Length + surplus.Length == 0,
            $"""

            not reported: {List(source.Text, missing)}
            not marked:   {List(source.Text, surplus)}

            What was reported:
            {MarkedSource.Annotate(source.Text, found)}

            {string.Join('\n', run.Diagnostics.Select(Text))}
            """);
        return run.Diagnostics;
    }

    private static DiagnosticSeverity SeverityOf(string id) => Severities.TryGetValue(id, out DiagnosticSeverity severity)
        ? severity
        : throw new ArgumentException($"{typeof(TAnalyzer).Name} never reports {id}.", nameof(id));

    // As bags: the same diagnostic twice needs two marks.
    private static IEnumerable<Mark> Without(IEnumerable<Mark> marks, IEnumerable<Mark> others)
    {
        List<Mark> left = [.. others];
        return [.. marks.Where(mark => !left.Remove(mark))];
    }

    private static string List(string text, Mark[] marks) => marks.Length == 0
        ? "none"
        : string.Join(", ", marks.Select(m => $"{m.Severity} {m.Id} at '{text.Substring(m.Start, m.Length)}'"));

    private static string Text(Diagnostic diagnostic) => diagnostic.ToString();
}

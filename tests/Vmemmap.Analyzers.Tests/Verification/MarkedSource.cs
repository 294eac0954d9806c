using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Tests.Verification;

/// <summary>
/// C# with the diagnostics marked where they must be: <c>{|VMM1001:page.Unchecked(100).Flags|} = 1;</c>. Marks may be nested. A mark asks for the
/// severity of the rule's descriptor; <c>{|VMM1004?:…|}</c> asks for a warning and <c>{|VMM1004!:…|}</c> for an error, whatever the descriptor says.
/// </summary>
internal sealed partial class MarkedSource
{
    private MarkedSource(string text, IReadOnlyList<Mark> marks)
    {
        Text = text;
        Marks = marks;
    }

    /// <summary>The source without its marks.</summary>
    public string Text { get; }

    /// <summary>The marks, in the order of their ends.</summary>
    public IReadOnlyList<Mark> Marks { get; }

    /// <summary>Reads marks.</summary>
    /// <param name="marked">The source with its marks.</param>
    /// <param name="severityOf">The severity that a rule has by default.</param>
    public static MarkedSource Parse(string marked, Func<string, DiagnosticSeverity> severityOf)
    {
        StringBuilder text = new();
        List<Mark> marks = [];
        Stack<Mark> open = new();
        int at = 0;
        foreach (Match match in MarkSyntax().Matches(marked))
        {
            text.Append(marked, at, match.Index - at);
            at = match.Index + match.Length;
            if (match.Groups["id"] is { Success: true, Value: string id })
            {
                DiagnosticSeverity severity = match.Groups["severity"].Value switch
                {
                    "!" => DiagnosticSeverity.Error,
                    "?" => DiagnosticSeverity.Warning,
                    _ => severityOf(id),
                };
                open.Push(new Mark(id, text.Length, 0, severity));
            }
            else
            {
                Assert.True(open.Count > 0, $"a mark ends that never began:\n{marked}");
                Mark mark = open.Pop();
                marks.Add(mark with { Length = text.Length - mark.Start });
            }
        }

        Assert.True(open.Count == 0, $"a mark never ends:\n{marked}");
        text.Append(marked, at, marked.Length - at);
        return new MarkedSource(text.ToString(), marks);
    }

    /// <summary>The inverse: a source with diagnostics marked in it, each with its severity.</summary>
    public static string Annotate(string text, IEnumerable<Mark> marks)
    {
        Mark[] all = [.. marks.OrderBy(m => m.Start).ThenByDescending(m => m.Length)];
        StringBuilder annotated = new();
        for (int at = 0; at <= text.Length; at++)
        {
            annotated.Insert(annotated.Length, "|}", all.Count(m => m.End == at && m.Length > 0));
            foreach (Mark mark in all.Where(m => m.Start == at))
            {
                string severity = mark.Severity == DiagnosticSeverity.Error ? "!" : mark.Severity == DiagnosticSeverity.Warning ? "?" : string.Empty;
                annotated.Append("{|").Append(mark.Id).Append(severity).Append(mark.Length == 0 ? ":|}" : ":");
            }

            if (at < text.Length)
            {
                annotated.Append(text[at]);
            }
        }

        return annotated.ToString();
    }

    [GeneratedRegex(@"\{\|(?<id>[A-Z]+\d+)(?<severity>[!?]?):|\|\}", RegexOptions.CultureInvariant)]
    private static partial Regex MarkSyntax();
}

using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>An error or a warning.</summary>
/// <param name="Line">Its line in the block, from 1.</param>
/// <param name="Severity">"error" or "warning".</param>
/// <param name="Id">"VMM1001".</param>
/// <param name="Message">What is said.</param>
/// <param name="Text">The compiler's line: "Program.cs(3,1): error VMM1001: …".</param>
internal sealed partial record Reported(int Line, string Severity, string Id, string Message, string Text)
{
    public static Reported Of(Diagnostic diagnostic, int linesBefore)
    {
        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        int line = place.StartLinePosition.Line + 1 - (place.Path == Example.FileName ? linesBefore : 0);
        string severity = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        string message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
        string where = place.IsValid ? $"{place.Path}({line},{place.StartLinePosition.Character + 1}): " : "";
        return new Reported(line, severity, diagnostic.Id, message, $"{where}{severity} {diagnostic.Id}: {message}");
    }

    /// <summary>What a block says of itself, in comments at the ends of lines: "// error VMM1001", with a part of the message or without.</summary>
    public static IEnumerable<Reported> Expected(Block block) => block.Lines.SelectMany((text, i) => Comment().Matches(text).Select(m => new Reported(
        i + 1, m.Groups["severity"].Value, m.Groups["id"].Value, m.Groups["message"].Value, $"{block.Page}({block.Line + i + 1})")));

    /// <summary>Whether this is what a page expects.</summary>
    public bool Is(Reported expected) => (Line, Severity, Id) == (expected.Line, expected.Severity, expected.Id)
        && Message.Contains(expected.Message, StringComparison.Ordinal);

    [GeneratedRegex(@"// (?<severity>error|warning) (?<id>[A-Z]+\d{4})(?:: (?<message>.+?))?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}

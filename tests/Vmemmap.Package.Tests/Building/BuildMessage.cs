using System.Globalization;
using System.Text.RegularExpressions;

namespace Vmemmap.Package.Tests.Building;

/// <summary>An error or a warning of a build.</summary>
/// <param name="File">Name of the file at fault, without its folder.</param>
/// <param name="Line">Line in it, from 1; 0 if none is named.</param>
/// <param name="Column">Column, from 1; 0 if none is named.</param>
/// <param name="Severity">"error" or "warning".</param>
/// <param name="Id">Its id: "VMM1001".</param>
/// <param name="Text">What it says.</param>
internal sealed partial record BuildMessage(string File, int Line, int Column, string Severity, string Id, string Text)
{
    /// <summary>All in an output, each once: a build says them again at its end.</summary>
    public static BuildMessage[] Of(string output) =>
    [
        .. Message().Matches(output).Select(m => new BuildMessage(
            Path.GetFileName(m.Groups["file"].Value.Trim()), Number(m.Groups["line"]), Number(m.Groups["column"]),
            m.Groups["severity"].Value, m.Groups["id"].Value, m.Groups["text"].Value)).Distinct(),
    ];

    private static int Number(Group digits) => digits.Success ? int.Parse(digits.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        @"^(?<file>[^\n]*?)(\((?<line>\d+)(,(?<column>\d+))?\))? ?: (?<severity>error|warning) (?<id>[A-Z]+\d+) ?: (?<text>.*?)( \[[^\[\]\n]+\])?$",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Message();
}

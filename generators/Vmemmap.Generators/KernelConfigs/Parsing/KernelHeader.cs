using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>What the comment on top says: <c># Linux/x86 6.12.117 Kernel Configuration</c>.</summary>
/// <param name="Architecture">The kernel's name of it: "x86", "arm64".</param>
/// <param name="Release">The version as it stands there.</param>
/// <param name="Version">The same as numbers.</param>
/// <param name="Location">The line.</param>
internal sealed record KernelHeader(string Architecture, string Release, KernelVersion Version, TableLocation Location)
{
    private const string Start = "# Linux/";
    private const string End = " Kernel Configuration";

    /// <summary>The line as people count, from 1.</summary>
    public int Line => Location.StartLine + 1;

    /// <summary>Whether a line means to be such a header.</summary>
    public static bool IsMeant(string line) => line.StartsWith(Start, System.StringComparison.Ordinal);

    /// <summary>Reads a line that is meant to be one.</summary>
    /// <returns>Null if it has another form or no version that can be read.</returns>
    public static KernelHeader? Read(string line, TableLocation location)
    {
        string[] words = line.EndsWith(End, System.StringComparison.Ordinal)
            ? line.Substring(Start.Length, System.Math.Max(0, line.Length - Start.Length - End.Length)).Split(' ')
            : [];
        return words.Length == 2 && words[0].Length > 0 && KernelVersion.TryParse(words[1], out KernelVersion version)
            ? new KernelHeader(words[0], words[1], version, location)
            : null;
    }
}

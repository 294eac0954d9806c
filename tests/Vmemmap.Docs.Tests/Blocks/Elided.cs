namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>Output that a page shows in part: a line "…" stands for any lines.</summary>
internal static class Elided
{
    private const string Rest = "…";

    /// <summary>Whether the output is what is shown.</summary>
    public static bool IsShown(IReadOnlyList<string> shown, IReadOnlyList<string> output)
    {
        if (shown.Count == 0)
        {
            return output.Count == 0;
        }

        return shown[0] == Rest
            ? Enumerable.Range(0, output.Count + 1).Any(skipped => IsShown(From(shown, 1), From(output, skipped)))
            : output.Count > 0 && shown[0] == output[0] && IsShown(From(shown, 1), From(output, 1));
    }

    private static IReadOnlyList<string> From(IReadOnlyList<string> lines, int start) => [.. lines.Skip(start)];
}

using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>Output that a page shows, against what there is; VMEMMAP_UPDATE_SNAPSHOTS=1 writes it into the page where nothing is left out.</summary>
internal static class Shown
{
    private const string Fence = "```";

    public static void AssertIs(Block shown, IReadOnlyList<string> output)
    {
        if (Elided.IsShown(shown.Lines, output))
        {
            return;
        }

        bool isWhole = !shown.Lines.Contains("…");
        if (Repository.IsUpdate && isWhole)
        {
            Write(shown, output);
            return;
        }

        Assert.Fail($"{shown} shows something else than\n{string.Join('\n', output)}");
    }

    // Blocks written before have moved the lines of the page, but not the order of its blocks.
    private static void Write(Block shown, IReadOnlyList<string> output)
    {
        int number = AllPages.Of(shown.Page).Blocks.TakeWhile(b => b != shown).Count();
        string[] lines = Repository.Read(shown.Page).Split('\n');
        Block now = new Page(shown.Page, string.Join('\n', lines)).Blocks[number];
        int end = Array.IndexOf(lines, Fence, now.Line);
        File.WriteAllText(Repository.PathOf(shown.Page), string.Join('\n', [.. lines[..now.Line], .. output, .. lines[end..]]));
    }
}

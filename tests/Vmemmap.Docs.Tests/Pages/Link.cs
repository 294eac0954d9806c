namespace Vmemmap.Docs.Tests.Pages;

/// <summary>A link or a picture of a page.</summary>
/// <param name="Page">Path of the page: "docs/hvo.md".</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Text">The words of the link, or the picture's alternative text.</param>
/// <param name="Target">Where it leads: "pictures/inspect.svg", "#hvo", "https://…".</param>
/// <param name="IsPicture">Whether it is a picture.</param>
internal sealed record Link(string Page, int Line, string Text, string Target, bool IsPicture)
{
    public bool IsExternal => Target.Contains("://", StringComparison.Ordinal) || Target.StartsWith("mailto:", StringComparison.Ordinal);

    /// <summary>The file that is meant, as a path of the repository; "" for one outside it.</summary>
    public string File
    {
        get
        {
            string file = Uri.UnescapeDataString(Target.Split('#')[0]);
            if (file.Length == 0)
            {
                return Page;
            }

            string path = Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(Page) ?? "", file)));
            return path.Replace(Path.DirectorySeparatorChar, '/');
        }
    }

    /// <summary>The heading that is meant; "" for none.</summary>
    public string Anchor => Target.Contains('#', StringComparison.Ordinal) ? Target.Split('#')[1] : "";

    /// <summary>What a failing test names.</summary>
    public override string ToString() => $"{Page}({Line}): {(IsPicture ? "!" : "")}[{Text}]({Target})";
}

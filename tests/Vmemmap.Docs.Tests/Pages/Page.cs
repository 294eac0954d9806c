using System.Text.RegularExpressions;

namespace Vmemmap.Docs.Tests.Pages;

/// <summary>A page of Markdown, read as far as tests look at it: blocks at the line's start, headings with #, inline links.</summary>
internal sealed partial class Page
{
    private const string Fence = "```";

    private readonly List<Block> _blocks = [];
    private readonly List<Link> _links = [];
    private readonly List<string> _anchors = [];
    private readonly List<(int Line, string Text)> _prose = [];

    public Page(string path, string text)
    {
        Path = path;
        Text = text;
        Read(text.Split('\n'));
    }

    /// <summary>"docs/hvo.md".</summary>
    public string Path { get; }

    public string Text { get; }

    public IReadOnlyList<Block> Blocks => _blocks;

    public IReadOnlyList<Link> Links => _links;

    /// <summary>Names of the headings as GitHub makes them: "the-generations".</summary>
    public IReadOnlyList<string> Anchors => _anchors;

    /// <summary>The lines outside blocks.</summary>
    public IReadOnlyList<(int Line, string Text)> Prose => _prose;

    /// <summary>Rows of the first table whose header begins with these cells.</summary>
    /// <param name="header">"architecture", "page".</param>
    public IReadOnlyList<IReadOnlyList<string>> Table(params string[] header) => Rows(Tables.First(t => t[0].Take(header.Length).SequenceEqual(header)));

    /// <summary>All tables: a header, and rows of as many cells.</summary>
    public IEnumerable<IReadOnlyList<IReadOnlyList<string>>> Tables
    {
        get
        {
            List<IReadOnlyList<string>> table = [];
            foreach (string line in _prose.Select(l => l.Text).Append(""))
            {
                if (line.StartsWith('|'))
                {
                    table.Add([.. Cell().Split(line.Trim().Trim('|')).Select(c => c.Trim().Replace("\\|", "|", StringComparison.Ordinal))]);
                }
                else if (table.Count > 0)
                {
                    yield return table;
                    table = [];
                }
            }
        }
    }

    /// <summary>The next block of the page, which may show what this one gives.</summary>
    public Block? After(Block block) => _blocks.SkipWhile(b => b != block).Skip(1).FirstOrDefault();

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static List<IReadOnlyList<string>> Rows(IReadOnlyList<IReadOnlyList<string>> table) => [.. table.Skip(2)];

    private void Read(string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
            {
                ReadProse(i + 1, lines[i]);
                continue;
            }

            int end = Array.IndexOf(lines, Fence, i + 1);
            Assert.True(end >= 0, $"{Path}({i + 1}): a block without an end");
            _blocks.Add(new Block(Path, i + 1, lines[i][Fence.Length..].Trim(), string.Concat(lines[(i + 1)..end].Select(l => l + "\n"))));
            i = end;
        }
    }

    private void ReadProse(int number, string line)
    {
        _prose.Add((number, line));
        string text = Code().Replace(line, "code");
        text = Picture().Replace(text, m => Add(number, m, isPicture: true));
        _ = Anchored().Replace(text, m => Add(number, m, isPicture: false));
        if (Heading().Match(line) is { Success: true } heading)
        {
            string words = Anchored().Replace(heading.Groups["text"].Value, m => m.Groups["text"].Value);
            string name = NotInAnchor().Replace(words.ToLowerInvariant(), "").Replace(' ', '-');
            int same = _anchors.Count(a => a == name || Numbered(a, name));
            _anchors.Add(same == 0 ? name : $"{name}-{same}");
        }
    }

    private static bool Numbered(string anchor, string name) =>
        anchor.StartsWith(name + "-", StringComparison.Ordinal) && int.TryParse(anchor[(name.Length + 1)..], out _);

    private string Add(int number, Match match, bool isPicture)
    {
        _links.Add(new Link(Path, number, match.Groups["text"].Value, match.Groups["target"].Value, isPicture));
        return "picture";
    }

    [GeneratedRegex(@"^#{1,6} (?<text>.+?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]", RegexOptions.CultureInvariant)]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"`[^`]+`", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"!\[(?<text>[^\]]*)\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Picture();

    [GeneratedRegex(@"\[(?<text>[^\]]+)\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Anchored();

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.CultureInvariant)]
    private static partial Regex Cell();
}

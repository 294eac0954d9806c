namespace Vmemmap.Docs.Tests.Pages;

/// <summary>The pages that a user meets.</summary>
internal static class AllPages
{
    private static readonly string[] AtTheTop = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];

    // What the pages of rules are made of; the tests of the analyzers and of the generators compile it (tests/RulePages).
    private static readonly string[] OfRulePages =
    [
        "csharp wrong", "csharp right", "csharp suppressed", "csharp sound", "xml wrong", "xml right", "xml sound",
        "config wrong", "config wrong file", "config right", "config sound", "text wrong", "text right", "text message", "ini",
    ];

    /// <summary>Pages that belong to packages, and are shown where nothing relative resolves.</summary>
    public static IReadOnlyList<string> OfPackages { get; } =
        [.. Repository.Files("runtime", "README.md").Where(f => f.Count(c => c == '/') == 2)];

    public static IReadOnlyList<Page> All { get; } =
    [
        .. AtTheTop.Where(Repository.Exists)
            .Concat(Repository.Files("docs", "*.md"))
            .Concat(Repository.Files("samples", "README.md"))
            .Concat(Repository.Files("generators", "README.md"))
            .Concat(OfPackages)
            .Select(path => new Page(path, Repository.Read(path))),
    ];

    public static Page Of(string path) => All.Single(p => p.Path == path);

    /// <summary>The blocks that tests here answer for: all but those of the pages of rules, which have tests of their own.</summary>
    public static IEnumerable<Block> Blocks => All.SelectMany(p => p.Blocks).Where(b => !IsOfRulePage(b));

    public static Block Block(string page, int line) => Of(page).Blocks.Single(b => b.Line == line);

    /// <summary>Blocks for a theory, by what names them.</summary>
    public static TheoryData<string, int> Where(Func<Block, bool> isWanted)
    {
        TheoryData<string, int> blocks = [];
        foreach (Block block in Blocks.Where(isWanted))
        {
            blocks.Add(block.Page, block.Line);
        }

        return blocks;
    }

    // A picture drawn with characters stands in the pages of the rules of C#.
    private static bool IsOfRulePage(Block block) => block.Page.StartsWith("docs/rules/", StringComparison.Ordinal)
        && (OfRulePages.Contains($"{block.Language} {block.Kind}".TrimEnd()) || (block.Info == "text" && block.Page.StartsWith("docs/rules/VMM1", StringComparison.Ordinal)));
}

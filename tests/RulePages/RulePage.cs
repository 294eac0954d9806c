using System.Reflection;
using System.Text.RegularExpressions;

namespace Vmemmap.RulePages;

/// <summary>A page of docs/rules, read as far as tests look at it.</summary>
internal sealed partial class RulePage
{
    private RulePage(string name, string text)
    {
        Name = name;
        Text = text;
        string outside = Fence().Replace(text, "");
        Title = Heading().Match(outside) is { Success: true } title ? title.Groups["text"].Value : "";
        Sections = [.. Section().Matches(outside).Select(m => m.Groups["text"].Value)];
        Blocks = [.. Fence().Matches(text).Select(m => new CodeBlock(m.Groups["info"].Value, m.Groups["code"].Value))];
    }

    /// <summary>Folder of the pages.</summary>
    public static string Folder { get; } = Path.Combine(
        typeof(RulePage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!, "docs", "rules");

    /// <summary>The index of the rules.</summary>
    public static RulePage Index { get; } = Read("README");

    /// <summary>Names of all pages but the index, in order: "VMM1001".</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetFiles(Folder).Select(Path.GetFileName).OfType<string>().Where(f => f != "README.md")
            .Select(f => f.EndsWith(".md", StringComparison.Ordinal) ? f[..^".md".Length] : f).Order(StringComparer.Ordinal)];

    /// <summary>Name of its file, which is the id of its rule.</summary>
    public string Name { get; }

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>Its heading.</summary>
    public string Title { get; }

    /// <summary>The headings of its sections, in order.</summary>
    public IReadOnlyList<string> Sections { get; }

    /// <summary>Its blocks of code, in order.</summary>
    public IReadOnlyList<CodeBlock> Blocks { get; }

    /// <summary>Reads a page.</summary>
    /// <param name="name">"VMM1001".</param>
    public static RulePage Read(string name) => new(name, File.ReadAllText(Path.Combine(Folder, name + ".md")).ReplaceLineEndings("\n"));

    /// <summary>Its blocks of a kind, in order.</summary>
    /// <param name="info">What stands behind the fence: "csharp wrong".</param>
    public IEnumerable<string> BlocksOf(string info) => Blocks.Where(b => b.Info == info).Select(b => b.Code);

    [GeneratedRegex(@"^```(?<info>[^\n`]*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\A# (?<text>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^## (?<text>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Section();

    /// <summary>A block of code.</summary>
    /// <param name="Info">What stands behind the fence: "csharp wrong".</param>
    /// <param name="Code">The code, with the line break at its end.</param>
    internal sealed record CodeBlock(string Info, string Code);
}

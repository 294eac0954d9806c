namespace Vmemmap.Docs.Tests.Pages;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">Path of the page: "docs/hvo.md".</param>
/// <param name="Line">Line of the opening fence, from 1.</param>
/// <param name="Info">All that stands behind the fence: "csharp run".</param>
/// <param name="Code">The lines, each with its line break.</param>
internal sealed record Block(string Page, int Line, string Info, string Code)
{
    /// <summary>The first word of the info string: "csharp".</summary>
    public string Language => Info.Split(' ')[0];

    /// <summary>The words behind it that are no settings: "run".</summary>
    public string Kind => string.Join(' ', Info.Split(' ').Skip(1).Where(word => !word.Contains('=', StringComparison.Ordinal)));

    /// <summary>Settings, "from=path".</summary>
    public IReadOnlyDictionary<string, string> Settings => Info.Split(' ').Where(word => word.Contains('=', StringComparison.Ordinal))
        .Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public IReadOnlyList<string> Lines => Code.TrimEnd('\n').Split('\n');

    /// <summary>What a failing test names.</summary>
    public override string ToString() => $"{Page}({Line}): ```{Info}";
}

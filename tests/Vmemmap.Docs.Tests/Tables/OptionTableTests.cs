using System.Text.RegularExpressions;
using Vmemmap.Docs.Tests.Blocks;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Tables;

/// <summary>The pages of the command name every command and option that there is, and no other.</summary>
public sealed partial class OptionTableTests
{
    [Theory]
    [InlineData("inspect")]
    [InlineData("simulate")]
    public void ThePage_HasEveryOption(string command)
    {
        string help = ToolRun.Of($"vmemmap {command} --help").Output;
        IReadOnlyList<IReadOnlyList<string>> rows = AllPages.Of($"docs/{command}.md").Table("option");
        Assert.Equal(
            Option().Matches(help).Select(m => m.Groups["name"].Value).Where(o => o != "--help").Order(StringComparer.Ordinal),
            rows.SelectMany(row => Named().Matches(row[0])).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ThePage_HasEveryCommand() => Assert.Equal(
        Command().Matches(ToolRun.Of("vmemmap --help").Output.Split("Commands:")[1].Split("\n\n")[0]).Select(m => m.Groups["name"].Value),
        AllPages.Of("docs/command.md").Table("command").Select(row => Name().Match(row[0]).Groups["name"].Value));

    /// <summary>Each script says in its first line how a shell reads it.</summary>
    [Theory]
    [InlineData("bash", "bash")]
    [InlineData("zsh", "zsh")]
    [InlineData("fish", "fish")]
    [InlineData("pwsh", "PowerShell")]
    public void ThePage_SaysHowAShellReadsItsScript(string argument, string shell)
    {
        IReadOnlyList<string> row = AllPages.Of("docs/command.md").Table("shell").Single(r => r[0] == shell);
        Assert.Contains(
            $"# Completion of vmemmap in {shell}. In {row[1].Replace("`", "", StringComparison.Ordinal)}: {row[2].Trim('`')}\n",
            ToolRun.Of($"vmemmap completion {argument}").Output,
            StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^  (?<name>[a-z]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(@"`(?<name>[a-z]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^  (?:-\S+, )*(?<name>--[a-z-]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    [GeneratedRegex(@"--[a-z-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}

using Vmemmap.Docs.Tests.Pages;
using Vmemmap.Package.Tests.Building;
using Vmemmap.Package.Tests.Feed;

namespace Vmemmap.Package.Tests;

/// <summary>
/// Somebody who does what the pages say, in a clone: installs the tool, adds the package to an empty project, translates an address, sees a
/// generated walker, and is stopped by the analyzer.
/// </summary>
[Collection(PackedFeedTests.Name)]
public sealed class NewUserTests(PackedFeed feed)
{
    [Theory]
    [InlineData("README.md", "freed by HVO        4767 pages, 19525632 bytes (18.6 MiB)")]
    [InlineData("docs/start-here.md", "vmemmap ")]
    public async Task Page_LeadsToATranslation_AWalker_AndAnError(string path, string shown)
    {
        Page page = AllPages.Of(path);
        Consumer user = Consumer.Empty(feed);
        DotnetCommand set = await SetUpAsync(user, page.Blocks.Single(b => b.Info == "sh package"));
        Assert.Contains(shown, set.Output, StringComparison.Ordinal);

        Block program = page.Blocks.First(b => b.Info == "csharp run");
        user.Write(Path.Combine("first", "Program.cs"), program.Code);
        Assert.Equal(page.After(program)!.Code, (await user.DotnetAsync("run", "--project", "first")).Succeeded().Output);

        Page generated = AllPages.Of("docs/generated-code.md");
        Block table = generated.Blocks.First(b => b.Info == "xml pagetables");
        user.Write(Path.Combine("first", "mine.pagetables.xml"), table.Code);
        (await user.BuildAsync("first", "-p:EmitCompilerGeneratedFiles=true")).Clean();
        string walker = File.ReadAllText(Path.Combine(user.Folder, "first", generated.After(table)!.Code.Trim()));
        Assert.Contains("public static bool TryTranslate<TMemory>(", walker, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartHere_LeadsToTheErrorThatItShows()
    {
        Page page = AllPages.Of("docs/start-here.md");
        Block message = page.Blocks.Single(b => b.Info == "msbuild-output");
        Block wrong = page.Blocks.Last(b => b.Line < message.Line);
        Consumer user = Consumer.Of(feed, "FirstTranslation");
        user.Write("Program.cs", wrong.Code);
        BuildOutput build = await user.BuildAsync();
        Assert.NotEqual(0, build.ExitCode);
        BuildMessage only = Assert.Single(build.Messages);

        // The compiler adds where the page of the rule is.
        BuildMessage said = Assert.Single(BuildMessage.Of(message.Code));
        Assert.StartsWith(said.Text, only.Text, StringComparison.Ordinal);
        Assert.Equal(said, only with { Text = said.Text });
    }

    // The clone: what the page's commands use of it is there, and ./pack has been run already.
    private async Task<DotnetCommand> SetUpAsync(Consumer user, Block commands)
    {
        Assert.Equal("./pack", commands.Lines[0]);
        string clone = Directory.CreateDirectory(Path.Combine(user.Folder, "clone")).FullName;
        Directory.CreateDirectory(Path.Combine(clone, "artifacts"));
        Directory.CreateSymbolicLink(Path.Combine(clone, "artifacts", "packages"), feed.Packages);
        Directory.CreateSymbolicLink(Path.Combine(clone, "tests"), Path.Combine(PackedFeed.Repository, "tests"));
        string script = $"set -euo pipefail; cd clone; PATH='{Path.GetDirectoryName(DotnetCommand.Host)}':$PATH; {string.Join("; ", commands.Lines.Skip(1))}";
        return (await user.RunAsync("bash", ["-c", script])).Succeeded();
    }
}

using System.Text.RegularExpressions;

namespace Vmemmap.Publish.Tests;

/// <summary>Trimming takes nothing away that the tool needs.</summary>
[Collection(PublishedTool.Collection)]
public sealed partial class TrimmedTests(PublishedTool tool)
{
    private static readonly string Image = PublishedTool.Image("x86_64-6.12-4level-kaslr");

    public static TheoryData<string[]> Commands => new(
        ["--help"],
        ["inspect", Image],
        ["inspect", "--json", Image],
        ["inspect", "--pages", "--verbose", Image],
        ["inspect", "--json", PublishedTool.Image("arm64-6.12-16k-va47-hvo")],
        ["simulate", "--arch", "x86-64", "--memory", "1G", "--hugepages", "2M:64", "--layout", "reserve-one"],
        ["simulate", "--arch", "arm64-16k", "--memory", "1G", "--hugepages", "32M:4", "--compare", "--json"]);

    [PublishingFact]
    public void Publishing_GivesNoWarning()
    {
        Assert.Empty(Told().Matches(tool.TrimmedBuild).Select(m => m.Value));
        Assert.True(File.Exists(tool.File("trimmed/Vmemmap.Tool")), tool.TrimmedBuild);
    }

    /// <summary>Nobody would know what the trimmer thinks if it did not run: of the framework's 160 assemblies a part is left.</summary>
    [PublishingFact]
    public void Publishing_Trims()
    {
        Assert.False(File.Exists(tool.File("trimmed/System.Data.Common.dll")));
        Assert.True(Directory.GetFiles(tool.File("trimmed"), "*.dll").Length < 60);
    }

    [PublishingTheory]
    [MemberData(nameof(Commands))]
    public async Task Output_IsThatOfTheWholeTool(string[] arguments)
    {
        string whole = await tool.ReadyToRunAsync([], arguments);
        Assert.NotEmpty(whole);
        Assert.Equal(whole, await tool.TrimmedAsync(arguments));
    }

    [GeneratedRegex(@"(warning|error) [A-Z]{2,}\d+.*")]
    private static partial Regex Told();
}

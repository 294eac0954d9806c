using System.Xml.Linq;
using Vmemmap.Docs.Tests.Blocks;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Pictures;

/// <summary>Pictures are true, can be read by everybody, and load nothing.</summary>
public sealed class PictureTests
{
    // GitHub shows a page about this wide; a wider picture is made smaller, and its text with it.
    private const double Widest = 900;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Drawings => [.. Repository.Files("docs", "*.svg")];

    /// <summary>The picture of the README is drawn from what its first command prints.</summary>
    [Fact]
    public void PictureOfInspect_IsItsOutput()
    {
        string command = AllPages.Of("README.md").Blocks.First(b => b.Info == "sh readme-commands").Lines[0];
        string typed = command.Replace("dotnet run --project runtime/Vmemmap.Tool --", "vmemmap", StringComparison.Ordinal);
        ToolRun run = ToolRun.Of(typed);
        Assert.Equal(0, run.ExitCode);
        Repository.AssertMade("docs/pictures/inspect.svg", TerminalPicture.Render(typed, run.Output.TrimEnd('\n').Split('\n'), 104));
    }

    /// <summary>The picture of a migration is what the command of its page draws.</summary>
    [Fact]
    public void PictureOfPostcopy_IsWhatTheCommandDraws()
    {
        string command = AllPages.Of("docs/hgm.md").Blocks.Single(b => b.Info == "sh").Lines[0];
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            string file = Path.Combine(folder.FullName, "drawn.svg");
            Assert.Equal(0, ToolRun.Of($"{command} --svg {file}").ExitCode);
            Repository.AssertMade("docs/pictures/postcopy.svg", File.ReadAllText(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void EveryPicture_HasAlternativeText_AndIsInTheRepository() => Assert.All(
        AllPages.All.SelectMany(p => p.Links).Where(l => l.IsPicture), picture =>
        {
            Assert.True(picture.Text.Length >= 20, $"{picture}: say what is to be seen");
            Assert.False(picture.IsExternal, picture.ToString());
        });

    [Fact]
    public void EveryDrawing_IsShown() => Assert.Empty(
        Repository.Files("docs", "*.svg").Where(f => !f.EndsWith("/icon.svg", StringComparison.Ordinal))
            .Except(AllPages.All.SelectMany(p => p.Links).Where(l => l.IsPicture).Select(l => l.File)));

    /// <summary>No font, script or picture from elsewhere; a ground of its own, so that it can be read on a light page and on a dark one.</summary>
    [Theory]
    [MemberData(nameof(Drawings))]
    public void Drawing_StandsAlone(string path)
    {
        XElement svg = XElement.Parse(Repository.Read(path));
        Assert.Equal(Svg + "svg", svg.Name);
        Assert.Equal("img", (string?)svg.Attribute("role"));
        Assert.True(Label(svg).Length > 10, $"{path} has no aria-label");
        Assert.InRange(Number(svg, "width"), 16, Widest);
        Assert.Equal($"0 0 {(string?)svg.Attribute("width")} {(string?)svg.Attribute("height")}", (string?)svg.Attribute("viewBox"));
        Assert.DoesNotContain(
            svg.DescendantsAndSelf(),
            e => e.Name.LocalName is "script" or "image" or "foreignObject" or "use" || e.Attributes().Any(a => a.Name.LocalName == "href"));
        string text = Repository.Read(path).Replace(Svg.NamespaceName, "", StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@font-face", text, StringComparison.Ordinal);
        if (svg.Descendants(Svg + "text").Any())
        {
            XElement ground = svg.Descendants(Svg + "rect").First();
            Assert.True(
                Number(ground, "width") >= Number(svg, "width") - 2 && Number(ground, "height") >= Number(svg, "height") - 2,
                $"{path} has no ground of its own");
        }
    }

    // Said by itself, or by elements of it.
    private static string Label(XElement svg) => (string?)svg.Attribute("aria-label") ?? string.Join(
        ' ',
        ((string?)svg.Attribute("aria-labelledby") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => svg.Elements().Single(e => (string?)e.Attribute("id") == id).Value));

    /// <summary>The icon of the packages: NuGet wants 128 x 128, and loads it often.</summary>
    [Fact]
    public void Icon_IsSmall()
    {
        byte[] icon = File.ReadAllBytes(Repository.PathOf("docs/pictures/icon.png"));
        Assert.Equal("89504E470D0A1A0A0000000D494844520000008000000080", Convert.ToHexString(icon.AsSpan(0, 24)));
        Assert.InRange(icon.Length, 100, 20_000);
    }

    private static double Number(XElement element, string attribute) =>
        double.Parse((string)element.Attribute(attribute)!, System.Globalization.CultureInfo.InvariantCulture);
}

using System.IO.Compression;
using System.Xml.Linq;
using Vmemmap.Package.Tests.Feed;

namespace Vmemmap.Package.Tests;

/// <summary>What is in the packages, entry by entry: what is missing and what is too much are told alike.</summary>
[Collection(PackedFeedTests.Name)]
public sealed class PackageContentTests(PackedFeed feed)
{
    /// <summary>The lists in Entries, one for each package.</summary>
    public static TheoryData<string> Packages => [.. Lists];

    private static string[] Lists =>
        [.. Directory.GetFiles(Folder, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(PackedFeed.Repository, "tests", "Vmemmap.Package.Tests", "Entries");

    [Fact]
    public void Feed_HasThePackagesOfTheLists() => Assert.Equal(
        Lists.Select(Here).Order(StringComparer.Ordinal),
        Directory.GetFiles(feed.Packages).Select(f => Path.GetFileName(f).Replace("." + feed.Version, "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Entries_AreThoseOfTheList(string package)
    {
        using ZipArchive zip = Open(Here(package));
        Assert.Equal(
            File.ReadAllLines(Path.Combine(Folder, package + ".txt")).Select(Here),
            zip.Entries.Select(e => e.FullName).Where(IsContent).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Vmemmap.nupkg")]
    [InlineData("Vmemmap.Dumps.nupkg")]
    [InlineData("Vmemmap.Tool.nupkg")]
    public void Nuspec_SaysWhatIsNeededToUseIt(string package)
    {
        using ZipArchive zip = Open(package);
        using Stream nuspec = zip.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        XElement metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        Assert.Equal(package[..^".nupkg".Length], Value("id"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Equal("icon.png", Value("icon"));
        Assert.NotEmpty(Value("description"));
        Assert.NotEmpty(Value("tags"));

        // The commit that it was made of, if it was made in a checkout.
        string? commit = metadata.Elements().SingleOrDefault(e => e.Name.LocalName == "repository")?.Attribute("commit")?.Value;
        if (Path.Exists(Path.Combine(PackedFeed.Repository, ".git")))
        {
            Assert.Matches("^[0-9a-f]{40}$", commit);
        }

        Assert.Equal(
            package == "Vmemmap.Dumps.nupkg" ? [("Vmemmap", feed.Version)] : [],
            metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => (e.Attribute("id")!.Value, e.Attribute("version")!.Value)));

        string Value(string name) => metadata.Elements().Single(e => e.Name.LocalName == name).Value;
    }

    [Fact]
    public void SamePropsAndTargets_ReachDirectAndTransitiveConsumers()
    {
        using ZipArchive zip = Open("Vmemmap.nupkg");
        foreach (string file in new[] { "Vmemmap.props", "Vmemmap.targets" })
        {
            string text = Text(zip, "build/" + file);
            Assert.Equal(File.ReadAllText(Path.Combine(PackedFeed.Repository, "generators", "build", file)), text);
            Assert.Equal(text, Text(zip, "buildTransitive/" + file));
        }
    }

    /// <summary>A name of a folder of the machine that packed would differ on each, and tell what is nobody's business.</summary>
    [Fact]
    public void Assemblies_NameNoFolderOfTheMachineThatPacked()
    {
        byte[] root = System.Text.Encoding.UTF8.GetBytes(PackedFeed.Repository);
        int assemblies = 0;
        foreach (string package in Directory.GetFiles(feed.Packages))
        {
            using ZipArchive zip = ZipFile.OpenRead(package);
            foreach (ZipArchiveEntry entry in zip.Entries.Where(e => Path.GetFileName(e.FullName).StartsWith("Vmemmap", StringComparison.Ordinal)))
            {
                using MemoryStream bytes = new();
                using Stream stream = entry.Open();
                stream.CopyTo(bytes);
                Assert.True(bytes.ToArray().AsSpan().IndexOf(root) < 0, $"{package}: {entry.FullName}");
                assemblies += entry.FullName.EndsWith(".dll", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        Assert.True(assemblies >= 11, $"{assemblies} assemblies");
    }

    // What the format itself needs has names that are made anew each time.
    private static bool IsContent(string entry) =>
        entry != "[Content_Types].xml" && !entry.StartsWith("_rels/", StringComparison.Ordinal) && !entry.StartsWith("package/", StringComparison.Ordinal);

    private static string Text(ZipArchive zip, string entry)
    {
        using StreamReader reader = new(zip.GetEntry(entry)!.Open());
        return reader.ReadToEnd();
    }

    // The lists name the tool that is compiled ahead for this machine "RID".
    private static string Here(string name) =>
        name.Replace("RID", ToolTests.Runtime, StringComparison.Ordinal);

    private ZipArchive Open(string package)
    {
        int end = package.LastIndexOf('.');
        return ZipFile.OpenRead(Path.Combine(feed.Packages, $"{package[..end]}.{feed.Version}{package[end..]}"));
    }
}

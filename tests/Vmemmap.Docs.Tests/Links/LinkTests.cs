using System.Text.RegularExpressions;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Links;

/// <summary>Every link and picture of the pages leads somewhere, and every page is led to.</summary>
public sealed partial class LinkTests
{
    private const string Index = "docs/README.md";

    // Hosts that pages may send a reader to. Nothing is fetched: a page must not fail because the network does.
    private static readonly string[] Hosts =
        ["docs.kernel.org", "lore.kernel.org", "learn.microsoft.com", "keepachangelog.com", "semver.org"];

    private static IEnumerable<Link> All => AllPages.All.SelectMany(p => p.Links);

    private static IEnumerable<Link> Anchored => All.Where(l => l is { IsExternal: false, Anchor.Length: > 0 });

    [Fact]
    public void EveryRelativeLink_LeadsToAFile() =>
        None.Of(All.Where(l => !l.IsExternal && !Repository.Exists(l.File)), "leads to no file");

    [Fact]
    public void EveryAnchor_IsAHeading() => None.Of(
        Anchored.Where(l => AllPages.All.SingleOrDefault(p => p.Path == l.File) is { } page && !page.Anchors.Contains(l.Anchor)),
        "leads to no heading");

    /// <summary>A line of a source moves: only headings of pages may be named.</summary>
    [Fact]
    public void EveryAnchor_IsThatOfAPage() => None.Of(
        Anchored.Where(l => AllPages.All.All(p => p.Path != l.File)), "leads into what is no page");

    [Fact]
    public void EveryExternalLink_IsHttpsToAKnownHost() => None.Of(
        All.Where(l => l.IsExternal && !IsAllowed(l.Target)),
        "leads to a host that is not in the list");

    /// <summary>A package's page is shown by a gallery, where nothing relative resolves.</summary>
    [Fact]
    public void PagesOfPackages_HaveNoRelativeLinks()
    {
        Assert.Equal(["runtime/Vmemmap.Dumps/README.md", "runtime/Vmemmap.Tool/README.md", "runtime/Vmemmap/README.md"], AllPages.OfPackages);
        None.Of(All.Where(l => AllPages.OfPackages.Contains(l.Page) && !l.IsExternal), "is relative, on a page of a package");
    }

    /// <summary>From the index of docs/ a reader gets to every page.</summary>
    [Fact]
    public void EveryPage_IsReachedFromTheIndex()
    {
        HashSet<string> seen = [Index];
        Queue<string> next = new(seen);
        while (next.TryDequeue(out string? path))
        {
            foreach (string file in AllPages.Of(path).Links.Where(l => !l.IsExternal).Select(l => l.File).Where(f => AllPages.All.Any(p => p.Path == f)))
            {
                if (seen.Add(file))
                {
                    next.Enqueue(file);
                }
            }
        }

        None.Of(AllPages.All.Select(p => p.Path).Except(AllPages.OfPackages).Except(seen), "is not reached from docs/README.md");
    }

    [Fact]
    public void TheReadme_LeadsToTheIndex() => Assert.Contains(AllPages.Of("README.md").Links, l => l.File == Index);

    /// <summary>Nobody looks for a page through three others.</summary>
    [Fact]
    public void TheIndex_NamesEveryPageOfItsFolder() => None.Of(
        Repository.Files("docs", "*.md").Where(f => f.Count(c => c == '/') == 1 && f != Index).Except(AllPages.Of(Index).Links.Select(l => l.File)),
        "is not in docs/README.md");

    /// <summary>What is named as a path of the repository, and is no link, exists all the same; "&lt;Name&gt;" in it stands for a name.</summary>
    [Fact]
    public void EveryPathInTheText_Exists() => None.Of(
        AllPages.All.SelectMany(p => p.Prose, (p, l) => (Place: $"{p.Path}({l.Line})", l.Text))
            .SelectMany(l => Named().Matches(l.Text), (l, m) => (l.Place, Path: m.Groups["path"].Value))
            .Where(named => !Repository.Exists(named.Path)).Select(named => $"{named.Place}: {named.Path}"),
        "does not exist");

    private static bool IsAllowed(string target) =>
        Uri.TryCreate(target, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttps && Hosts.Contains(uri.Host);

    [GeneratedRegex("`(?<path>(?:generators|runtime|tests|docs|samples)/[A-Za-z0-9_./-]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}

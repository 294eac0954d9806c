using System.Xml.Linq;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Reference;

/// <summary>The page of the table format is made from the schema.</summary>
public sealed class TablesFormatTests
{
    private const string Path = "docs/tables-format.md";
    private const string Start = "<!-- Made from generators/tables/page-tables.xsd: change it there. -->\n\n";

    [Fact]
    public void Reference_IsMadeFromTheSchema()
    {
        string page = Repository.Read(Path);
        int start = page.IndexOf(Start, StringComparison.Ordinal);
        Assert.True(start >= 0, $"{Path} has no line '{Start.Trim()}'");
        string reference = new TablesFormatPage(XElement.Load(Repository.PathOf("generators/tables/page-tables.xsd"))).Render();
        Repository.AssertMade(Path, page[..(start + Start.Length)] + reference);
    }
}

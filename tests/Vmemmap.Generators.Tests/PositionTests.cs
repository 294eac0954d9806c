using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests;

/// <summary>Values whose raw text is not what XML makes of it; line ends, tabs and byte order marks are in every marked test.</summary>
public class PositionTests
{
    [Fact]
    public void Entity_MakesTheWholeValueTheMistake() => MarkedTable.Check(MarkedTable.Break(
        "hugetlb=\"1G 32M 2M\"", "hugetlb=\"{|VMM2010:1G &#51;2M 4&#77;|}\"", MarkedTable.Break("default=\"32M\"", "default=\"1G\"")));

    [Fact]
    public void SingleQuotesAndSpacesAroundEquals_AreRead() => MarkedTable.Check(MarkedTable.Break(
        "index=\"35:25\"", "index  =\n   '{|VMM2006:35:26|}'"));

    [Fact]
    public void GreaterThanAndOtherQuoteInAValue_AreRead() => MarkedTable.Check(MarkedTable.Break(
        "type=\"Mine16K\"", "type='{|VMM2016:Mine>\"16K\"|}'"));

    [Fact]
    public void LineBreakInAValue_KeepsTheValue() => MarkedTable.Check(MarkedTable.Break(
        "hugetlb=\"1G 32M 2M\"", "hugetlb=\"{|VMM2010:1G\n 32M 4M|}\"", MarkedTable.Break("default=\"32M\"", "default=\"1G\"")));

    [Fact]
    public void NamespaceDeclarationsAndHints_AreNoAttributes() => MarkedTable.Check(MarkedTable.Break(
        "<pageTables",
        "<pageTables xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"x.xsd\" "
        + "xml:space=\"default\" xmlns=\"urn:x\""));

    [Fact]
    public void LinesAndColumns_CountFromZero()
    {
        TableDiagnostic diagnostic = Assert.Single(TableParser.Parse("<pageTables>\r\n\t<bad />\r\n</pageTables>").Diagnostics);
        Assert.Equal(new TableLocation(16, 3, 1, 2, 1, 5), diagnostic.Location);
    }
}

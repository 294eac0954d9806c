using System.Xml.Linq;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests;

/// <summary>The formats that a user's table may name are those of the package's own tables.</summary>
public class BuiltInEntryFormatTests
{
    [Fact]
    public void Formats_EqualTheTablesOwn()
    {
        Dictionary<string, EntryFormat> own = [];
        foreach (string family in Repository.Families)
        {
            string text = Repository.Table(family).GetText().ToString();
            TextLines lines = new(text);
            TableErrors errors = new(lines);
            foreach (TableElement element in TableReader.Read(text, lines, errors)!.Children.Where(c => c.Name == "entry"))
            {
                own.Add(element["name"]!.Text, EntryBinder.Bind(element, errors));
            }
        }

        Assert.Equal(own.Keys.Order(StringComparer.Ordinal), BuiltInEntryFormats.ByName.Keys.Order(StringComparer.Ordinal));
        Assert.All(own, format => Assert.Equal(format.Value, BuiltInEntryFormats.ByName[format.Key]));
    }

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64")]
    [InlineData("riscv64")]
    public void TableWithoutItsFormats_IsTheSame(string family)
    {
        string text = Repository.Table(family).GetText().ToString();
        XDocument document = XDocument.Parse(text);
        document.Root!.Elements("entry").Remove();
        Assert.Equal(TableParser.Parse(text).Architectures, TableParser.Parse(document.ToString()).Architectures);
    }

    [Fact]
    public void FormatOfTheFile_HidesTheBuiltInOne()
    {
        string text = MarkedTable.Sound.Replace("\"mine\" valid", "\"arm64\" valid", StringComparison.Ordinal)
            .Replace("entry=\"mine\"", "entry=\"arm64\"", StringComparison.Ordinal)
            .Replace("valid=\"0\"", "valid=\"63\"", StringComparison.Ordinal);
        ArchitectureSpec spec = Assert.Single(TableParser.Parse(text).Architectures);
        Assert.Equal(1UL << 63, spec.Entry.ValidMask);
    }
}

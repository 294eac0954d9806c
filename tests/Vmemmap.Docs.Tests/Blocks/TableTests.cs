using System.Xml;
using System.Xml.Schema;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>Tables of the pages are what the schema and the generator accept, or are refused as the pages say.</summary>
public sealed class TableTests
{
    public static TheoryData<string, int> Tables => BlockKinds.Of(BlockKind.Table);

    [Theory]
    [MemberData(nameof(Tables))]
    public void Table_IsAccepted_OrRefusedAsThePageSays(string page, int line)
    {
        Block block = AllPages.Block(page, line);
        string file = block.Settings.GetValueOrDefault("file", "mine.pagetables.xml");
        Example example = Example.Of(new ProjectFile(file, block.Code));
        string[] reported = [.. example.Diagnostics.Select(d => d.Text)];
        Block? shown = BlockKinds.OutputOf(block);
        if (shown is { Language: "msbuild-output" })
        {
            Shown.AssertIs(shown, reported);
            return;
        }

        Assert.Empty(reported);
        if (shown is not null)
        {
            Assert.Equal(shown.Lines, example.GeneratedFiles.Select(f => "obj/Debug/net10.0/generated/" + f));
        }

        Assert.Empty(Validate(block.Code));
        Assert.NotEmpty(TableWalker.Parse(block.Code, file));
        if (block.Settings.TryGetValue("from", out string? path))
        {
            Assert.Equal(Repository.Read(path), block.Code);
        }
    }

    private static List<string> Validate(string table)
    {
        List<string> mistakes = [];
        XmlReaderSettings settings = new() { ValidationType = ValidationType.Schema };
        using XmlReader schema = XmlReader.Create(Repository.PathOf("generators/tables/page-tables.xsd"));
        settings.Schemas.Add(null, schema);
        settings.ValidationEventHandler += (_, e) => mistakes.Add(e.Message);
        using XmlReader reader = XmlReader.Create(new StringReader(table), settings);
        while (reader.Read())
        {
        }

        return mistakes;
    }
}

using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests;

/// <summary>Broken XML: told in our own words at the mistake, and survived by the architectures before and after it.</summary>
public class BrokenXmlTests
{
    private const string Before = """
        <?xml version="1.0" encoding="utf-8"?>
        <pageTables>
          <architecture name="before" type="Before" entry="x86-64" pageSize="4K" virtualAddress="39" hugetlb="2M" default="2M">
            <level name="PUD" index="38:30" />
            <level name="PMD" index="29:21" leaf="block" />
            <level name="PTE" index="20:12" leaf="page" />
          </architecture>

        """;

    private const string After = """

          <!-- <architecture name="commented" type="Commented" /> -->
          <architecture name="after" type="After" entry="riscv64" pageSize="4K" virtualAddress="39" hugetlb="64K 2M" default="2M">
            <level name="PUD" index="38:30" />
            <level name="PMD" index="29:21" leaf="block" />
            <level name="PTE" index="20:12" leaf="page" contiguous="16" />
          </architecture>
        </pageTables>
        """;

    private const string Head =
        """<architecture name="x" type="X" entry="x86-64" pageSize="4K" virtualAddress="30" hugetlb="2M" default="2M">""";

    private const string Levels = """<level name="PMD" index="29:21" leaf="block" /><level name="PTE" index="20:12" leaf="page" />""";
    private const string Tail = "</architecture>";

    [Theory]

    // Quotes.
    [InlineData("<architecture name={|VMM2001:\"|}x type=\"X\" >" + Levels + Tail, "the quote that opens the value of name is not closed")]
    [InlineData("<architecture name=\"x\" type={|VMM2001:\"|}X>\n    " + Levels + Tail, "the value of type is not closed")]
    [InlineData(Head + "\n    <level name={|VMM2001:\"|}PMD index=\"29:21\" leaf=\"block\" />\n" + Tail, "the value of name is not closed")]
    [InlineData(Head + "\n    <level name={|VMM2001:'|}PMD index=\"29:21\" />\n" + Tail, "is not closed; add ' at its end")]
    [InlineData("<architecture name={|VMM2001:x|} type=\"X\">" + Levels + Tail, "write name=\"x\"")]
    [InlineData("<architecture {|VMM2001:name|} type=\"X\">" + Levels + Tail, "'name' has no value")]
    [InlineData("<architecture name=\"x\"{|VMM2001:t|}ype=\"X\">" + Levels + Tail, "no space after the value of name")]
    [InlineData("<architecture name=\"x\" {|VMM2001:name|}=\"y\">" + Levels + Tail, "has 'name' twice")]

    // Characters.
    [InlineData("<architecture name=\"x{|VMM2001:<|}y\" type=\"X\">" + Levels + Tail, "write &lt;")]
    [InlineData("<architecture name=\"x {|VMM2001:&|} y\" type=\"X\">" + Levels + Tail, "write &amp;")]
    [InlineData("<architecture name=\"x{|VMM2001:&copy;|}\" type=\"X\">" + Levels + Tail, "&copy; is no entity")]
    [InlineData("<architecture name=\"x{|VMM2001:\u0001|}\" type=\"X\">" + Levels + Tail, "U+0001 cannot stand here")]
    [InlineData("a {|VMM2001:&|} b", "write &amp;")]
    [InlineData("{|VMM2001:<|}= 4K", "'<' starts no tag")]

    // Tags.
    [InlineData(
        Head + "<{|VMM2001:level|} name=\"PMD\" index=\"29:21\" leaf=\"block\" <level name=\"PTE\" />" + Tail,
        "the tag of <level> is not ended")]
    [InlineData(
        Head + "<{|VMM2001:level|} name=\"PMD\" index=\"29:21\" leaf=\"block\">" + Tail, "<level> is not closed before </architecture>")]
    [InlineData(Head + Levels + "</{|VMM2001:architectur|}>", "did you mean </architecture>?")]
    [InlineData("<{|VMM2001:architecture|} name=\"x\" type=\"X\">" + Levels, "add </architecture>")]
    [InlineData("</{|VMM2001:architecture|}>", "closes nothing that is open")]
    [InlineData("<architecture {|VMM2001:x:name|}=\"x\" />", "the prefix 'x' is not declared")]

    // Markup.
    [InlineData("<!-- a {|VMM2001:--|} b <architecture name=\"commented\" /> -->", "a comment cannot hold '--'")]
    [InlineData("{|VMM2001:<!DOCTYPE|} x>", "cannot have a DTD")]
    [InlineData("{|VMM2001:<?xml|} version=\"1.0\"?>", "must come first in the file")]
    public void Break_IsToldInOurWords_AndTheRestWorks(string broken, string message)
    {
        TableFile file = MarkedTable.Check(Before + "  " + broken + After);
        Assert.Contains(message, Assert.Single(file.Diagnostics).Message, StringComparison.Ordinal);
        Assert.Equal(["before", "after"], file.Architectures.Select(a => a.Name));
    }

    [Theory]
    [InlineData("{|VMM2001:|}", "the file has no element")]
    [InlineData("<!-- only a comment -->", "the file has no element", true)]
    [InlineData("{|VMM2001:<!--|} a comment", "add -->")]
    [InlineData("<{|VMM2001:pageTables|}>", "add </pageTables>")]
    [InlineData("<pageTables /><{|VMM2001:pageTables|} />", "one outermost element")]
    [InlineData("<pageTables></pageTables>\n<{|VMM2001:level|} />", "move <level> inside <pageTables>")]
    [InlineData("<{|VMM2002:pageTable|}></pageTable>", "rename it")]
    [InlineData("<{|VMM2002:project|} />", "outermost element is <pageTables>")]
    [InlineData("<{|VMM2001:pageTables|}", "is not ended")]
    [InlineData("<pageTables><{|VMM2001:architecture|} name=\"x\">", "add </architecture>")]
    [InlineData("{|VMM2001:x|}", "nothing but comments")]
    public void Fragment_IsTold(string marked, string message, bool isAnywhere = false)
    {
        TableFile file = isAnywhere
            ? TableParser.Parse(marked.Replace("{|VMM2001:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal))
            : MarkedTable.Check(marked);
        Assert.Contains(message, Assert.Single(file.Diagnostics).Message, StringComparison.Ordinal);
    }

    /// <summary>Where a DTD is usually declared: before the root.</summary>
    [Theory]
    [InlineData("{|VMM2001:<!DOCTYPE|} pageTables>")]
    [InlineData("{|VMM2001:<!DOCTYPE|} pageTables SYSTEM \"x.dtd\">")]
    [InlineData("{|VMM2001:<!DOCTYPE|} pageTables [ <!ELEMENT pageTables ANY> ]>")]
    public void Doctype_BeforeTheRoot_IsTold_AndTheRestWorks(string declaration)
    {
        TableFile file = MarkedTable.Check((Before + After).Replace(
            "<pageTables>", declaration + "\n<pageTables namespace=\"Mine.Tables\">", StringComparison.Ordinal));
        Assert.All(file.Architectures, a => Assert.Equal("Mine.Tables", a.Namespace));
        Assert.Contains("cannot have a DTD", Assert.Single(file.Diagnostics).Message, StringComparison.Ordinal);
        Assert.Equal(["before", "after"], file.Architectures.Select(a => a.Name));
    }

    /// <summary>Without its namespace and accessibility the types would be others than the user's code names.</summary>
    [Fact]
    public void BrokenRootTag_EmitsNothing_AndTellsWhatIsWrongBelow()
    {
        TableFile file = MarkedTable.Check((Before + After)
            .Replace("<pageTables>", "<pageTables accessibility={|VMM2001:public|}>", StringComparison.Ordinal)
            .Replace("hugetlb=\"64K 2M\"", "hugetlb=\"64K {|VMM2005:3M|} 2M\"", StringComparison.Ordinal));
        Assert.Empty(file.Architectures);
    }

    /// <summary>Another format would be the wrong repair for architectures whose own one broke.</summary>
    [Fact]
    public void BrokenEntry_IsNotToldAgainOfEachArchitecture()
    {
        TableFile file = MarkedTable.Check(
            Before + "  <entry name=\"mine\" valid={|VMM2001:0|} block=\"7\" writable=\"1\" address=\"51:12\" />\n"
            + After.Replace("entry=\"riscv64\"", "entry=\"mine\"", StringComparison.Ordinal));
        Assert.Single(file.Diagnostics);
        Assert.Equal(["before"], file.Architectures.Select(a => a.Name));
    }

    [Fact]
    public void BreaksWithoutEnd_AreToldUpToABound()
    {
        TableFile file = TableParser.Parse("<pageTables>" + string.Concat(Enumerable.Repeat("<architecture name=x />\n", 80)) + "</pageTables>");
        Assert.Contains("the rest of the file is not read", file.Diagnostics[^1].Message, StringComparison.Ordinal);
    }

    /// <summary>Small files whose mistakes multiply: told up to a bound, in bounded time and memory.</summary>
    [Theory]
    [InlineData("<entry name='e' valid='0' block='7' writable='1' address='", "12:12 ", "' />", 4000)]
    [InlineData("<entry ", "a0", "='' />", 0)]
    [InlineData("<architecture hugetlb='", "3M ", "' />", 100_000)]
    [InlineData("", "<!-- ", "", 100_000)]
    public async Task HostileFile_IsReadInBoundedTime(string before, string repeated, string after, int times)
    {
        string middle = times > 0
            ? string.Concat(Enumerable.Repeat(repeated, times))
            : string.Concat(Enumerable.Range(0, 20_000).Select(i => $"b{i}='' "));
        Task<TableFile> read = Task.Run(() => TableParser.Parse("<pageTables>" + before + middle + after + "</pageTables>"));
        TableFile file = await read.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.InRange(file.Diagnostics.Count, 1, 200);
    }

    [Fact]
    public void VeryLongName_IsNotComparedWithEveryOther()
    {
        TableFile file = TableParser.Parse("<pageTables " + new string('n', 900_000) + "='' />");
        Assert.Single(file.Diagnostics);
    }

    [Fact]
    public void UnclosedComment_CostsNothingBehindIt()
    {
        string after = After[After.IndexOf("<architecture name=\"after\"", StringComparison.Ordinal)..];
        TableFile file = MarkedTable.Check(Before + "{|VMM2001:<!--|} forgotten\n" + after);
        Assert.Equal(["before", "after"], file.Architectures.Select(a => a.Name));
    }

    [Fact]
    public void SeveralBreaks_AreAllTold_BesideSemanticMistakes()
    {
        TableFile file = MarkedTable.Check(
            Before.Replace("29:21", "{|VMM2006:29:22|}", StringComparison.Ordinal)
            + "  <entry name={|VMM2001:e|} valid=\"0\" />\n  <architecture {|VMM2001:name|}>" + Tail + "\n"
            + After.Replace("\"2M\">", "\"{|VMM2011:1G|}\">", StringComparison.Ordinal));
        Assert.Equal(4, file.Diagnostics.Count);
    }

    [Fact]
    public void HugeFile_IsRefused()
    {
        TableFile file = TableParser.Parse("<pageTables>" + new string(' ', TableReader.MaximumLength) + "</pageTables>");
        Assert.Contains("split it", Assert.Single(file.Diagnostics).Message, StringComparison.Ordinal);
    }

    // Whatever is typed, the reader ends, throws nothing, and stays inside of the text.
    [Fact]
    public void EveryPrefixAndEveryDroppedCharacter_IsSurvived()
    {
        string sound = Before + "  " + Head + Levels + Tail + After;
        for (int i = 0; i < sound.Length; i++)
        {
            string[] edits = [sound[..i], sound.Remove(i, 1), sound.Insert(i, "\""), sound.Insert(i, "<"), sound.Insert(i, "&")];
            foreach (string text in edits)
            {
                TableFile file = TableParser.Parse(text);
                Assert.All(file.Diagnostics, d => Assert.InRange(d.Location.Start + d.Location.Length, 0, text.Length));
                Assert.DoesNotContain(file.Architectures, a => a.Name == "commented");
            }
        }
    }
}

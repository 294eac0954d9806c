using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests;

/// <summary>Every kind of mistake, at its value and with its repair.</summary>
public class TableErrorTests
{
    [Fact]
    public void SoundTable_HasNoMistake() => Assert.Single(MarkedTable.Check(MarkedTable.Sound).Architectures);

    [Theory]

    // Elements and attributes.
    [InlineData(
        "<level name=\"PGD\"", "<{|VMM2002:levle|} name=\"PGD\"", "did you mean 'level'?", "index=\"46:36\"",
        "index=\"{|VMM2006:46:36|}\"")]
    [InlineData("virtualAddress=", "{|VMM2003:virtualAdress|}=", "did you mean 'virtualAddress'?")]
    [InlineData("canonical=\"upper\"", "{|VMM2003:kanonical|}=\"upper\"", "did you mean 'canonical'?")]
    [InlineData("<level name=\"PUD\" index=\"46:36\" />", "<{|VMM2004:level|} name=\"PUD\" />", "add index=\"20:12\"")]
    [InlineData("type=\"Mine16K\" ", "", "add type=\"MyArchitecture\"", "<architecture", "<{|VMM2004:architecture|}")]

    // Values.
    [InlineData("canonical=\"upper\"", "canonical=\"{|VMM2005:uper|}\"", "did you mean 'upper'?")]
    [InlineData("pageSize=\"16K\"", "pageSize=\"{|VMM2005:16KB|}\"", "did you mean 16K?")]
    [InlineData("pageSize=\"16K\"", "pageSize=\"{|VMM2005:24K|}\"", "power of two")]
    [InlineData("pageSize=\"16K\"", "pageSize=\"{|VMM2005:2M|}\"", "from 4K to 1M")]
    [InlineData("virtualAddress=\"48\"", "virtualAddress=\"{|VMM2005:forty-eight|}\"", "from 13 to 64")]
    [InlineData("valid=\"0\"", "valid=\"{|VMM2005:64|}\"", "from 0 to 63")]
    [InlineData("index=\"46:36\"", "index=\"{|VMM2005:46-36|}\"", "such as \"20:12\"")]
    [InlineData("index=\"46:36\"", "index=\"{|VMM2005:36:46|}\"", "did you mean 46:36?")]
    [InlineData("hugetlb=\"1G 32M 2M\"", "hugetlb=\"1G 32M {|VMM2005:2MB|} 2M\"", "did you mean 2M?")]
    [InlineData("hugetlb=\"1G 32M 2M\"", "hugetlb=\"{|VMM2005: |}\"", "no huge page size")]
    [InlineData("name=\"mine-16k\"", "name=\"{|VMM2005:mine 16k|}\"", "did you mean mine-16k?")]
    [InlineData("name=\"mine-16k\"", "name=\"{|VMM2005:|}\"", "the name is empty")]
    [InlineData("name=\"PUD\"", "name=\"{|VMM2005:P-U|}\"", "letters and digits")]
    [InlineData("address=\"47:12\"", "address=\"47:14 {|VMM2005:13|}\"", "run of bits")]
    [InlineData("address=\"47:12\"", "address=\"47:14 13:12@{|VMM2005:x|}\"", "physical bit")]
    [InlineData("address=\"47:12\"", "address=\"{|VMM2005:|}\"", "no bits", "blockAttributes=\"16\"", "blockAttributes=\"{|VMM2012:16|}\"")]

    // Index bits.
    [InlineData("index=\"35:25\"", "index=\"{|VMM2006:35:26|}\"", "index 35:26 leaves bit 25 to no level; did you mean 35:25?")]
    [InlineData("index=\"24:14\"", "index=\"{|VMM2006:23:14|}\"", "leaves bit 24 to no level; did you mean 24:14?")]
    [InlineData("index=\"24:14\"", "index=\"{|VMM2006:25:14|}\"", "index 25:14 uses bit 25, which PMD uses too; did you mean 24:14?")]
    [InlineData("index=\"46:36\"", "index=\"{|VMM2006:46:35|}\"", "uses bit 35, which PMD uses too; did you mean 46:36?")]
    [InlineData(
        "index=\"24:14\"", "index=\"{|VMM2006:24:15|}\"",
        "leaves bit 14 to no level, for the offset in a 16K page ends below; did you mean 24:14?")]
    [InlineData("index=\"24:14\"", "index=\"{|VMM2006:24:13|}\"", "uses bit 13, which is in the offset in a 16K page; did you mean 24:14?")]
    [InlineData(
        "virtualAddress=\"48\"",
        "virtualAddress=\"47\"",
        "uses bit 47, which a 47-bit virtual address has not; raise virtualAddress",
        "index=\"47:47\"",
        "index=\"{|VMM2006:47:47|}\"")]
    [InlineData("index=\"47:47\"", "index=\"{|VMM2005:46:47|}\"", "did you mean 47:46?")]
    [InlineData(
        "<level name=\"PGD\" index=\"47:47\" />",
        "",
        "leaves bit 47 of the 48-bit virtual address to no level; add a level above it",
        "index=\"46:36\"",
        "index=\"{|VMM2006:46:36|}\"")]
    [InlineData(
        "<level name=\"PUD\" index=\"46:36\" />", "", "leaves bits 46:36 to no level; add a level for it", "index=\"47:47\"",
        "index=\"{|VMM2006:47:47|}\"")]

    // Leaves and groups.
    [InlineData("leaf=\"page\" ", "", "write leaf=\"page\"", "<level name=\"PTE\"", "<{|VMM2008:level|} name=\"PTE\"")]
    [InlineData("leaf=\"page\"", "leaf=\"{|VMM2008:block|}\"", "write leaf=\"page\"")]
    [InlineData("leaf=\"block\"", "leaf=\"{|VMM2008:page|}\"", "did you mean 'block'?")]
    [InlineData("contiguous=\"32\"", "contiguous=\"{|VMM2009:33|}\"", "did you mean 32 or 64?")]
    [InlineData("contiguous=\"32\"", "contiguous=\"{|VMM2009:1|}\"", "write 2 or more")]
    [InlineData("contiguous=\"128\"", "contiguous=\"{|VMM2009:4096|}\"", "exceeds the table of 2048 entries")]
    [InlineData("index=\"46:36\" />", "index=\"46:36\" contiguous=\"{|VMM2009:2|}\" />", "has no leaves")]
    [InlineData(
        " contiguous=\"52\"", "", "has no contiguous bit", "contiguous=\"32\"", "contiguous=\"{|VMM2009:32|}\"", "contiguous=\"128\"",
        "contiguous=\"{|VMM2009:128|}\"")]

    // Huge pages.
    [InlineData("hugetlb=\"1G 32M 2M\"", "hugetlb=\"1G 32M {|VMM2010:4M|} 2M\"", "the levels give 1G, 32M, 2M; did you mean 2M?")]
    [InlineData("hugetlb=\"1G 32M 2M\"", "hugetlb=\"1G 32M {|VMM2010:16K|}\"", "no leaf gives a huge page of 16K")]
    [InlineData("default=\"32M\"", "default=\"{|VMM2011:64K|}\"", "not in hugetlb=\"1G 32M 2M\"")]
    [InlineData("hugetlb=\"1G 32M 2M\"", "hugetlb=\"1G 32M 2M {|VMM2015:2048K|}\"", "in the list already")]

    // Entry bits.
    [InlineData("readOnly=\"7\"", "readOnly=\"{|VMM2012:12|}\"", "bit 12 of readOnly is in the address 47:12")]
    [InlineData("readOnly=\"7\"", "readOnly=\"{|VMM2012:1|}\"", "bit 1 of readOnly is that of table")]
    [InlineData("accessed=\"10\"", "accessed=\"{|VMM2012:0|}\"", "bit 0 of accessed is that of valid")]
    [InlineData("blockAttributes=\"16\"", "blockAttributes=\"{|VMM2012:11|}\"", "outside of the address")]
    [InlineData(
        "blockAttributes=\"16\"", "blockAttributes=\"16\" reserved=\"60 {|VMM2012:50:40|}\"", "bits 47:40 of reserved is in the address")]
    [InlineData(
        "blockAttributes=\"16\"", "blockAttributes=\"26\"", "has some of them in blockAttributes", "leaf=\"block\"",
        "leaf=\"{|VMM2012:block|}\"")]
    [InlineData("blockAttributes=\"16\"", "blockAttributes=\"16\" kernelLeaf=\"8 {|VMM2012:13:11|}\"", "bits 13:12 of kernelLeaf is in the address")]
    [InlineData("blockAttributes=\"16\"", "blockAttributes=\"16\" kernelLeaf=\"8 {|VMM2012:7|}\"", "bit 7 of kernelLeaf is that of readOnly")]
    [InlineData("blockAttributes=\"16\"", "blockAttributes=\"16\" kernelLeaf=\"{|VMM2012:53:51|}\"", "bit 52 of kernelLeaf is that of contiguous")]
    [InlineData("<entry", "<entry kernelLeaf=\"{|VMM2012:1|}\"", "bit 1 of kernelLeaf is that of table")]
    [InlineData("<entry", "<entry kernelLeaf=\"{|VMM2012:60|}\" reserved=\"60\"", "bit 60 of kernelLeaf is that of reserved")]
    [InlineData(
        "<entry", "<entry kernelLeaf=\"11\" kernelWritable=\"{|VMM2012:11|}\"", "bit 11 of kernelWritable is that of kernelLeaf")]
    [InlineData("<entry", "<entry kernelWritable=\"{|VMM2012:7|}\"", "bit 7 of kernelWritable is that of readOnly")]
    [InlineData("<entry", "<entry kernelTable=\"{|VMM2012:62|}\"", "bit 62 of kernelTable is that of tableReadOnly")]
    [InlineData("<entry", "<entry kernelTable=\"{|VMM2012:0|}\"", "bit 0 of kernelTable is that of valid")]
    [InlineData("<entry", "<entry kernelTable=\"{|VMM2012:20|}\"", "bit 20 of kernelTable is in the address 47:12")]
    [InlineData("<entry", "<entry kernelTable=\"{|VMM2005:64|}\"", "from 0 to 63")]
    [InlineData("<entry", "<entry kernelWritable=\"{|VMM2005: |}\"", "no bit is given")]
    [InlineData("<entry", "<entry {|VMM2003:kernelLeafs|}=\"8\"", "did you mean 'kernelLeaf'?")]
    [InlineData("blockAttributes=\"16\"", "blockAttributes=\"16\" userLeaf=\"6 {|VMM2012:13:11|}\"", "bits 13:12 of userLeaf is in the address")]
    [InlineData("blockAttributes=\"16\"", "blockAttributes=\"16\" userLeaf=\"6 {|VMM2012:7|}\"", "bit 7 of userLeaf is that of readOnly")]
    [InlineData("blockAttributes=\"16\"", "blockAttributes=\"16\" userLeaf=\"{|VMM2012:53:51|}\"", "bit 52 of userLeaf is that of contiguous")]
    [InlineData("<entry", "<entry userLeaf=\"{|VMM2012:0|}\"", "bit 0 of userLeaf is that of valid")]
    [InlineData("<entry", "<entry userLeaf=\"{|VMM2012:1|}\"", "bit 1 of userLeaf is that of table")]
    [InlineData("<entry", "<entry userLeaf=\"{|VMM2012:60|}\" reserved=\"60\"", "bit 60 of userLeaf is that of reserved")]
    [InlineData("<entry", "<entry userLeaf=\"{|VMM2005: |}\"", "no bit is given")]
    [InlineData("<entry", "<entry userLeaf=\"11\" userWritable=\"{|VMM2012:11|}\"", "bit 11 of userWritable is that of userLeaf")]
    [InlineData("<entry", "<entry userLeaf=\"6\" userWritable=\"{|VMM2012:7|}\"", "bit 7 of userWritable is that of readOnly")]
    [InlineData("<entry", "<entry userLeaf=\"6\" userTable=\"{|VMM2012:62|}\"", "bit 62 of userTable is that of tableReadOnly")]
    [InlineData("<entry", "<entry userLeaf=\"6\" userTable=\"{|VMM2012:0|}\"", "bit 0 of userTable is that of valid")]
    [InlineData("<entry", "<entry userLeaf=\"6\" userTable=\"{|VMM2012:20|}\"", "bit 20 of userTable is in the address 47:12")]
    [InlineData("<entry", "<entry userLeaf=\"6\" userTable=\"{|VMM2005:64|}\"", "from 0 to 63")]
    [InlineData("<entry", "<entry {|VMM2004:userWritable|}=\"51\"", "userWritable needs userLeaf, which says what leaves of user memory are like")]
    [InlineData("<entry", "<entry {|VMM2004:userTable|}=\"59\"", "add userLeaf=, or remove userTable")]
    [InlineData("<entry", "<entry {|VMM2003:userLef|}=\"6\" userTable=\"59\" userWritable=\"51\"", "did you mean 'userLeaf'?")]
    [InlineData("address=\"47:12\"", "address=\"47:12 {|VMM2013:14:13@48|}\"", "takes bits 14:13 of the entry, which 47:12 has; remove it")]
    [InlineData(
        "address=\"47:12\"", "address=\"47:12 {|VMM2013:9:8@50|}\"",
        "no piece gives physical bits 49:48, below 9:8@50; did you mean 9:8@48?")]
    [InlineData(
        "address=\"47:12\"", "address=\"47:12 {|VMM2013:9:8@47|}\"",
        "gives physical bit 47 a second time, after 47:12; did you mean 9:8@48?")]
    [InlineData("address=\"47:12\"", "address=\"47:12 {|VMM2013:9:8@63|}\"", "there are 64")]
    [InlineData(
        "address=\"47:12\" blockAttributes=\"16\"",
        "address=\"47:16\"",
        "gives no physical bits 15:14, which 16K pages need; did you mean pageSize=\"64K\"?",
        "entry=\"mine\"",
        "entry=\"{|VMM2013:mine|}\"")]
    [InlineData("entry=\"mine\"", "entry=\"{|VMM2014:arm46|}\"", "did you mean 'arm64'?")]

    // Names.
    [InlineData("alias=\"mine\"", "alias=\"{|VMM2015:mine-16k|}\"", "named 'mine-16k' already")]
    [InlineData("name=\"PUD\"", "name=\"{|VMM2015:Pgd|}\"", "named 'Pgd' already")]
    [InlineData("name=\"PUD\"", "name=\"{|VMM2015:Page|}\"", "PageShift mean something else")]
    [InlineData("type=\"Mine16K\"", "type=\"{|VMM2016:16K-mine|}\"", "did you mean _16KMine?")]
    [InlineData("type=\"Mine16K\"", "type=\"{|VMM2016:struct|}\"", "'struct' is a C# keyword; did you mean Struct?")]
    [InlineData("type=\"Mine16K\"", "type=\"{|VMM2016:__arglist|}\"", "'__arglist' is a C# keyword")]
    [InlineData("type=\"Mine16K\"", "type=\"{|VMM2016:record|}\"", "small letters only")]
    [InlineData("type=\"Mine16K\"", "type=\"{|VMM2016:PageShift|}\"", "did you mean PageShiftArchitecture?")]
    [InlineData("type=\"Mine16K\"", "type=\"{|VMM2016:Huge2M|}\"", "a member of the emitted type")]
    [InlineData("type=\"Mine16K\"", "type=\"{|VMM2016:PgdShift|}\"", "a member of the emitted type")]
    [InlineData("namespace=\"Mine.Tables\"", "namespace=\"{|VMM2016:Mine.class|}\"", "did you mean Mine._class?")]

    // Choices.
    [InlineData(" table=\"1\"", "", "<entry> needs block, table or leaf", "<entry", "<{|VMM2017:entry|}")]
    [InlineData(" table=\"1\"", " table=\"1\" {|VMM2017:block|}=\"8\"", "block excludes table")]
    [InlineData("readOnly=\"7\"", "readOnly=\"7\" {|VMM2017:writable|}=\"6\"", "writable excludes readOnly")]
    [InlineData("contiguous=\"52\"", "contiguous=\"52\" {|VMM2017:napot|}=\"63\"", "napot excludes contiguous")]
    public void Mistake_IsToldAtItsValue(string old, string broken, string message, params string[] more)
    {
        // What follows from the mistake, or where it is told if it is an absence, is marked by further pairs.
        string table = MarkedTable.Break(old, broken);
        for (int i = 0; i < more.Length; i += 2)
        {
            table = MarkedTable.Break(more[i], more[i + 1], table);
        }

        TableFile file = MarkedTable.Check(table);
        Assert.Contains(file.Diagnostics, d => d.Message.Contains(message, StringComparison.Ordinal));
        Assert.Empty(file.Architectures);
    }

    [Fact]
    public void Text_IsToldAndCostsNothing()
    {
        TableFile file = MarkedTable.Check(MarkedTable.Break("  <entry name", "  {|VMM2002:some text|}\n  <entry name"));
        Assert.Contains("make it a comment", Assert.Single(file.Diagnostics).Message, StringComparison.Ordinal);
        Assert.Single(file.Architectures);
    }

    [Fact]
    public void TableLargerThanAPage_IsTold()
    {
        TableFile file = MarkedTable.Check("""
            <pageTables>
              <architecture name="large" type="Large" entry="x86-64" pageSize="4K" virtualAddress="42" hugetlb="2M" default="2M">
                <level name="PUD" index="{|VMM2007:41:30|}" leaf="legal" />
                <level name="PMD" index="29:21" leaf="block" />
                <level name="PTE" index="20:12" leaf="page" />
              </architecture>
            </pageTables>
            """);
        Assert.Equal(
            "index 41:30 makes a table of 32K; one of 4K, a page, has 9 index bits; did you mean 38:30?",
            Assert.Single(file.Diagnostics).Message);
    }

    /// <summary>A block whose address the entry cannot express would be emitted as an address of no bits.</summary>
    [Fact]
    public void BlockAboveTheLastAddressBit_IsTold()
    {
        TableFile file = MarkedTable.Check("""
            <pageTables>
              <entry name="short" valid="0" block="7" writable="1" address="29:12" blockAttributes="12" />
              <architecture name="a" type="A" entry="short" pageSize="4K" virtualAddress="39" hugetlb="2M" default="2M">
                <level name="PUD" index="38:30" leaf="{|VMM2012:block|}" />
                <level name="PMD" index="29:21" leaf="block" />
                <level name="PTE" index="20:12" leaf="page" />
              </architecture>
            </pageTables>
            """);
        Assert.Contains("needs physical address bits from 30 on", Assert.Single(file.Diagnostics).Message, StringComparison.Ordinal);
        Assert.Empty(file.Architectures);
    }

    [Fact]
    public void LegalLeaf_GivesNoHugePage()
    {
        string legal = MarkedTable.Break("index=\"46:36\"", "index=\"46:36\" leaf=\"legal\"");
        TableFile file = MarkedTable.Check(MarkedTable.Break("hugetlb=\"1G", "hugetlb=\"{|VMM2010:64G|} 1G", legal));
        Assert.Contains("that Linux makes (leaf=\"legal\")", Assert.Single(file.Diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllMistakes_AreToldAtOnce()
    {
        string table = MarkedTable.Break("readOnly=\"7\"", "readOnly=\"{|VMM2012:1|}\"");
        table = MarkedTable.Break("index=\"35:25\"", "index=\"{|VMM2006:35:26|}\"", table);
        table = MarkedTable.Break("type=\"Mine16K\"", "type=\"{|VMM2016:class|}\"", table);
        table = MarkedTable.Break("default=\"32M\"", "default=\"{|VMM2011:64M|}\"", table);
        table = MarkedTable.Break("contiguous=\"128\"", "contiguous=\"{|VMM2009:100|}\"", table);
        table = MarkedTable.Break("canonical=\"upper\"", "canonical=\"{|VMM2005:lower|}\"", table);
        Assert.Equal(6, MarkedTable.Check(table).Diagnostics.Count);
    }

    [Fact]
    public void Mistake_CostsItsArchitectureOnly()
    {
        string second = """
              <architecture name="four" type="Four" entry="x86-64" pageSize="4K" virtualAddress="39" hugetlb="2M" default="2M">
                <level name="PUD" index="38:30" />
                <level name="PMD" index="29:21" leaf="block" />
                <level name="PTE" index="20:12" leaf="page" />
              </architecture>
            </pageTables>
            """;
        string table = MarkedTable.Break("</pageTables>", second, MarkedTable.Break("index=\"35:25\"", "index=\"{|VMM2006:35:26|}\""));
        Assert.Equal("four", Assert.Single(MarkedTable.Check(table).Architectures).Name);
    }

    /// <summary>What is set in an entry that the kernel makes may be a flag of that entry, or a bit of another kind of entry.</summary>
    [Theory]
    [InlineData("kernelLeaf=\"3 6 4\" kernelWritable=\"5\" kernelTable=\"5 6\"")]
    [InlineData("tableWritable=\"62\" kernelLeaf=\"62\" kernelTable=\"2 1 6\"", "leaf=\"1 2 3\"", "leaf=\"3\"")]
    [InlineData("tableReadOnly=\"61\" kernelWritable=\"61 7 3\" kernelTable=\"4\"")]
    [InlineData("kernelLeaf=\"4\" kernelWritable=\"5\" kernelTable=\"6\" userLeaf=\"5 6 3\" userWritable=\"4 7\" userTable=\"6 5 4\"")]
    [InlineData("userLeaf=\"4\" userWritable=\"5\" userTable=\"6\" kernelLeaf=\"5 6 3\" kernelWritable=\"4 7\" kernelTable=\"6 5 4\"")]
    [InlineData("tableReadOnly=\"61\" userLeaf=\"4\" userWritable=\"61 7 3\" userTable=\"4\"")]
    public void BitsOfTheKernel_MayBeFlags(string attributes, string old = "", string sound = "")
    {
        string table = MarkedTable.Break("name=\"risc\"", $"name=\"risc\" {attributes}", RiscV);
        Assert.Empty(MarkedTable.Check(old.Length > 0 ? MarkedTable.Break(old, sound, table) : table).Diagnostics);
    }

    /// <summary>N is reserved in table entries, whoever would set it there.</summary>
    [Theory]
    [InlineData("kernelTable=\"{|VMM2012:63|}\"", "bit 63 of kernelTable is that of napot")]
    [InlineData("kernelTable=\"{|VMM2012:2|}\"", "bit 2 of kernelTable is that of leaf")]
    [InlineData("kernelLeaf=\"{|VMM2012:2|}\"", "bit 2 of kernelLeaf is that of writable")]
    [InlineData("userLeaf=\"4\" userTable=\"{|VMM2012:63|}\"", "bit 63 of userTable is that of napot")]
    [InlineData("userLeaf=\"4\" userTable=\"{|VMM2012:2|}\"", "bit 2 of userTable is that of leaf")]
    [InlineData("userLeaf=\"{|VMM2012:2|}\"", "bit 2 of userLeaf is that of writable")]
    [InlineData("userLeaf=\"4 {|VMM2012:63|}\"", "bit 63 of userLeaf is that of napot")]
    public void BitsOfTheKernel_KeepTheEntryWhatItIs(string attributes, string message) => Assert.Contains(
        message,
        Assert.Single(MarkedTable.Check(MarkedTable.Break("name=\"risc\"", $"name=\"risc\" {attributes}", RiscV)).Diagnostics).Message,
        StringComparison.Ordinal);

    [Fact]
    public void TableBitThatTablesReserve_IsTold() => Assert.Equal(
        "bit 63 of napot is that of tableWritable; give one of them another bit",
        Assert.Single(MarkedTable.Check(MarkedTable.Break(
            "napot=\"63\"", "tableWritable=\"63\" napot=\"{|VMM2012:63|}\"", RiscV)).Diagnostics).Message);

    /// <summary>Then a leaf that is not writable is none.</summary>
    [Fact]
    public void LeafOfTheWritableBitAlone_IsTold() => Assert.Contains(
        "a read-only leaf would be a table",
        Assert.Single(MarkedTable.Check(MarkedTable.Break(
            "leaf=\"1 2 3\" writable=\"2\" readable=\"1\"", "leaf=\"{|VMM2012:2|}\" writable=\"2\"", RiscV)).Diagnostics).Message,
        StringComparison.Ordinal);

    private const string RiscV = """
        <pageTables>
          <entry name="risc" valid="0" leaf="1 2 3" writable="2" readable="1" accessed="6" dirty="7" napot="63" address="53:10@12" />
          <architecture name="r" type="R" entry="risc" pageSize="4K" virtualAddress="30" hugetlb="2M" default="2M">
            <level name="PMD" index="29:21" leaf="block" />
            <level name="PTE" index="20:12" leaf="page" contiguous="16" />
          </architecture>
        </pageTables>
        """;

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64")]
    [InlineData("riscv64")]
    public void BuiltInTables_HaveNoMistake(string family) =>
        Assert.Empty(TableParser.Parse(Repository.Table(family).GetText().ToString()).Diagnostics);
}

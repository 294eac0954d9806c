using Vmemmap.Tests.Formats;

namespace Vmemmap.Tests.Tables;

/// <summary>Tables that are loaded at run time, good ones and those with mistakes.</summary>
public class TableWalkerTests
{
    private const string Good = """
        <pageTables>
          <architecture name="mine" alias="m" type="Mine" entry="arm64" pageSize="16K" virtualAddress="47"
                        canonical="upper" hugetlb="32M 2M" default="32M">
            <level name="PGD" index="46:36" />
            <level name="PMD" index="35:25" leaf="block" />
            <level name="PTE" index="24:14" leaf="page" contiguous="128" />
          </architecture>
        </pageTables>
        """;

    [Fact]
    public void Parse_GivesTheArchitectures()
    {
        TableWalker walker = Assert.Single(TableWalker.Parse(Good, "mine.xml"));
        Assert.Equal("mine", walker.Name);
        Assert.Equal("m", walker.Alias);
        Assert.Equal(14, walker.PageShift);
        Assert.Equal(47, walker.VirtualAddressBits);
        Assert.Equal(["32M", "2M"], walker.Hstates.Select(h => h.Name));
        Assert.Equal("32M", walker.DefaultHstate.Name);
        Assert.Equal([47 - 11, 25, 14], walker.Levels.Select(l => l.Shift));
    }

    // The mark says where the mistake is; line and column are counted from one, as compilers print them.
    [Theory]
    [InlineData("index=\"35:25\"", "index=\"^35:26\"", "index 35:26 leaves bit 25 to no level; did you mean 35:25?")]
    [InlineData("pageSize=\"16K\"", "pageSize=\"^16Q\"", "16Q")]
    [InlineData("entry=\"arm64\"", "entry=\"^arm46\"", "did you mean 'arm64'?")]
    [InlineData("default=\"32M\"", "default=\"^64M\"", "64M")]
    [InlineData("contiguous=\"128\"", "contiguous=\"^100\"", "did you mean 64 or 128?")]
    [InlineData("leaf=\"block\"", "^leef=\"block\"", "leaf")]
    public void Mistake_IsToldAtItsPlace(string good, string bad, string contained)
    {
        string marked = Good.Replace(good, bad, StringComparison.Ordinal);
        string before = marked[..marked.IndexOf('^', StringComparison.Ordinal)];
        string place = $"({before.Count(c => c == '\n') + 1},{before.Length - before.LastIndexOf('\n')})";
        PageTableException error = Assert.Throws<PageTableException>(
            () => TableWalker.Parse(marked.Replace("^", "", StringComparison.Ordinal), "tables/mine.xml"));
        string line = Assert.Single(
            error.Message.Split('\n'), l => l.StartsWith($"tables/mine.xml{place}: error VMM2", StringComparison.Ordinal));
        Assert.Contains(contained, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_AreToldAllAtOnce_OneALine()
    {
        string text = Good.Replace("default=\"32M\"", "default=\"64M\"", StringComparison.Ordinal)
            .Replace("contiguous=\"128\"", "contiguous=\"100\"", StringComparison.Ordinal);
        string[] lines = Assert.Throws<PageTableException>(() => TableWalker.Parse(text, "m.xml")).Message.Split('\n');
        Assert.True(lines.Length >= 2, string.Join('\n', lines));
        Assert.All(lines, line => Assert.Matches(@"^m\.xml\(\d+,\d+\): error VMM2\d{3}: .+", line));
        Assert.Contains(lines, line => line.StartsWith("m.xml(3,", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("m.xml(6,", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no xml")]
    [InlineData("<pageTables>")]
    [InlineData("<pageTables><architecture name=\"x\"")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><pageTables>&e;</pageTables>")]
    [InlineData("\0\u0001\uffff")]
    public void BrokenXml_IsToldAtItsPlace(string text)
    {
        PageTableException error = Assert.Throws<PageTableException>(() => TableWalker.Parse(text, "b.xml"));
        Assert.All(error.Message.Split('\n'), line => Assert.Matches(@"^b\.xml\(\d+,\d+\): error VMM2\d{3}: .+", line));
    }

    [Fact]
    public void Table_WithoutAnArchitecture_IsAMistake()
    {
        PageTableException error = Assert.Throws<PageTableException>(() => TableWalker.Parse("<pageTables></pageTables>", "e.xml"));
        Assert.Matches(@"^e\.xml\(1,1\): error VMM2000: .+", error.Message);
    }

    [Fact]
    public void Load_NamesTheFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.pagetables.xml");
        File.WriteAllText(path, Good.Replace("arm64", "arm46", StringComparison.Ordinal));
        try
        {
            PageTableException error = Assert.Throws<PageTableException>(() => TableWalker.Load(path));
            Assert.StartsWith($"{path}(2,", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Load_OfNoFile_IsAnIOException() =>
        Assert.ThrowsAny<IOException>(() => TableWalker.Load(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.xml")));

    [Fact]
    public void TryTranslate_IsThatOfItsFormat()
    {
        TableWalker walker = Loaded.Walker("arm64-16k-va47");
        Memory.TestMemory memory = new();
        bool succeeded = walker.TryTranslate(in memory, 0x4000, ulong.MaxValue, out Translation translation);
        Assert.False(succeeded);
        Assert.Equal((TranslationFault.Absent, 0x4000UL + (2047 * 8)), (translation.Fault, translation.EntryAddress));
    }
}

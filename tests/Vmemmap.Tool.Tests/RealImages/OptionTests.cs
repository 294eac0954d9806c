using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.RealImages;

/// <summary>What the caller knows better than the image, and what the caller gets wrong.</summary>
public sealed class OptionTests : IDisposable
{
    private const string X64 = "x86_64-6.12-4level-kaslr";

    private readonly string _folder = Directory.CreateTempSubdirectory("vmemmap-options-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>An architecture that nobody compiled, walked by its table alone, sees what the compiled one sees.</summary>
    [Theory]
    [InlineData(X64, "x86-64", "x86-64")]
    [InlineData("arm64-6.12-4k-va52on48-hvo", "arm64", "arm64-4k-va48")]
    [InlineData("arm64-6.12-16k-va52-debian-nohvo", "arm64", "arm64-16k-va52")]
    [InlineData("riscv64-6.12-sv48-hvo", "riscv64", "riscv64-sv48")]
    public void Tables_OfTheUsersOwn_GiveTheSameReport(string image, string family, string name)
    {
        string table = WriteTable(File.ReadAllText(Fixture.Table(family)).Replace($"name=\"{name}\"", "name=\"my-own\"", StringComparison.Ordinal));
        string compiled = Fixture.Inspect(image, "--json", "--pages");
        string tables = Fixture.Inspect(image, "--json", "--pages", "--tables", table, "--architecture", "my-own");
        Assert.Contains("\"architecture\": \"my-own\"", tables);
        Assert.Equal(compiled, tables.Replace("\"my-own\"", $"\"{name}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_WithAnArchitectureThatFits_NeedNoName()
    {
        string table = WriteTable(File.ReadAllText(Fixture.Table("x86-64")).Replace("name=\"x86-64\" type", "name=\"my-own\" type", StringComparison.Ordinal));
        Assert.Contains("my-own, 4K pages", Fixture.Inspect(X64, "--tables", table));
    }

    [Fact]
    public void Tables_WithMistakes_AreReportedWhereTheyAre()
    {
        string table = WriteTable(File.ReadAllText(Fixture.Table("x86-64")).Replace("index=\"38:30\"", "index=\"38:31\"", StringComparison.Ordinal));
        ToolRun run = ToolRun.Of("inspect", Fixture.Image(X64), "--tables", table);
        Assert.Equal(2, run.ExitCode);
        string[] lines = run.Error.TrimEnd('\n').Split('\n');
        // Both architectures of the file have the level.
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"my\.pagetables\.xml\(\d+,\d+\): error VMM20\d\d: .*did you mean 38:30", line));
    }

    /// <summary>U+009B begins a control sequence of terminals, and XML allows it.</summary>
    [Fact]
    public void Tables_WithControlCharacters_AreToldInPrintableOnes()
    {
        string table = WriteTable("<pageTables><architecture name=\"a\u009b2J\" pageSize=\"\u009b2J\" /></pageTables>");
        ToolRun run = ToolRun.Of("inspect", Fixture.Image(X64), "--tables", table);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("my.pagetables.xml(1,", run.Error);
        Assert.Contains(@"\x9b2J", run.Error);
        Assert.All(run.Error.ReplaceLineEndings(""), c => Assert.False(char.IsControl(c)));
    }

    [Fact]
    public void Tables_OfAnotherFamily_AreRefused() =>
        ToolRun.Of("inspect", Fixture.Image(X64), "--tables", Fixture.Table("riscv64")).AssertRefused(Fixture.Image(X64));

    [Fact]
    public void Architecture_OfAnotherPageSize_IsRefused()
    {
        ToolRun run = ToolRun.Of("inspect", Fixture.Image(X64), "--architecture", "arm64-16k");
        run.AssertRefused(Fixture.Image(X64));
        Assert.Contains("16K pages", run.Error);
    }

    [Fact]
    public void Architecture_ThatDoesNotExist_ListsThoseThatDo()
    {
        ToolRun run = ToolRun.Of("inspect", Fixture.Image(X64), "--architecture", "x64");
        run.AssertRefused(Fixture.Image(X64));
        Assert.Contains("x86-64-la57", run.Error);
    }

    [Fact]
    public void Vmcoreinfo_FromAFile_ReplacesTheImagesOwn()
    {
        string info = Path.Combine(Fixture.Root, "tests", "fixtures", $"{X64}.vmcoreinfo.txt");
        Assert.Equal(Fixture.Inspect(X64, "--json"), Fixture.Inspect(X64, "--json", "--vmcoreinfo", info));
    }

    [Fact]
    public void Vmcoreinfo_OfAnotherKernel_IsRefused()
    {
        string info = Path.Combine(Fixture.Root, "tests", "fixtures", "arm64-6.1-64k-va48-hvo.vmcoreinfo.txt");
        ToolRun.Of("inspect", Fixture.Image(X64), "--vmcoreinfo", info).AssertRefused(Fixture.Image(X64));
    }

    /// <summary>root_table_pa of the truth is 0x3ee22000.</summary>
    [Fact]
    public void Root_ThatIsTheKernels_ChangesNothing() =>
        Assert.Equal(Fixture.Inspect(X64, "--json"), Fixture.Inspect(X64, "--json", "--root", "0x3ee22000"));

    [Theory]
    [InlineData("0x3ee22001", "which is no page")]
    [InlineData("0x1000", "is not in the image")]
    public void Root_ThatIsWrong_IsRefused(string root, string reason)
    {
        ToolRun run = ToolRun.Of("inspect", Fixture.Image(X64), "--root", root);
        run.AssertRefused(Fixture.Image(X64));
        Assert.Contains(reason, run.Error);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("frobnicate")]
    [InlineData("inspect", "image", "--nope")]
    [InlineData("inspect", "image", "--page", "zz")]
    [InlineData("inspect", "image", "--address", "0xzz")]
    [InlineData("inspect", "image", "--page", "1", "--json")]
    [InlineData("inspect", "image", "--address", "1", "--page", "1")]
    [InlineData("inspect", "no-such-image")]
    [InlineData("inspect", "")]
    [InlineData("inspect", "image", "--tables", "")]
    public void CommandLine_ThatIsWrong_GetsOneLineAndExitCode2(params string[] arguments)
    {
        ToolRun run = ToolRun.Of([.. arguments.Select(a => a == "image" ? Fixture.Image(X64) : a)]);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.StartsWith("vmemmap: ", run.Error);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
        run.AssertNoStackTrace();
    }

    private string WriteTable(string text)
    {
        string path = Path.Combine(_folder, "my.pagetables.xml");
        File.WriteAllText(path, text);
        return path;
    }

    // The parser would read the file as a list of arguments.
    [Fact]
    public void AFileWhoseNameStartsWithAt_IsAFile() => ToolRun.Of("inspect", "@missing.core").AssertRefused("@missing.core");
}

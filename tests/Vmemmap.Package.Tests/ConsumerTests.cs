using System.Text.RegularExpressions;
using Vmemmap.Package.Tests.Building;
using Vmemmap.Package.Tests.Feed;
using Vmemmap.Tests.Facts;

namespace Vmemmap.Package.Tests;

/// <summary>Projects that have nothing but the packages: they build without a word, and what they built runs.</summary>
[Collection(PackedFeedTests.Name)]
public sealed class ConsumerTests(PackedFeed feed)
{
    private static readonly string Table = Path.Combine("tables", "narrow.pagetables.xml");

    [Fact]
    public async Task FirstTranslation_IsRight()
    {
        Consumer consumer = Consumer.Of(feed, "FirstTranslation");
        (await consumer.BuildAsync()).Clean();
        Assert.Equal("0x40001234 2097152 True\nNotPresent\n7\n", await consumer.RunAsync("FirstTranslation"));
    }

    /// <summary>One source, not edited, for each architecture; and the figures of its huge pages.</summary>
    [Fact]
    public async Task SameSource_BuildsForEveryArchitecture()
    {
        Consumer consumer = Consumer.Of(feed, "Target");
        (await consumer.BuildAsync("Target.csproj", "-t:Restore")).Clean();
        (await consumer.BuildAsync("every.proj", $"-p:Architectures=\"{string.Join(';', ArchitectureNames.All)}\"")).Clean();
        foreach (string name in ArchitectureNames.All)
        {
            string[] lines = (await consumer.RunAsync("Target", Path.Combine("bin", name))).Split('\n');
            (int pageSize, int defaultSize) = name.Split('-')[1] switch
            {
                "16k" => (16384, 32),
                "64k" => (65536, 512),
                _ => (4096, 2),
            };
            HstateCounts facts = FactsOf(name, $"{defaultSize}M");
            Assert.Equal($"{name} {pageSize} False NotPresent 0", lines[0]);
            Assert.Equal($"{(long)defaultSize << 20} {facts.FreedReserveTwo} {facts.FreedReserveOne}", lines[1]);
        }
    }

    /// <summary>Tables are found wherever they are in the project, but what a build made of them is not a table.</summary>
    [Fact]
    public async Task OwnTable_IsGeneratedFrom_AndBinAndObjAreNot()
    {
        Consumer consumer = Consumer.Of(feed, "OwnTable");
        consumer.Write(Path.Combine("bin", "broken.pagetables.xml"), "<pageTables>");
        consumer.Write(Path.Combine("obj", "Debug", "broken.pagetables.xml"), "<pageTables>");
        (await consumer.BuildAsync()).Clean();

        // 8M of 8K pages are 1024 struct pages in 8 vmemmap pages, of which one is kept.
        Assert.Equal("narrow 8192 3 7\nnot built in\n8M\n", await consumer.RunAsync("OwnTable"));
    }

    [Fact]
    public async Task MistakeInATable_IsAnErrorAtItsPlace()
    {
        Consumer consumer = Consumer.Of(feed, "OwnTable");
        string text = File.ReadAllText(Path.Combine(consumer.Folder, Table));
        consumer.Write(Table, text.Replace("index=\"32:23\"", "index=\"32:24\"", StringComparison.Ordinal));
        BuildOutput build = await consumer.BuildAsync();
        Assert.NotEqual(0, build.ExitCode);
        BuildMessage first = build.Messages[0];
        Assert.Equal(("narrow.pagetables.xml", 7, 30, "error", "VMM2006"), (first.File, first.Line, first.Column, first.Severity, first.Id));
        Assert.Contains("did you mean 32:23?", first.Text, StringComparison.Ordinal);
    }

    /// <summary>What is generated must build under whatever a project asks of its own code. Nullable and implicit usings are off unless they are switched on.</summary>
    [Theory]
    [InlineData]
    [InlineData("-p:CheckForOverflowUnderflow=true", "-p:GenerateDocumentationFile=true")]
    [InlineData("-p:Nullable=enable", "-p:ImplicitUsings=enable", "-p:CheckForOverflowUnderflow=true", "-p:GenerateDocumentationFile=true", "-p:AnalysisLevel=latest-all", "-p:WarningLevel=9999")]
    public async Task StrictProject_BuildsWithoutAWarning(params string[] properties)
    {
        Consumer consumer = Consumer.Of(feed, "Strict");
        consumer.Write("config-test", KernelConfigs.Read("config-6.12-riscv64-sv57-hvo"));
        (await consumer.BuildAsync(["-p:TreatWarningsAsErrors=true", .. properties])).Clean();
    }

    [Fact]
    public async Task TransitiveConsumer_RunsWhatTheLibraryGenerated()
    {
        Consumer consumer = Consumer.Of(feed, "Transitive");
        (await consumer.BuildAsync("App")).Clean();
        Assert.Equal("True\nFalse\n", await consumer.RunAsync("App", Path.Combine("App", "bin")));
    }

    /// <summary>The generator comes with the library that an application references, and so do the tables' globs.</summary>
    [Fact]
    public async Task TransitiveConsumer_GeneratesFromItsOwnTable()
    {
        Consumer consumer = Consumer.Of(feed, "Transitive");
        (await consumer.BuildAsync("AppWithTable")).Clean();
        Assert.Equal("wide x86-64\n", await consumer.RunAsync("AppWithTable", Path.Combine("AppWithTable", "bin")));
    }

    /// <summary>The library is for any language, the generator for one; what it leaves undone is told.</summary>
    [Fact]
    public async Task AnotherLanguage_GetsTheLibrary_AndIsToldThatNothingIsGenerated()
    {
        Consumer consumer = Consumer.Of(feed, "VisualBasic");
        BuildOutput build = await consumer.BuildAsync();
        Assert.Equal(0, build.ExitCode);
        BuildMessage only = Assert.Single(build.Messages);
        Assert.Equal(("VisualBasic.vbproj", "warning", "VMM4102"), (only.File, only.Severity, only.Id));
        Assert.Contains(Table.Replace('\\', '/'), only.Text.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Equal("7\n", await consumer.RunAsync("VisualBasic"));
    }

    [Fact]
    public async Task TailWrite_FailsTheBuildAtItsLine()
    {
        BuildOutput build = await Consumer.Of(feed, "TailWrite").BuildAsync();
        Assert.NotEqual(0, build.ExitCode);
        BuildMessage only = Assert.Single(build.Messages);
        Assert.Equal(("Marking.cs", 13, "error", "VMM1001"), (only.File, only.Line, only.Severity, only.Id));
    }

    [Fact]
    public async Task SecondBuild_DoesNothing_AndAnEditOfATableDoes()
    {
        Consumer consumer = Consumer.Of(feed, "OwnTable");
        (await consumer.BuildAsync()).Clean();
        Assert.False(await Compiles());

        string path = Path.Combine(consumer.Folder, Table);
        File.WriteAllText(path, File.ReadAllText(path) + "\n");
        Assert.True(await Compiles());

        async Task<bool> Compiles()
        {
            BuildOutput build = await consumer.BuildAsync("-v:d");
            Assert.Equal(0, build.ExitCode);
            bool skipped = build.Text.Contains("Skipping target \"CoreCompile\"", StringComparison.Ordinal);
            Assert.Equal(!skipped, Regex.IsMatch(build.Text, @"bincore[/\\]csc"));
            return !skipped;
        }
    }

    [Fact]
    public async Task ConsumerThatUsesNothing_CarriesNothing()
    {
        Consumer consumer = Consumer.Of(feed, "UsesNothing");
        (await consumer.BuildAsync()).Clean();
        Assert.Equal("False\n", await consumer.RunAsync("UsesNothing"));
        Assert.DoesNotContain(
            Directory.GetFiles(consumer.Folder, "*.cs", SearchOption.AllDirectories), f => f.Contains("Vmemmap.Generators", StringComparison.Ordinal));
    }

    /// <summary>The compiler is what it is, but what it says of its version is a property.</summary>
    [Theory]
    [InlineData("roslyn4.13")]
    [InlineData("roslyn3.11")]
    [InlineData("unknown")]
    public async Task OldCompiler_IsOneErrorThatSaysSo(string version)
    {
        Consumer consumer = Consumer.Of(feed, "FirstTranslation");
        BuildOutput build = await consumer.BuildAsync("-p:CompilerApiVersion=" + version);
        Assert.NotEqual(0, build.ExitCode);
        BuildMessage only = Assert.Single(build.Messages);
        Assert.Equal(("FirstTranslation.csproj", "error", "VMM4101"), (only.File, only.Severity, only.Id));
        Assert.Contains("4.14", only.Text, StringComparison.Ordinal);
        Assert.Contains($"'{version}'", only.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OldCompiler_IsEnoughForTheLibraryAlone() => (await Consumer.Of(feed, "FirstTranslation")
        .BuildAsync("-p:CompilerApiVersion=roslyn4.13", "-p:WithoutAssets=\"analyzers;build;buildTransitive\"")).Clean();

    [Fact]
    public async Task OldestCompilerThatWorks_IsAccepted() =>
        (await Consumer.Of(feed, "FirstTranslation").BuildAsync("-p:CompilerApiVersion=roslyn4.14")).Clean();

    private static HstateCounts FactsOf(string architecture, string size) =>
        HstateCounts.ForEveryArchitecture.Where(row => (string)row[0] == architecture).Select(row => (HstateCounts)row[1]).Single(c => c.Size == size);
}

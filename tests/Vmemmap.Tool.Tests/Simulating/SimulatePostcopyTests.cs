using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.Simulating;

/// <summary><c>vmemmap simulate --postcopy</c>: its JSON, its report, its picture, and what it refuses.</summary>
public sealed class SimulatePostcopyTests
{
    private const string Small = "--postcopy --huge-page 2M --memory 32M --fetch 4K,2M --vcpus 2";

    [Fact]
    public void Json_HasTheFieldsInOrder()
    {
        JsonElement[] results = Simulate.Json(Small);
        Assert.Equal(
            [
                "architecture", "memory", "hugePageSize", "vcpus", "layout", "accessPattern", "accessIntervalNanoseconds", "seed",
                "linkBitsPerSecond", "latencyNanoseconds", "fetchSize", "collapse", "push", "durationNanoseconds",
                "firstAccessNanoseconds", "accesses", "stalls", "stallP50Nanoseconds", "stallP90Nanoseconds", "stallP99Nanoseconds", "stallMaxNanoseconds",
                "stallTotalNanoseconds", "timeLost", "allMemoryNanoseconds", "requests", "demandedPieces", "pushedPieces", "sentBytes", "continues",
                "continuing", "collapsing", "peakPageTableBytes", "pageTableBytes", "leavesBefore", "leaves",
            ],
            results[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            [
                "tablesAllocated", "tablesFreed", "pteWrites", "tlbFlushes", "ipis", "lockAcquisitions", "structPagesWritten", "referenceUpdates",
                "systemCalls", "wakeups", "simulatedNanoseconds",
            ],
            results[0].GetProperty("continuing").EnumerateObject().Select(property => property.Name));
        Assert.Equal(["size", "count"], results[0].GetProperty("leaves")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal([(4096, "end"), (4096, "automatic"), (2 << 20, "none")], results.Select(result => (result.Get("fetchSize"), result.GetProperty("collapse").GetString()!)));
    }

    /// <summary>32M of 2M pages are 2 tables above them and one below each; 4K pieces write an entry each, and one for each table.</summary>
    [Fact]
    public void Json_CountsPageTables()
    {
        JsonElement result = Simulate.Json(Small)[0];
        Assert.Equal((8192, 18, 8210), (result.Get("continues"), result.GetProperty("continuing").Get("tablesAllocated"), result.GetProperty("continuing").Get("pteWrites")));
        Assert.Equal((16, 16, 32), (result.GetProperty("collapsing").Get("tablesFreed"), result.GetProperty("collapsing").Get("tlbFlushes"), result.GetProperty("collapsing").Get("ipis")));
        Assert.Equal((19 * 4096, 3 * 4096), (result.Get("peakPageTableBytes"), result.Get("pageTableBytes")));
        Assert.Equal((4096, 8192), (result.GetProperty("leavesBefore")[0].Get("size"), result.GetProperty("leavesBefore")[0].Get("count")));
        Assert.Equal((2 << 20, 16), (result.GetProperty("leaves")[0].Get("size"), result.GetProperty("leaves")[0].Get("count")));
    }

    [Fact]
    public void Json_HasWhatWasAskedFor()
    {
        JsonElement asked = Simulate.Json($"{Small} --accesses hot --access-interval 1.5us --seed 18446744073709551615 --no-push --duration 2.5ms --latency 0.5ns")[2];
        Assert.Equal(("hot", 1500, ulong.MaxValue, "reserve-one"), (asked.GetProperty("accessPattern").GetString(), asked.GetProperty("accessIntervalNanoseconds").GetDouble(), asked.GetProperty("seed").GetUInt64(), asked.GetProperty("layout").GetString()));
        Assert.Equal((2_500_000, false, 0.5), (asked.Get("durationNanoseconds"), asked.GetProperty("push").GetBoolean(), asked.GetProperty("latencyNanoseconds").GetDouble()));
        JsonElement usual = Simulate.Json("--postcopy --huge-page 2M --memory 8M --fetch 2M")[0];
        Assert.Equal(("uniform", JsonValueKind.Null), (usual.GetProperty("accessPattern").GetString(), usual.GetProperty("durationNanoseconds").ValueKind));
    }

    [Fact]
    public void Json_OfASlowerLink_TakesLonger()
    {
        JsonElement fast = Simulate.Json($"{Small} --link 10G --latency 1ms")[2];
        JsonElement slow = Simulate.Json($"{Small} --link 400M --latency 2ms --no-push --duration 1ms")[2];
        Assert.Equal((10_000_000_000, 1_000_000), (fast.Get("linkBitsPerSecond"), fast.Get("latencyNanoseconds")));

        // 2M at 400 Mbit/s are 41.94304 ms, and twice 2 ms; the other vCPU's first piece comes after it.
        Assert.InRange(slow.Get("firstAccessNanoseconds"), 45_943_040, 45_960_000);
        Assert.Equal(JsonValueKind.Null, slow.GetProperty("allMemoryNanoseconds").ValueKind);
        Assert.Equal((2, 0, 4 << 20), (slow.Get("requests"), slow.Get("pushedPieces"), slow.Get("sentBytes")));
    }

    [Theory]
    [InlineData("--accesses hot", "nine of ten to a tenth")]
    [InlineData("--accesses sequential", "page after page")]
    [InlineData("--access-interval 1.5us", "1.5 us from one to the next")]
    [InlineData("--link 25G", "25 Gbit/s, 25 us one way")]
    [InlineData("--latency 0us", "0 one way")]
    [InlineData("--no-push", "nothing is pushed; the guest runs for 2.68 ms")]
    [InlineData("--no-push --duration 10ms", "nothing is pushed; the guest runs for 10 ms")]
    [InlineData("--arch arm64-4k --break-before-make ignore", "the first: NoBreakBeforeMake: CPU 0")]
    [InlineData("--layout shared-tail", "optimized by shared-tail")]
    [InlineData("--arch arm64-4k", "refuses (mainline selects HVO no more since v6.3)")]
    [InlineData("--arch arm64-4k --fetch 64K --break-before-make ipi-pause", "512 of 64K")]
    public void Text_SaysWhatWasReplayed(string options, string expected)
    {
        string text = Simulate.Text($"{Small} {options}");
        Assert.Contains(expected, text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    /// <summary>A note is there for what a table has, and for nothing else; what collapses automatically is in every table.</summary>
    [Theory]
    [InlineData(Small, true, 5)]
    [InlineData("--postcopy --huge-page 2M --memory 8M --fetch 2M", false, 0)]
    [InlineData("--postcopy --huge-page 2M --memory 8M --fetch 4K --no-push --duration 1ms", false, 5)]
    public void Text_ExplainsWhatIsThere(string arguments, bool collapses, int automatic)
    {
        string text = Simulate.Text(arguments);
        Assert.Equal(collapses, text.Contains("COLLAPSE", StringComparison.Ordinal));
        Assert.Equal(automatic, text.Split("4K+").Length - 1);
        Assert.Equal(automatic > 0, text.ReplaceLineEndings(" ").Contains("+: what a piece completes", StringComparison.Ordinal));
    }

    [Fact]
    public void Text_IsTheSameEveryTime_UnlessTheSeedIsNot()
    {
        Assert.Equal(Simulate.Text($"{Small} --seed 7"), Simulate.Text($"{Small} --seed 7"));
        Assert.NotEqual(Simulate.Text($"{Small} --seed 7"), Simulate.Text($"{Small} --seed 8"));
    }

    /// <summary>Well-formed, without scripts, with a title and a description; a line for each size in each plot; the same bytes every time, whatever the culture.</summary>
    [Fact]
    public void Svg_IsAPictureOfBothPlots()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory();
        try
        {
            string first = Draw("first.svg");
            CultureInfo culture = CultureInfo.CurrentCulture;
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = other;
            try
            {
                Assert.Equal(first, Draw("second.svg"));
            }
            finally
            {
                CultureInfo.CurrentCulture = culture;
            }

            XNamespace svg = "http://www.w3.org/2000/svg";
            XElement root = XDocument.Parse(first).Root!;
            Assert.Equal(svg + "svg", root.Name);
            Assert.Contains("32M over 100 Gbit/s, fetched by 4K, 2M", root.Element(svg + "title")!.Value, StringComparison.Ordinal);
            Assert.Contains("fetched by 2M: first access after", root.Element(svg + "desc")!.Value, StringComparison.Ordinal);
            Assert.Equal(2 * 3, root.Elements(svg + "path").Count(path => path.Attribute("class")!.Value.StartsWith("line ", StringComparison.Ordinal)));
            Assert.Empty(root.Descendants(svg + "script"));
            Assert.Contains("prefers-color-scheme: dark", first, StringComparison.Ordinal);
            Assert.All(
                root.Descendants(svg + "text"),
                text => Assert.True(double.Parse(text.Attribute("x")!.Value, CultureInfo.InvariantCulture) is >= 0 and <= 880));
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        string Draw(string name)
        {
            string file = Path.Combine(directory.FullName, name);
            Assert.Equal(0, ToolRun.Of(["simulate", .. Small.Split(' '), "--svg", file]).ExitCode);
            return File.ReadAllText(file);
        }
    }

    [Fact]
    public void Svg_ThatCannotBeWritten_IsOneLine()
    {
        Refused(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString(), "picture.svg"), "no such folder");
        Refused(Path.GetTempPath(), "folder");
        Refused("-", "standard output is for the report");
        Refused(string.Empty, "not the name of a file");
        Refused("a\0b", "not a name of a file");

        // Before the replay: this one would be refused by it.
        Refused(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString(), "picture.svg"), "no such folder", "--seed", "1", "--link", "1");

        static void Refused(string file, string why, params string[] more)
        {
            ToolRun run = ToolRun.Of(["simulate", .. Small.Split(' '), "--svg", file, .. more]);
            run.AssertRefused(why);
            Assert.Empty(run.Output);
            Assert.DoesNotContain("Parameter", run.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>A replay that is refused leaves the file as it was, and no new one.</summary>
    [Fact]
    public void Svg_OfARefusedReplay_TakesNothingAway()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory();
        try
        {
            string old = Path.Combine(directory.FullName, "old.svg");
            File.WriteAllText(old, "old");
            ToolRun.Of("simulate", "--postcopy", "--memory", "1536M", "--svg", old).AssertRefused("1536M");
            ToolRun.Of("simulate", "--postcopy", "--memory", "1536M", "--svg", Path.Combine(directory.FullName, "new.svg")).AssertRefused("1536M");
            Assert.Equal("old", File.ReadAllText(old));
            Assert.Equal(["old.svg"], directory.EnumerateFiles().Select(file => file.Name));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Letters are taken to be 7 pixels wide and 11 high: no two texts meet, all are inside, and no curve goes through the name of one.</summary>
    [Theory]
    [InlineData("--postcopy --arch arm64-4k --memory 1G --fetch 64K,2M,32M,1G")]
    [InlineData("--postcopy --arch arm64-4k --huge-page 32M --memory 64M --fetch 4K,64K,2M,32M")]
    [InlineData("--postcopy --huge-page 2M --memory 2M --fetch 2M --vcpus 1")]
    public void Svg_CanBeRead(string arguments)
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.Equal(0, ToolRun.Of(["simulate", .. arguments.Split(' '), "--svg", file]).ExitCode);
            XNamespace svg = "http://www.w3.org/2000/svg";
            XElement root = XDocument.Load(file).Root!;
            (string Text, double Left, double Right, double Base, bool IsName)[] texts =
            [
                .. root.Elements(svg + "text").Select(text =>
                {
                    double width = 7 * text.Value.Length;
                    double left = Number(text, "x") - (text.Attribute("text-anchor")!.Value switch { "end" => width, "middle" => width / 2, _ => 0 });
                    return (text.Value, left, left + width, Number(text, "y"), text.Attribute("class")!.Value.StartsWith('t') && text.Attribute("class")!.Value != "title");
                }),
            ];
            Assert.All(texts, text => Assert.True(text.Left >= 0 && text.Right <= 880 && text.Base <= 424, text.ToString()));
            for (int i = 0; i < texts.Length; i++)
            {
                Assert.All(texts[..i], other => Assert.False(
                    other.Left < texts[i].Right && texts[i].Left < other.Right && Math.Abs(other.Base - texts[i].Base) < 11, $"{other} {texts[i]}"));
            }

            (double X, double Y)[][] curves =
            [
                .. root.Elements(svg + "path").Where(path => path.Attribute("class")!.Value.StartsWith("line ", StringComparison.Ordinal))
                    .Select(path => path.Attribute("d")!.Value).Where(path => path.Contains('L', StringComparison.Ordinal))
                    .Select(path => path[1..].Split('L').Select(point => point.Split(' ')).Select(point => (Parse(point[0]), Parse(point[1]))).ToArray()),
            ];
            Assert.True(texts.Count(text => text.IsName) > arguments.Split(',').Length, "no curve has its name beside it");
            Assert.All(texts.Where(text => text.IsName), text => Assert.All(curves, curve => Assert.All(curve.Zip(curve.Skip(1)), segment => Assert.False(
                Enumerable.Range(0, 101).Any(step => IsIn(text, segment.First, segment.Second, step / 100.0)), $"{text} is struck through"))));
        }
        finally
        {
            File.Delete(file);
        }

        static bool IsIn((string Text, double Left, double Right, double Base, bool IsName) text, (double X, double Y) from, (double X, double Y) to, double share)
        {
            double x = from.X + ((to.X - from.X) * share);
            double y = from.Y + ((to.Y - from.Y) * share);
            return x > text.Left && x < text.Right && y < text.Base && y > text.Base - 11;
        }

        static double Number(XElement element, string name) => Parse(element.Attribute(name)!.Value);

        static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("--postcopy --arch x64", "'x64'", "x86-64-la57")]
    [InlineData("--postcopy --memory 3G --huge-page 2G", "huge pages of 2G", "1G, 2M")]
    [InlineData("--postcopy --memory 1536M", "1536M", "multiple of 1G")]
    [InlineData("--postcopy --memory 128G", "33554432 pieces of 4K: 2097152 of them, 8G", "--fetch 2M, or less --memory")]
    [InlineData("--postcopy --memory 4T --fetch 1G --access-interval 1ms", "4T", "2T")]
    [InlineData("--postcopy --memory 4P", "4P", "2T of x86-64 can be simulated; give less --memory")]
    [InlineData("--postcopy --arch arm64-64k --memory 1G", "multiple of 16G", "--huge-page 512M or 2M")]
    [InlineData("--postcopy --fetch 64K", "64K", "4K, 2M, 1G")]
    [InlineData("--postcopy --huge-page 2M --fetch 1G", "1G", "4K, 2M")]
    [InlineData("--postcopy --fetch 4K,4K", "4K are asked for twice", "once")]
    [InlineData("--postcopy --fetch 4K,", "''", "4K")]
    [InlineData("--postcopy --fetch small", "'small'", "4K")]
    [InlineData("--postcopy --vcpus 0", "'0'", "from 1 to 256")]
    [InlineData("--postcopy --vcpus 257", "'257'", "from 1 to 256")]
    [InlineData("--postcopy --link 0", "'0'", "100G")]
    [InlineData("--postcopy --link fast", "'fast'", "400M")]
    [InlineData("--postcopy --link -1G", "'-1G'", "above 0")]
    [InlineData("--postcopy --link 1M", "17180", "a faster --link, less --memory, fewer --vcpus or a longer --access-interval")]
    [InlineData("--postcopy --latency 25", "'25' has no unit", "25us")]
    [InlineData("--postcopy --latency 11s", "11 s", "0 to 10 s")]
    [InlineData("--postcopy --latency -1us", "'-1us'", "25us")]
    [InlineData("--postcopy --access-interval 0us", "'0us'", "above 0")]
    [InlineData("--postcopy --access-interval 1e3us", "'1e3us'", "25us")]
    [InlineData("--postcopy --accesses random", "'random'", "uniform, hot or sequential")]
    [InlineData("--postcopy --no-push --duration 0s", "'0s'", "above 0")]
    [InlineData("--postcopy --no-push --duration 0", "'0' is no time", "above 0")]
    [InlineData("--postcopy --no-push --duration 1", "'1' has no unit", "1ms or 1s")]
    [InlineData("--postcopy --no-push --duration 100s", "100 s", "a shorter --duration")]
    [InlineData("--postcopy --duration 1ms", "--duration", "--no-push")]
    [InlineData("--postcopy --layout reserve-three", "'reserve-three'", "reserve-one-kept-head")]
    [InlineData("--postcopy --seed -1", "'-1'", "2^64 - 1")]
    [InlineData("--postcopy --dax 1G --align 1G", "--dax", "--postcopy")]
    [InlineData("--postcopy --hugepages 1G:1", "--hugepages", "--postcopy")]
    [InlineData("--postcopy --compare", "--compare", "--postcopy")]
    [InlineData("--postcopy --cpus 4", "--cpus", "--postcopy")]
    [InlineData("--postcopy --struct-page-size 128", "--struct-page-size", "--postcopy")]
    [InlineData("--arch x86-64 --memory 1G --hugepages 2M:1 --svg picture.svg", "--svg", "--postcopy")]
    [InlineData("--dax 1G --align 1G --fetch 4K", "--fetch", "--postcopy")]
    public void AMigrationThatCannotBe_NamesTheValueAndItsLimit(string arguments, string value, string limit)
    {
        ToolRun run = Simulate.Run(arguments);
        run.AssertRefused(value);
        Assert.Contains(limit, run.Error);
        Assert.Empty(run.Output);
        Assert.StartsWith("vmemmap: ", run.Error);
    }

    [Theory]
    [InlineData("vmemmap simulate --postcopy --accesses ", "hot sequential uniform")]
    [InlineData("vmemmap simulate --postcopy --arch x86-64 --huge-page ", "1G 2M")]
    [InlineData("vmemmap simulate --postcopy --arch x86-64 --fetch ", "1G 2M 4K")]
    [InlineData("vmemmap simulate --postcopy --arch arm64-64k --fetch ", "16G 2M 512M 64K")]
    public void Completion_KnowsTheSizes(string line, string suggestions) =>
        Assert.Equal(suggestions, string.Join(' ', ToolRun.Of("[suggest]", line).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
}

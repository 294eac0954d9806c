using System.Text.Json;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.Simulating;

/// <summary><c>vmemmap simulate --dax</c>: the cover letter's table from a run. 16 GiB are a 64th of its terabyte.</summary>
public sealed class SimulateDaxTests
{
    [Fact]
    public void Json_HasTheFieldsInOrder() => Assert.Equal(
        [
            "architecture", "size", "align", "geometry", "structPageFrames", "pageTablePages", "upperTablePages", "bytes", "bytesPerTiB",
            "structPagesInitialised", "simulatedPinNanoseconds", "simulatedUnpinNanoseconds",
        ],
        Simulate.Json("--dax 128M --align 2M")[0].EnumerateObject().Select(property => property.Name));

    /// <summary>A TiB: 17179869184 bytes of struct pages, mapped by blocks; 4328521728 in pages of 2M, last-level tables with them.</summary>
    [Fact]
    public void Json_Of2M_IsTheCoverLettersTable()
    {
        JsonElement[] results = Simulate.Json("--dax 16G --align 2M");
        Assert.Equal(["base", "compound"], results.Select(result => result.GetProperty("geometry").GetString()));
        Assert.All(results, result => Assert.Equal(("x86-64", 16L << 30, 2L << 20), (result.GetProperty("architecture").GetString(), result.Get("size"), result.Get("align"))));
        Assert.Equal([17179869184, 4328521728], results.Select(result => result.Get("bytesPerTiB")));
        Assert.Equal([(4194304 / 64, 0L), (1048576 / 64, 8192 / 64)], results.Select(result => (result.Get("structPageFrames"), result.Get("pageTablePages"))));
        Assert.Equal([17179869184 / 64, 4328521728 / 64], results.Select(result => result.Get("bytes")));
        Assert.Equal([268435456 / 64, 67108864 / 64], results.Select(result => result.Get("structPagesInitialised")));

        // 15 ns for each of 2^22 base pages, or of 2^13 compound pages, and 1.5 ns for each base page.
        Assert.Equal([(1L << 22) * 33 / 2, ((1L << 13) * 15) + ((1L << 22) * 3 / 2)], results.Select(result => result.Get("simulatedPinNanoseconds")));
        Assert.All(results, result => Assert.Equal(result.Get("simulatedPinNanoseconds"), result.Get("simulatedUnpinNanoseconds")));
    }

    [Fact]
    public void Json_Of1G_SharesTables()
    {
        JsonElement[] results = Simulate.Json("--dax 16G --align 1G");
        Assert.Equal(["base", "compound", "compound-pud"], results.Select(result => result.GetProperty("geometry").GetString()));
        Assert.Equal([17179869184, 41943040, 16777216], results.Select(result => result.Get("bytesPerTiB")));
        Assert.Equal([0, 8192 / 64, 2048 / 64], results.Select(result => result.Get("pageTablePages")));
        Assert.Equal([268435456 / 64, 131072 / 64, 131072 / 64], results.Select(result => result.Get("structPagesInitialised")));
    }

    /// <summary>One geometry where the pages are base pages; two where tables are not shared; a size that gives nothing is there all the same.</summary>
    [Theory]
    [InlineData("--dax 128M --align 4K", "base")]
    [InlineData("--arch arm64-16k --dax 1G --align 1G", "base compound")]
    [InlineData("--arch arm64-16k --dax 128M --align 2M", "base compound")]
    [InlineData("--arch arm64-64k --dax 16G --align 16G", "base compound")]
    [InlineData("--arch arm64-4k --dax 1G --align 1G", "base compound compound-pud")]
    [InlineData("--arch riscv64-sv48 --dax 1G --align 1G", "base compound compound-pud")]
    [InlineData("--dax 128M --align 2M --struct-page-size 56", "base compound")]
    public void Json_HasTheGeometriesThatApply(string arguments, string geometries) =>
        Assert.Equal(geometries.Split(' '), Simulate.Json(arguments).Select(result => result.GetProperty("geometry").GetString()));

    /// <summary>Of 16K pages a compound page of 1G has 256 vmemmap pages, of which two are kept, and a part of a table.</summary>
    [Fact]
    public void Json_OfArm64_16K()
    {
        JsonElement[] results = Simulate.Json("--arch arm64-16k --dax 8G --align 1G");
        Assert.Equal([(8L * 256, 4294967296 + (1L << 40) / (8L << 30) * 16384), (8 * 2, (17L << 14) * 128)], results.Select(result => (result.Get("structPageFrames"), result.Get("bytesPerTiB"))));
    }

    [Fact]
    public void Text_ShowsEveryGeometry_AndStructPagesOnTheDevice()
    {
        string text = Simulate.Text("--dax 4G --align 1G");
        foreach (string expected in new[] { "4G in pages of 1G", "compound-pud", "0.0015%", "on the device", "in RAM", "docs/devmap.md" })
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 90, line));
        Assert.Contains("no power of two", Simulate.Text("--dax 128M --align 2M --struct-page-size 80").ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    /// <summary>Sizes that are no whole sections have room for their struct pages, too.</summary>
    [Theory]
    [InlineData("--dax 130M --align 2M")]
    [InlineData("--dax 136M --align 4K")]
    [InlineData("--arch riscv64-sv48 --dax 258M --align 2M")]
    [InlineData("--arch arm64-4k --dax 160M --align 32M")]
    public void Text_OfAPartOfASection_HasEveryRow(string arguments)
    {
        string text = Simulate.Text(arguments);
        Assert.Equal(arguments.EndsWith("4K", StringComparison.Ordinal) ? 1 : 2, text.Split("on the device ").Length - 1);
        Assert.DoesNotContain("not on the device", text, StringComparison.Ordinal);
    }

    /// <summary>A geometry that the device cannot hold its struct pages in has its reason, and the other its row.</summary>
    [Fact]
    public void Text_SaysWhyARowIsNotThere()
    {
        string text = Simulate.Text("--dax 1G --align 1G");
        Assert.Matches(@"(?m)^ on the device +base ", text);
        Assert.DoesNotMatch(@"(?m)^ on the device +compound ", text);
        Assert.Contains(
            "not on the device, compound: A device of 1G cannot hold its own struct pages: they and what describes it take 1G.",
            text.ReplaceLineEndings(" "),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--dax 64G", "--align", "1G")]
    [InlineData("--arch arm64-4k --dax 2T --align 64K", "2T", "64G")]
    [InlineData("--align 2M --arch x86-64 --memory 4G --hugepages 2M:1", "--align", "--dax")]
    [InlineData("--dax 64G --align 4M", "4M", "1G, 2M, 4K")]
    [InlineData("--dax 3M --align 2M", "3M", "2M")]
    [InlineData("--dax 1536M --align 1G", "1536M", "1G")]
    [InlineData("--dax 4T --align 1G", "4T", "2T")]
    [InlineData("--dax 0 --align 1G", "'0'", "above 0")]
    [InlineData("--dax 1G --align large", "'large'", "2M")]
    [InlineData("--arch x64 --dax 1G --align 1G", "'x64'", "x86-64-la57")]
    [InlineData("--dax 1G --align 2M --memory 4G", "--memory", "--dax")]
    [InlineData("--dax 1G --align 2M --compare", "--compare", "--dax")]
    [InlineData("--dax 1G --align 2M --struct-page-size 63", "63 bytes", "multiple of 8")]
    [InlineData("--dax 64G --align 2M --struct-page-size 128", "64G", "256M of them")]
    [InlineData("--arch arm64-64k --dax 2M --align 2M", "2M", "64M")]
    [InlineData("--arch riscv64-sv39 --dax 512G --align 1G", "riscv64-sv39", "256G")]
    public void ADeviceThatCannotBe_NamesTheValueAndItsLimit(string arguments, string value, string limit)
    {
        ToolRun run = Simulate.Run(arguments);
        run.AssertRefused(value);
        Assert.Contains(limit, run.Error);
        Assert.Empty(run.Output);
        Assert.StartsWith("vmemmap: ", run.Error);
    }
}

using System.IO.Compression;
using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>Images packed with gzip.</summary>
public sealed class CompressedImageTests
{
    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-64k-va52")]
    [InlineData("riscv64-sv39")]
    public void Inspect_Gzip_ReadsTheSame(string architecture)
    {
        SyntheticImage image = Image(architecture);
        using TemporaryImage file = new(output => output.Write(Packed(image)), ".core.gz");
        ToolRun run = ToolRun.Of("inspect", file.Path, "--json", "--pages");
        Assert.True(run.ExitCode == 0, run.Error);
        InspectReport.Parse(run.Output).AssertEqual(image.Expected);
    }

    [Fact]
    public void Inspect_TruncatedGzip_IsRefused()
    {
        byte[] packed = Packed(Image("x86-64"));
        using TemporaryImage file = new(output => output.Write(packed, 0, packed.Length / 2), ".core.gz");
        ToolRun.Of("inspect", file.Path, "--json").AssertRefused(file.Path);
    }

    private static SyntheticImage Image(string architecture) => new SyntheticKernel
    {
        Architecture = architecture,
        WholeVmemmap = false,
        HugePages = HugePagePlaces.In(architecture).EverySize(),
    }.Build();

    private static byte[] Packed(SyntheticImage image)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(image.ToArray());
        }

        return packed.ToArray();
    }
}

using System.Globalization;
using System.IO.Compression;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.RealImages;

/// <summary>
/// Images of real kernels with bytes changed at random: whatever they say, the answer is a report or one line, never a stack trace, a
/// hang or more than an ordinary amount of memory. VMEMMAP_FUZZ sets how many changes each image gets.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private static readonly int Rounds = int.TryParse(
        Environment.GetEnvironmentVariable("VMEMMAP_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("x86_64-6.12-4level-kaslr")]
    [InlineData("x86_64-6.1-4level-nokaslr")]
    [InlineData("arm64-6.1-64k-va48-hvo")]
    [InlineData("arm64-6.12-16k-va47-hvo")]
    [InlineData("arm64-6.1-4k-va48-reserve2")]
    public async Task Inspect_OfAChangedImage_EndsInAReportOrOneLine(string name)
    {
        byte[] original = Unpack(Fixture.Image(name));
        var random = new Random(name.Length + Rounds);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] image = (byte[])original.Clone();
            Change(image, random);
            File.WriteAllBytes(_path, image);
            string[] arguments = (random.Next(4)) switch
            {
                0 => ["inspect", _path, "--json", "--pages"],
                1 => ["inspect", _path, "--page", "0x140a00"],
                2 => ["inspect", _path, "--address", "0xfffff15f85029040"],
                _ => ["inspect", _path, "--verbose"],
            };
            // A TimeoutException here is a hang.
            ToolRun run = await Task.Run(() => ToolRun.Of(arguments)).WaitAsync(Patience);
            Assert.True(run.ExitCode is 0 or 2, $"{name}, round {round}: exit code {run.ExitCode}");
            run.AssertNoStackTrace();
            if (run.ExitCode == 2)
            {
                run.AssertRefused(_path);
            }
        }
    }

    /// <summary>
    /// Where it hurts: headers and notes, the words of tables and struct pages, and whole pages put in the place of others.
    /// </summary>
    private static void Change(byte[] image, Random random)
    {
        for (int change = random.Next(1, 12); change > 0; change--)
        {
            int at = random.Next(image.Length / 8) * 8;
            switch (random.Next(6))
            {
                case 0:
                    image[random.Next(Math.Min(image.Length, 0x3000))] = (byte)random.Next(256);
                    break;
                case 1:
                    image[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    random.NextBytes(image.AsSpan(at, Math.Min(8, image.Length - at)));
                    break;
                case 3:
                    int pages = image.Length / 4096;
                    image.AsSpan(random.Next(pages) * 4096, 4096).CopyTo(image.AsSpan(random.Next(pages) * 4096));
                    break;
                case 4:
                    int length = Math.Min(random.Next(1, 65536), image.Length - at);
                    image.AsSpan(at, length).Fill((byte)(random.Next(2) * 255));
                    break;
                default:
                    // A digit of VMCOREINFO, which is among the first kilobytes.
                    int text = image.AsSpan(0, Math.Min(image.Length, 0x6000)).IndexOf("OSRELEASE="u8);
                    if (text > 0)
                    {
                        image[text + random.Next(3000)] = (byte)"0123456789abcdef=)-\n"[random.Next(20)];
                    }

                    break;
            }
        }
    }

    private static byte[] Unpack(string path)
    {
        using var unpacked = new MemoryStream();
        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}

using System.Diagnostics;
using System.Text;

namespace Vmemmap.Dumps.Tests;

/// <summary>Damaged cores: they open, or say in one line why not. Nothing else, and not for long.</summary>
public sealed class FuzzTests
{
    private static readonly byte[] Core = Build();

    [Fact]
    public void DamagedCores_OpenOrSayWhy() => Run(4000, 1, Core);

    [Fact]
    public void DamagedGzip_OpensOrSaysWhy() => Run(1500, 2, ScratchFolder.Gzip(Core));

    [Fact]
    public void DamagedCoresInGoodGzip_OpenOrSayWhy() => Run(1500, 3, Core, ScratchFolder.Gzip);

    private static void Run(int count, int seed, byte[] good, Func<byte[], byte[]>? wrap = null)
    {
        using var folder = new ScratchFolder();
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        int opened = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] bad = Damage(random, good);
            string path = folder.Write(wrap is null ? bad : wrap(bad));
            var one = Stopwatch.StartNew();
            try
            {
                using ElfCore core = ElfCore.Open(path);
                ReadEverything(core);
                opened++;
            }
            catch (ImageFormatException error)
            {
                Assert.DoesNotContain('\n', error.Message);
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            }

            Assert.True(one.Elapsed < TimeSpan.FromSeconds(10), $"case {i} of seed {seed} took {one.Elapsed}");
        }

        Assert.True(opened < count, "no damage was ever noticed");
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"{count} cases took {clock.Elapsed}");
    }

    private static byte[] Damage(Random random, byte[] good)
    {
        byte[] bad = (byte[])good.Clone();
        int edits = random.Next(1, 6);
        for (int i = 0; i < edits; i++)
        {
            // Most damage where it can do the most: in the headers.
            int at = random.Next(3) == 0 ? random.Next(bad.Length) : random.Next(Math.Min(bad.Length, 64 + 4 * 56));
            switch (random.Next(4))
            {
                case 0:
                    bad[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bad[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bad.AsSpan(at, Math.Min(8, bad.Length - at)).Fill((byte)(random.Next(2) * 255));
                    break;
                default:
                    int from = random.Next(bad.Length);
                    int length = Math.Min(8, Math.Min(bad.Length - from, bad.Length - at));
                    bad.AsSpan(from, length).CopyTo(bad.AsSpan(at));
                    break;
            }
        }

        return random.Next(4) == 0 ? bad[..random.Next(bad.Length)] : bad;
    }

    private static void ReadEverything(ElfCore core)
    {
        var memory = new ImageMemory(core.Memory);
        ulong[] scratch = new ulong[64];
        foreach (PhysicalRange range in core.Memory.PresentRanges)
        {
            Assert.True(core.Memory.TryRead(range.Start, new byte[(int)range.Length]));
            memory.ReadTable(range.Start & ~7UL, scratch, out _);
            memory.TryReadEntry((range.End - 4) & ~7UL, out _);
        }

        foreach (ElfNote note in core.Notes)
        {
            core.Descriptor(note).Count((byte)0);
        }

        if (VmcoreinfoNote.TryFind(core, out Vmcoreinfo? info))
        {
            ReadEverything(info);
        }

        foreach (VmcoreinfoCandidate candidate in VmcoreinfoScan.Find(core.Memory))
        {
            ReadEverything(candidate.Vmcoreinfo);
        }
    }

    private static void ReadEverything(Vmcoreinfo info)
    {
        info.TryGetSymbol("vmemmap", out _);
        info.TryGetNumber("phys_base", out _);
        info.TryGetSize("page", out _);
        info.TryGetPageSize(out _);
        info.TryGetKernelOffset(out _);
        info.TryGetKernelVersion(out _);
    }

    private static byte[] Build()
    {
        byte[] text = Encoding.ASCII.GetBytes(
            "OSRELEASE=6.12.1\nPAGESIZE=4096\nSYMBOL(vmemmap)=ffffea0000000000\nSIZE(page)=64\nNUMBER(phys_base)=-16\nKERNELOFFSET=0\n");
        byte[] note = CoreWriter.Note("VMCOREINFO", 0, text);
        byte[] page = new byte[1024];
        new Random(5).NextBytes(page);
        note.CopyTo(page, 100);
        return new CoreWriter().Notes([.. CoreWriter.Note("CORE", 1, new byte[40]), .. note]).Load(0x1000, page)
            .Load(0x1400, page, 0x800).Load(0x1300, [.. page.AsSpan(0x300), .. page.AsSpan(0, 0x10)]).Build();
    }
}

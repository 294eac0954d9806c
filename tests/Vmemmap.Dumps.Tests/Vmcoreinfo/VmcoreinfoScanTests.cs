using System.Text;

namespace Vmemmap.Dumps.Tests;

public sealed class VmcoreinfoScanTests : IDisposable
{
    private const int Chunk = 256 * 1024;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Note_IsFoundAtAnyPlaceAroundChunkEnds()
    {
        byte[] note = Note("6.1.0");
        for (int shift = -note.Length - 2; shift <= 2; shift++)
        {
            byte[] memory = new byte[2 * Chunk];
            int at = Chunk + shift;
            note.CopyTo(memory, at);
            VmcoreinfoCandidate found = Assert.Single(Scan(new CoreWriter().Load(0x100000, memory)));
            Assert.Equal(0x100000 + (ulong)at + 24, found.PhysicalAddress);
            Assert.Equal("6.1.0", found.Vmcoreinfo.OsRelease);
            Assert.Equal($"a scan, at physical address 0x{found.PhysicalAddress:x}", found.Vmcoreinfo.Source);
        }
    }

    [Fact]
    public void Note_IsFoundAcrossSegmentsThatTouchInMemoryOnly()
    {
        byte[] note = Note("6.1.0");
        for (int cut = 1; cut < note.Length; cut++)
        {
            byte[] first = [.. new byte[50], .. note[..cut]];
            byte[] second = [.. note[cut..], .. new byte[50]];
            VmcoreinfoCandidate found = Assert.Single(
                Scan(new CoreWriter().Load(0x9000 + (ulong)first.Length, second).Load(0x9000, first, gap: 3)));
            Assert.Equal(0x9000UL + 50 + 24, found.PhysicalAddress);
        }
    }

    [Fact]
    public void Note_IsFoundBetweenHoles()
    {
        // Content far into a file that is a hole before and after it.
        byte[] core = new CoreWriter().Load(0, new byte[64 << 20]).Build();
        byte[] note = Note("6.1.0");
        string path = Path.Combine(_folder.Path, "sparse");
        const int At = 33 << 20;
        using (FileStream file = File.Create(path))
        {
            file.Write(core.AsSpan(0, 120));
            file.Position = 120 + At + 123;
            file.Write(note);
            file.SetLength(core.Length);
        }

        using ElfCore image = ElfCore.Open(path);
        var recorder = new ProgressRecorder();
        VmcoreinfoCandidate found = Assert.Single(VmcoreinfoScan.Find(image.Memory, recorder));
        Assert.Equal((ulong)At + 123 + 24, found.PhysicalAddress);
        Assert.NotEmpty(recorder.Reports);
        Assert.All(recorder.Reports, r => Assert.Equal((ImageStage.Scanning, 64L << 20), (r.Stage, r.BytesTotal)));
    }

    [Fact]
    public void All_DifferentNotes_AreFoundInAddressOrder()
    {
        byte[] memory = new byte[3 * Chunk];
        Note("6.1.0").CopyTo(memory, 0);
        Note("6.12.0").CopyTo(memory, 1000);
        Note("6.1.0").CopyTo(memory, Chunk);
        Note("5.15.0").CopyTo(memory, 2 * Chunk + 5);
        Assert.Equal(["6.1.0", "6.12.0", "5.15.0"], Scan(new CoreWriter().Load(0, memory)).Select(c => c.Vmcoreinfo.OsRelease));
    }

    [Fact]
    public void Number_OfNotesIsBounded()
    {
        byte[] memory = new byte[100 * 256];
        for (int i = 0; i < 100; i++)
        {
            Note($"6.{i}").CopyTo(memory, i * 256);
        }

        Assert.Equal(64, Scan(new CoreWriter().Load(0, memory)).Count);
    }

    [Theory]
    [InlineData(0, 12)]
    [InlineData(8, 1)]
    [InlineData(6, 1)]
    [InlineData(4, 3)]
    public void WrongHeader_IsNoNote(int at, byte value)
    {
        byte[] memory = [.. Note("6.1.0"), .. new byte[100]];
        memory[at] = value;
        Assert.Empty(Scan(new CoreWriter().Load(0x1000, memory)));
    }

    [Theory]
    [InlineData((byte)0)]
    [InlineData((byte)0x80)]
    public void NotePartlyOverwritten_IsNoNote(byte value)
    {
        byte[] memory = [.. Note("6.1.0"), .. new byte[100]];
        memory[24 + 30] = value;
        Assert.Empty(Scan(new CoreWriter().Load(0x1000, memory)));
    }

    [Fact]
    public void NoteWithoutItsHeaderOrEnd_IsNoNote()
    {
        byte[] note = Note("6.1.0");
        Assert.Empty(Scan(new CoreWriter().Load(0, note[12..])));
        Assert.Empty(Scan(new CoreWriter().Load(0x1000, note[1..])));
        Assert.Empty(Scan(new CoreWriter().Load(0x1000, note[..^1])));
    }

    [Fact]
    public void Cancelled_Stops()
    {
        using ElfCore core = ElfCore.Open(_folder.Write(new CoreWriter().Load(0, new byte[100]).Build()));
        Assert.Throws<OperationCanceledException>(() => VmcoreinfoScan.Find(core.Memory, null, new CancellationToken(canceled: true)));
    }

    private static byte[] Note(string release) =>
        CoreWriter.Note("VMCOREINFO", 0, Encoding.ASCII.GetBytes($"OSRELEASE={release}\nPAGESIZE=4096\nSYMBOL(x)=1\n"), pad: false);

    private IReadOnlyList<VmcoreinfoCandidate> Scan(CoreWriter writer)
    {
        using ElfCore core = ElfCore.Open(_folder.Write(writer.Build()));
        return VmcoreinfoScan.Find(core.Memory);
    }
}

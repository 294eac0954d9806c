namespace Vmemmap.Dumps.Tests;

/// <summary>Gzip images: the same as plain ones, or one clear error.</summary>
public sealed class GzipTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NameDoesNotMatter()
    {
        byte[] core = new CoreWriter().Load(0x1000, [1, 2, 3, 4, 5, 6, 7, 8]).Build();
        using ElfCore plain = ElfCore.Open(_folder.Write(core, "plain.gz"));
        using ElfCore packed = ElfCore.Open(_folder.WriteGzip(core, "packed"));
        Assert.Equal(plain.Memory.PresentRanges, packed.Memory.PresentRanges);
    }

    [Fact]
    public void Truncated_Fails()
    {
        byte[] packed = ScratchFolder.Gzip(RandomCore(300_000));
        // The last 8 bytes are checksum and length: without them the content is still whole.
        foreach (int length in new[] { 3, 12, packed.Length / 2, packed.Length - 10 })
        {
            string path = _folder.Write(packed[..length]);
            var error = Assert.Throws<ImageFormatException>(() => ElfCore.Open(path));
            Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
            Assert.True(
                error.Message.Contains("the gzip data is damaged or cut off", StringComparison.Ordinal)
                || error.Message.Contains("the dump was cut off", StringComparison.Ordinal)
                || error.Message.Contains("no ELF file", StringComparison.Ordinal),
                error.Message);
        }
    }

    [Fact]
    public void WrongChecksum_Fails()
    {
        byte[] packed = ScratchFolder.Gzip(RandomCore(300_000));
        packed[^6] ^= 1;
        string path = _folder.Write(packed);
        Assert.StartsWith(
            $"{path}: the gzip data is damaged or cut off somewhere after byte ",
            Assert.Throws<ImageFormatException>(() => ElfCore.Open(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TwoMembers_AreOneFile()
    {
        byte[] core = RandomCore(1000);
        string path = _folder.Write([.. ScratchFolder.Gzip(core[..500]), .. ScratchFolder.Gzip(core[500..])]);
        using ElfCore image = ElfCore.Open(path);
        Assert.True(image.Memory.TryGetSpan(0x1000, 1000, out ReadOnlySpan<byte> bytes));
        Assert.Equal(core[120..], bytes.ToArray());
    }

    [Fact]
    public void BytesAfterTheLastSegment_AreNotUnpacked()
    {
        // Ten times what the segments need: unpacking stops where they end.
        byte[] core = RandomCore(1 << 20);
        string path = _folder.WriteGzip([.. core, .. new byte[10 << 20]]);
        using IImageBytes bytes = ImageSource.Open(path, null, CancellationToken.None);
        ElfHeaderReader.Read(bytes);
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = bytes.TakeHandle();
        Assert.Equal(core.Length, RandomAccess.GetLength(handle));
    }

    [Fact]
    public void ZerosAndDataOverManyChunks_ReadAsPlain()
    {
        byte[] content = new byte[3_000_001];
        new Random(7).NextBytes(content.AsSpan(1_200_000, 300_000));
        content[^1] = 9;
        byte[] core = new CoreWriter().Load(0x40000000, content, gap: 3).Build();
        using ElfCore packed = ElfCore.Open(_folder.WriteGzip(core));
        byte[] read = new byte[content.Length];
        Assert.True(packed.Memory.TryRead(0x40000000, read));
        Assert.Equal(content, read);
    }

    [Fact]
    public void Progress_GoesUpToTheTotal()
    {
        var recorder = new ProgressRecorder();
        string path = _folder.WriteGzip(new CoreWriter().Load(0, new byte[40 << 20]).Build());
        using ElfCore core = ElfCore.Open(path, recorder);
        Assert.NotEmpty(recorder.Reports);
        Assert.All(recorder.Reports, r => Assert.Equal((ImageStage.Decompressing, (40 << 20) + 120), (r.Stage, r.BytesTotal)));
        Assert.Equal(recorder.Reports.OrderBy(r => r.BytesDone), recorder.Reports);
    }

    [Fact]
    public void Cancelled_Stops()
    {
        string path = _folder.WriteGzip(RandomCore(1000));
        Assert.Throws<OperationCanceledException>(() => ElfCore.Open(path, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void TemporaryFile_LeavesNoName()
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = TemporaryFile.Create();
        RandomAccess.Write(handle, [1, 2, 3], 0);
        Assert.Equal(3, RandomAccess.GetLength(handle));
        if (!OperatingSystem.IsWindows())
        {
            string link = File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle()}", returnFinalTarget: false)!.FullName;
            Assert.EndsWith("(deleted)", link, StringComparison.Ordinal);
        }
    }

    private static byte[] RandomCore(int size)
    {
        byte[] content = new byte[size];
        new Random(1).NextBytes(content);
        return new CoreWriter().Load(0x1000, content).Build();
    }
}

namespace Vmemmap.Dumps.Tests;

public sealed class ImageMemoryTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, false)]
    public void Table_IsNotCopiedWhereItIsAligned(int gap, bool zeroCopy)
    {
        // Content starts at 64 + 56 = 120, a multiple of 8.
        using ElfCore core = ElfCore.Open(_folder.Write(new CoreWriter().Load(0x1000, Numbers(512), gap: gap).Build()));
        ulong[] scratch = new ulong[512];
        Assert.Equal(TableRead.Present(512), new ImageMemory(core.Memory).ReadTable(0x1000, scratch, out ReadOnlySpan<ulong> table));
        Assert.Equal(!zeroCopy, table.Overlaps(scratch));
        Assert.Equal(Enumerable.Range(0, 512).Select(i => (ulong)i), table.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void MaskedMemory_ClearsTheBitsOfEveryEntry(int gap)
    {
        const ulong Encrypted = 1UL << 51;
        byte[] content = Numbers(67);
        for (int i = 0; i < 67; i++)
        {
            content[i * 8 + 6] |= 1 << 3;
        }

        using ElfCore core = ElfCore.Open(_folder.Write(new CoreWriter().Load(0x1010, content, gap: gap).Build()));
        var raw = new ImageMemory(core.Memory);
        var masked = new MaskedMemory<ImageMemory>(raw, Encrypted);
        Assert.True(raw.TryReadEntry(0x1018, out ulong entry));
        Assert.Equal(Encrypted | 1, entry);
        Assert.True(masked.TryReadEntry(0x1018, out entry));
        Assert.Equal(1UL, entry);
        Assert.False(masked.TryReadEntry(0x9000, out entry));

        ulong[] scratch = new ulong[100];
        TableRead read = masked.ReadTable(0x1000, scratch, out ReadOnlySpan<ulong> table);
        Assert.Equal(new TableRead(2, 67), read);
        Assert.Equal(Enumerable.Range(0, 67).Select(i => (ulong)i), table.Slice(read.Start, read.Length).ToArray());
        Assert.True(masked.ReadTable(0x9000, scratch, out _).IsAbsent);
    }

    private static byte[] Numbers(int count)
    {
        byte[] bytes = new byte[count * 8];
        for (int i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 8), (ulong)i);
        }

        return bytes;
    }
}

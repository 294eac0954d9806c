using System.Buffers.Binary;

namespace Vmemmap.Dumps.Tests;

/// <summary>Every way in which a file is no core that we can read, with the line that says so.</summary>
public sealed class ElfErrorsTests : IDisposable
{
    private const string DumpAsElf =
        "which is not supported; dump as ELF (QEMU: dump-guest-memory without -z; makedumpfile: -E)";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Text_IsNoElf() => Fails(
        "hello world, this is no image at all, and it is longer than an ELF header is"u8.ToArray(),
        "offset 0x0: no ELF file (starts with 68656c6c, not 7f454c46); give an ELF64 core, plain or gzip");

    [Theory]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd }, "this is zstd data; unpack it first with `zstd -d`")]
    [InlineData(new byte[] { 0xfd, 0x37, 0x7a, 0x58, 0x5a }, "this is xz data; unpack it first with `xz -d`")]
    [InlineData(new byte[] { 0x42, 0x5a, 0x68 }, "this is bzip2 data; unpack it first with `bzip2 -d`")]
    [InlineData(new byte[] { 0x04, 0x22, 0x4d, 0x18 }, "this is lz4 data; unpack it first with `lz4 -d`")]
    [InlineData(new byte[] { 0x4b, 0x44, 0x55, 0x4d, 0x50, 0x20, 0x20, 0x20 }, $"this is a kdump-compressed image, {DumpAsElf}")]
    [InlineData(new byte[] { 0x44, 0x49, 0x53, 0x4b, 0x44, 0x55, 0x4d, 0x50 }, $"this is a diskdump image, {DumpAsElf}")]
    [InlineData(
        new byte[] { 0x6d, 0x61, 0x6b, 0x65, 0x64, 0x75, 0x6d, 0x70, 0x66, 0x69, 0x6c, 0x65 },
        $"this is a flattened kdump image, {DumpAsElf}, without -F")]
    public void OtherFormats_AreNamed(byte[] magic, string message) => Fails([.. magic, .. new byte[100]], $"offset 0x0: {message}");

    [Fact]
    public void GzipInGzip_IsNamed() => Fails(
        ScratchFolder.Gzip(ScratchFolder.Gzip(Core())), "offset 0x0: this is gzip data inside gzip data; "
            + "unpack it once first with `gzip -d`");

    [Fact]
    public void Class32_Fails() => Fails(
        Core((4, 1)), "offset 0x4: a 32-bit ELF file (class 1); only ELF64 cores of 64-bit machines are supported");

    [Fact]
    public void BigEndian_Fails() => Fails(
        Core((5, 2)), "offset 0x5: a big-endian ELF file (data encoding 2); only little-endian machines are supported");

    [Theory]
    [InlineData(1, "object file")]
    [InlineData(2, "executable")]
    [InlineData(3, "shared object")]
    [InlineData(9, "file")]
    public void NoCore_Fails(byte type, string name) => Fails(
        Core((16, type)), $"offset 0x10: an ELF {name}, no core (e_type {type}, not 4); give a dump of the machine's memory");

    [Theory]
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(63)]
    public void CutInHeader_Fails(int length) => Fails(
        Core()[..length],
        $"offset 0x{length:x}: the file ends inside its ELF header ({length} of 64 bytes); the dump was cut off, take or copy it again");

    [Fact]
    public void NoProgramHeaders_Fails() => Fails(
        Core((56, 0)), "offset 0x38: no program headers (e_phnum 0), so it holds no memory; take the dump again");

    [Theory]
    [InlineData(55)]
    [InlineData(0)]
    public void SmallProgramHeaders_Fail(byte size) => Fails(
        Core((54, size)),
        $"offset 0x36: program headers of {size} bytes (e_phentsize), where an ELF64 file has 56; the file is damaged, copy it again");

    [Fact]
    public void ProgramHeadersBeyondFile_Fail() => Fails(
        Core((35, 0x10)),
        "offset 0x10000040: its table of 1 program headers needs 56 bytes there, but the file ends at 0x88; "
            + "the dump was cut off or is damaged, copy it again");

    [Fact]
    public void ProgramHeadersBeyondAnyFile_Fail() => Fails(
        Core((39, 0xff)),
        "offset 0xff00000000000040: its table of 1 program headers needs 56 bytes there, but the file ends at 0x88; "
            + "the dump was cut off or is damaged, copy it again");

    [Fact]
    public void CountInAbsentSectionHeader_Fails() => Fails(
        Core((56, 0xff), (57, 0xff)),
        "offset 0x0: the number of program headers is kept in section header 0 (e_phnum 0xffff), which is not in the file; "
            + "the dump was cut off or is damaged, copy it again");

    [Fact]
    public void AbsurdCount_Fails()
    {
        byte[] core = new CoreWriter { CountInSectionHeader = true, ProgramHeaderOffset = 128 }.Load(0x1000, new byte[16]).Build();
        core[64 + 47] = 0x7f;
        Fails(core, "says it has 2130706433 program headers, more than any dump has (1048576 at most); the file is damaged, copy it again");
    }

    [Fact]
    public void NoLoad_Fails() => Fails(
        new CoreWriter().Notes(CoreWriter.Note("CORE", 1, new byte[8])).Load(0x1000, [], 0x1000).Build(),
        "none of its 2 program headers is a PT_LOAD with bytes in the file, so it holds no memory; take the dump again");

    [Fact]
    public void TruncatedLoad_NamesSegmentAndLengths()
    {
        byte[] core = new CoreWriter().Load(0x1000, new byte[16]).Load(0x8000, new byte[100]).Build();
        Fails(
            core[..^1],
            $"segment 1 at physical address 0x8000 needs the file up to byte {core.Length}, but it has {core.Length - 1}; "
                + $"the dump was cut off, take or copy it again");
    }

    [Fact]
    public void TruncatedNotes_NameSegment()
    {
        byte[] core = new CoreWriter().Load(0x1000, new byte[16]).Notes(CoreWriter.Note("CORE", 1, new byte[64])).Build();
        Fails(
            core[..^5],
            $"segment 1 (notes) needs the file up to byte {core.Length}, but it has {core.Length - 5}; the dump was cut off, "
                + $"take or copy it again");
    }

    [Fact]
    public void PhysicalRangeThatWraps_Fails() => Fails(
        new CoreWriter().Load(ulong.MaxValue - 7, new byte[16]).Build(),
        "segment 0 at physical address 0xfffffffffffffff8 of 0x10 bytes reaches beyond 2^56, which no machine addresses; "
            + "the file is damaged, copy it again");

    [Fact]
    public void MemorySizeThatWraps_Fails() => Fails(
        new CoreWriter().Load(0x1000, new byte[16], ulong.MaxValue).Build(),
        "segment 0 at physical address 0x1000 of 0xffffffffffffffff bytes reaches beyond 2^56, which no machine addresses; "
            + "the file is damaged, copy it again");

    [Fact]
    public void FileRangeThatWraps_Fails()
    {
        byte[] core = Core();
        BinaryPrimitives.WriteUInt64LittleEndian(core.AsSpan(64 + 8), ulong.MaxValue - 3);
        Fails(core, "segment 0 at file offset 0xfffffffffffffffc of 0x10 bytes reaches beyond any file; the file is damaged, "
            + "copy it again");
    }

    [Fact]
    public void MoreInFileThanInMemory_Fails() => Fails(
        new CoreWriter().Load(0x1000, new byte[16], 15).Build(),
        "segment 0 at physical address 0x1000 has more bytes in the file (p_filesz 0x10) than in memory (p_memsz 0xf); "
            + "the file is damaged, copy it again");

    [Fact]
    public void OverlapThatDiffers_NamesBothAndAddress()
    {
        byte[] other = new byte[64];
        other[40] = 7;
        Fails(
            new CoreWriter().Load(0x2000, new byte[16]).Load(0x1000, new byte[64]).Load(0x1010, other).Build(),
            "physical address 0x1038: segments 1 and 2 both hold it and differ (0x00 and 0x07); the file is damaged, "
                + "take the dump again", 1);
    }

    [Fact]
    public void CoreOfProcess_IsNamed() => Fails(
        new CoreWriter().LoadAtVirtual(0x400000, 0, new byte[16]).LoadAtVirtual(0x7f0000000000, 0, new byte[16]).Build(),
        "all segments have physical address 0, so this is a core of a process; give a dump of the machine's memory");

    [Fact]
    public void ManyOverlaps_EndEarly()
    {
        // Each of the segments is compared with all before it, byte by byte at another distance.
        byte[] content = new byte[1 << 16];
        var writer = new CoreWriter().Load(0x10000, content);
        for (int i = 1; i < 4000; i++)
        {
            writer.LoadShared(0x10000 + (ulong)i, 64 + 4000 * 56, (ulong)content.Length);
        }

        string path = _folder.Write(writer.Build());
        var error = Assert.Throws<ImageFormatException>(() => ElfCore.Open(path));
        Assert.Contains("like many before them, lie on one another; the file is damaged, "
            + "take the dump again", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Core(params ReadOnlySpan<(int Offset, int Value)> edits)
    {
        byte[] core = new CoreWriter().Load(0x1000, new byte[16]).Build();
        foreach ((int offset, int value) in edits)
        {
            core[offset] = (byte)value;
        }

        return core;
    }

    private void Fails(byte[] file, string reason, int times = 2)
    {
        // The same bytes behind gzip say the same thing.
        for (int i = 0; i < times; i++)
        {
            string path = i == 0 ? _folder.Write(file) : _folder.WriteGzip(file);
            if (i == 1 && file.AsSpan().StartsWith([(byte)0x1f, (byte)0x8b]))
            {
                return;
            }

            var error = Assert.Throws<ImageFormatException>(() => ElfCore.Open(path));
            Assert.Equal($"{path}: {reason}", error.Message);
            Assert.Equal(path, error.Image);
        }
    }
}

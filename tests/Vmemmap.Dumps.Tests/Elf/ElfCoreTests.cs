using System.Text;

namespace Vmemmap.Dumps.Tests;

/// <summary>Cores that are right, in all the ways that real ones are.</summary>
public sealed class ElfCoreTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(62, ElfMachine.X64)]
    [InlineData(183, ElfMachine.Arm64)]
    [InlineData(243, ElfMachine.RiscV)]
    [InlineData(4711, (ElfMachine)4711)]
    public void Machine_IsWhatTheHeaderSays(ushort number, ElfMachine machine)
    {
        using ElfCore core = Open(new CoreWriter { Machine = number }.Load(0x1000, new byte[8]));
        Assert.Equal(machine, core.Machine);
    }

    [Fact]
    public void ProgramHeadersAnywhere_WithAnyStride_AreFound()
    {
        using ElfCore core = Open(new CoreWriter { ProgramHeaderOffset = 333, ProgramHeaderSize = 72 }
            .Load(0x1000, [1, 2], gap: 5).Load(0x9000, [3, 4, 5]));
        Assert.Equal([new PhysicalRange(0x1000, 2), new PhysicalRange(0x9000, 3)], core.Memory.PresentRanges);
        Assert.Equal(5UL, core.Memory.PresentBytes);
        Assert.Equal(0x9002UL, core.Memory.HighestAddress);
    }

    [Fact]
    public void CountInSectionHeader_IsHonoured()
    {
        // 70000 program headers do not fit e_phnum.
        var writer = new CoreWriter { CountInSectionHeader = true, ProgramHeaderOffset = 128 };
        for (int i = 0; i < 70000; i++)
        {
            writer.Load((ulong)i * 16, [(byte)i, (byte)(i >> 8)]);
        }

        using ElfCore core = Open(writer);
        Assert.Equal(70000, core.Segments.Count);
        Assert.True(core.Memory.TryGetSpan(69999 * 16, 2, out ReadOnlySpan<byte> last));
        Assert.Equal([0x6f, 0x11], last.ToArray());
    }

    [Fact]
    public void MemoryBeyondFileSize_IsAbsent()
    {
        using ElfCore core = Open(new CoreWriter().Load(0x1000, new byte[16], 0x1000));
        Assert.Equal(0x1000UL, core.Segments[0].MemorySize);
        Assert.True(core.Memory.IsPresent(0x1000, 16));
        Assert.False(core.Memory.IsPresent(0x1000, 17));
        Assert.False(new ImageMemory(core.Memory).TryReadEntry(0x1010, out _));
    }

    [Fact]
    public void SameMemoryTwice_IsOneRange()
    {
        // As in /proc/vmcore: the kernel's text apart, and again within the RAM around it.
        byte[] ram = new byte[4096];
        new Random(3).NextBytes(ram);
        using ElfCore core = Open(new CoreWriter().Load(0x1400, ram[0x400..0x800]).Load(0x1000, ram).Load(0x1f00, [.. ram[0xf00..], 77]));
        Assert.Equal([new PhysicalRange(0x1000, 4097)], core.Memory.PresentRanges);
        byte[] read = new byte[4097];
        Assert.True(core.Memory.TryRead(0x1000, read));
        Assert.Equal([.. ram, 77], read);
    }

    [Fact]
    public void NeighboursInMemoryOnly_ReadAsOne_ButNotAsOneSpan()
    {
        using ElfCore core = Open(new CoreWriter().Load(0x1008, [8, 9, 10, 11, 12, 13, 14, 15]).Load(0x1000, [0, 1, 2, 3, 4, 5, 6, 7]));
        Assert.Equal([new PhysicalRange(0x1000, 16)], core.Memory.PresentRanges);
        Assert.False(core.Memory.TryGetSpan(0x1000, 16, out _));
        Span<byte> read = stackalloc byte[16];
        Assert.True(core.Memory.TryRead(0x1000, read));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], read.ToArray());
        Assert.True(new ImageMemory(core.Memory).TryReadEntry(0x1004, out ulong across));
        Assert.Equal(0x0b0a090807060504UL, across);
    }

    [Fact]
    public void NeighboursInMemoryAndFile_AreOneSpan()
    {
        using ElfCore core = Open(new CoreWriter().Load(0x1000, new byte[8]).Load(0x1008, new byte[8]));
        Assert.True(core.Memory.TryGetSpan(0x1000, 16, out _));
    }

    [Fact]
    public void SegmentWithoutPhysicalAddress_IsLeftOutWithWarning()
    {
        using ElfCore core = Open(new CoreWriter()
            .LoadAtVirtual(0xffffffff80000000, ulong.MaxValue, new byte[8]).LoadAtVirtual(0xffff888000001000, 0x1000, new byte[8]));
        Assert.Single(core.Segments);
        Assert.Equal(["segment 0 at virtual address 0xffffffff80000000 has no physical address and was left out"], core.Warnings);
    }

    [Fact]
    public void Notes_OfSeveralSegments_WithAnyPadding()
    {
        byte[] first = [.. CoreWriter.Note("CORE", 1, [1, 2, 3]), .. CoreWriter.Note("QEMU", 0, [4]), .. CoreWriter.Note("", 5, [6, 7])];
        byte[] second = CoreWriter.Note("VMCOREINFO", 0, "OSRELEASE=6.1"u8.ToArray(), pad: false);
        using ElfCore core = Open(new CoreWriter().Notes(first, gap: 1).Load(0x1000, new byte[8]).Notes(second));
        Assert.Equal(["CORE:1", "QEMU:0", ":5", "VMCOREINFO:0"], core.Notes.Select(n => $"{n.Name}:{n.Type}"));
        Assert.Equal([1, 2, 3], core.Descriptor(core.Notes[0]).ToArray());
        Assert.Equal([4], core.Descriptor(core.Notes[1]).ToArray());
        Assert.Equal([6, 7], core.Descriptor(core.Notes[2]).ToArray());
        Assert.Equal("OSRELEASE=6.1", Encoding.ASCII.GetString(core.Descriptor(core.Notes[3])));
        Assert.Empty(core.Warnings);
    }

    [Fact]
    public void NotesAfterUnusedRoom_AreNotLookedFor()
    {
        using ElfCore core = Open(new CoreWriter().Notes([.. CoreWriter.Note("CORE", 1, [1]), .. new byte[400]]).Load(0x1000, new byte[8]));
        Assert.Single(core.Notes);
        Assert.Empty(core.Warnings);
    }

    [Theory]
    [InlineData(0, 0xff, "name of 255 bytes, content of 4")]
    [InlineData(3, 0xff, "name of 4278190085 bytes, content of 4")]
    [InlineData(4, 0xf0, "name of 5 bytes, content of 240")]
    [InlineData(7, 0xff, "name of 5 bytes, content of 4278190084")]
    public void DamagedNote_EndsItsSegmentWithWarning(int at, byte value, string what)
    {
        byte[] good = CoreWriter.Note("CORE", 1, [1, 2, 3, 4]);
        byte[] bad = CoreWriter.Note("CORE", 2, [1, 2, 3, 4]);
        bad[at] = value;
        var writer = new CoreWriter().Notes([.. good, .. bad]).Notes(good).Load(0x1000, new byte[8]);
        using ElfCore core = Open(writer);
        Assert.Equal(2, core.Notes.Count);
        int offset = writer.ContentOffset + good.Length;
        Assert.Equal(
            [$"segment 0: the note at file offset 0x{offset:x} ({what}) does not fit; "
                + $"it and what follows it were left out"], core.Warnings);
    }

    [Fact]
    public void NoteOfAnotherCore_IsRefused()
    {
        using ElfCore core = Open(new CoreWriter().Notes(CoreWriter.Note("CORE", 1, [1])).Load(0x1000, new byte[8]));
        Assert.Throws<ArgumentException>(() => core.Descriptor(new ElfNote("CORE", 1, 1L << 40, 8)));
    }

    [Fact]
    public void Disposed_SaysSo()
    {
        ElfCore core = Open(new CoreWriter().Notes(CoreWriter.Note("CORE", 1, [1])).Load(0x1000, new byte[16]));
        PhysicalImage memory = core.Memory;
        Assert.True(new ImageMemory(memory).TryReadEntry(0x1000, out _));
        core.Dispose();
        core.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new ImageMemory(memory).TryReadEntry(0x1000, out _));
        Assert.Throws<ObjectDisposedException>(() => new ImageMemory(memory).ReadTable(0x1000, new ulong[2], out _));
        Assert.Throws<ObjectDisposedException>(() => memory.TryGetSpan(0x1000, 1, out _));
        Assert.Throws<ObjectDisposedException>(() => core.Descriptor(core.Notes[0]));
    }

    private ElfCore Open(CoreWriter writer) => ElfCore.Open(_folder.Write(writer.Build()));
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Single cases of the memory of a machine: limits, sizes, and what costs memory.</summary>
public class SparseMemoryTests
{
    private const ulong FramesOf1T = 1UL << 28;
    private const ulong BytesOf1T = 1UL << 40;

    [Fact]
    public void AMachineOf1T_CostsOnlyWhatIsWritten()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        SparseMemory memory = new(12, FramesOf1T);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1 << 20);
        Assert.Equal(0UL, memory.ReadWord(BytesOf1T - 8));
        memory.FillFrame(FramesOf1T / 2, Vector512<ulong>.Zero);
        Assert.Equal(0, memory.MaterializedFrames);

        // The vmemmap of 1T: 2^22 frames at its start, seven of eight filled with the tails of their huge page (2^19 different lines), one written.
        const ulong HugePages = 1 << 19;
        for (ulong page = 0; page < HugePages; page++)
        {
            Vector512<ulong> tail = Vector512.Create(7, 0xffff_ea00_0000_0001UL + (page << 15), 0, 0, 0, 0, 0xffff_ffff, 0);
            for (ulong frame = 1; frame < 8; frame++)
            {
                memory.FillFrame((page * 8) + frame, tail);
            }
        }

        memory.WriteWord(BytesOf1T - 8, 9);
        Assert.Equal(1, memory.MaterializedFrames);
        Assert.Equal(9UL, memory.ReadWord(BytesOf1T - 8));
        Assert.Equal(0xffff_ea00_0000_0001UL + ((HugePages - 1) << 15), memory.ReadWord((((HugePages - 1) * 8 + 7) << 12) + 64 + 8));

        // 2^22 states of 4 bytes, 2^19 lines of 64, 2^21 buckets of 4 and the smaller ones before them, one slab of bytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100 << 20);
    }

    [Fact]
    public void ReleasedBytes_AreUsedForTheNextFrame()
    {
        SparseMemory memory = new(12, 1 << 20);
        for (ulong pfn = 0; pfn < 5000; pfn++)
        {
            memory.WriteWord(pfn << 12, pfn);
        }

        Assert.Equal(5000, memory.MaterializedFrames);
        for (ulong pfn = 0; pfn < 5000; pfn++)
        {
            Assert.Equal(pfn, memory.ReadWord(pfn << 12));
            memory.Discard(pfn);
        }

        Assert.Equal(0, memory.MaterializedFrames);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong pfn = 5000; pfn < 10_000; pfn++)
        {
            memory.WriteWord(pfn << 12, pfn);
        }

        // No slab is made: 5000 frames would be 20 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal(5000, memory.MaterializedFrames);
        for (ulong pfn = 5000; pfn < 10_000; pfn++)
        {
            Assert.Equal(pfn, memory.ReadWord(pfn << 12));
            Assert.Equal(0UL, memory.ReadWord((pfn << 12) + 4088));
            Assert.Equal(0xaaaa_aaaa_aaaa_aaaaUL, memory.ReadWord((pfn - 5000) << 12));
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(21)]
    public unsafe void Lines_AreAlignedInEveryFrame(int pageShift)
    {
        SparseMemory memory = new(pageShift, 10);
        for (ulong pfn = 0; pfn < 10; pfn++)
        {
            ref Vector512<ulong> line = ref memory.WritableLine((pfn << pageShift) + 64);
            Assert.Equal(0UL, (ulong)(nuint)Unsafe.AsPointer(ref line) % 64);
        }
    }

    [Fact]
    public void AReferenceOutOfDate_StaysInTheMemory()
    {
        SparseMemory memory = new(12, 16);
        ref Vector512<ulong> line = ref memory.WritableLine(0);
        Span<byte> bytes = memory.WritableBytes(1);
        memory.Discard(0);
        memory.Discard(1);
        GC.Collect();
        line = Vector512<ulong>.AllBitsSet;
        bytes.Fill(0xff);

        // Uniform frames are not changed through it, and a frame that gets these bytes begins with what it is.
        Assert.Equal(0xaaaa_aaaa_aaaa_aaaaUL, memory.ReadWord(0));
        memory.WriteWord(2 << 12, 1);
        memory.WriteWord(3 << 12, 1);
        Assert.Equal(0UL, memory.ReadWord((2 << 12) + 8));
        Assert.Equal(0UL, memory.ReadWord((3 << 12) + 8));
    }

    [Fact]
    public void AddressesBeyondTheMachine_AreNamedWithTheLimit()
    {
        SparseMemory memory = new(12, 16);
        Assert.True(memory.Contains(0xffff));
        Assert.False(memory.Contains(0x10000));
        Assert.False(memory.Contains(ulong.MaxValue));
        foreach (ulong address in new[] { 0x10000UL, 0x8000_0000_0001_0000UL, ulong.MaxValue - 63 })
        {
            foreach (Action<ulong> access in new Action<ulong>[]
            {
                a => memory.ReadWord(a), a => memory.WriteWord(a, 1), a => memory.CompareExchangeWord(a, 1, 0),
                a => memory.WritableLine(a), a => memory.CopyLine(a), a => memory.WriteLine(a, default),
            })
            {
                string message = Assert.Throws<ArgumentOutOfRangeException>("physicalAddress", () => access(address)).Message;
                Assert.Contains($"0x{address:x}", message, StringComparison.Ordinal);
                Assert.Contains("0x10000", message, StringComparison.Ordinal);
            }

            Assert.False(memory.View.TryReadEntry(address, out ulong entry));
            Assert.Equal(0UL, entry);
            Assert.True(memory.View.ReadTable(address, new ulong[4], out _).IsAbsent);
        }

        foreach (Action access in new Action[]
        {
            () => memory.FillFrame(16, default), () => memory.Discard(16), () => memory.WritableBytes(16), () => memory.ReadFrame(16, new byte[4096]),
            () => memory.FillFrame(16, 1, default), () => memory.Fold(16),
        })
        {
            Assert.Contains("0x10", Assert.Throws<ArgumentOutOfRangeException>("pfn", access).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyFrame(0, 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyFrame(16, 0));
        Assert.Throws<ArgumentOutOfRangeException>("firstLine", () => memory.FillFrame(0, 64, default));
        Assert.Throws<ArgumentOutOfRangeException>("firstLine", () => memory.FillFrame(0, -1, default));
        Assert.Throws<ArgumentException>("destination", () => memory.ReadFrame(0, new byte[4095]));
        Assert.Equal(0, memory.MaterializedFrames);
    }

    [Fact]
    public void MisalignedAddresses_AreRefused()
    {
        SparseMemory memory = new(12, 16);
        foreach (ulong address in new ulong[] { 1, 4, 0xffff })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadWord(address));
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.WriteWord(address, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.View.TryReadEntry(address, out _));
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.View.ReadTable(address, new ulong[1], out _));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyLine(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.WritableLine(32));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.CopyLine(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.WriteLine(32, default));
    }

    [Fact]
    public void ATableInOneWrittenFrame_IsNotCopied()
    {
        SparseMemory memory = new(12, 16);
        memory.WriteWord(0x3008, 5);
        memory.WriteWord(0x3ff8, 7);
        ulong[] scratch = new ulong[512];
        Assert.Equal(TableRead.Present(512), memory.View.ReadTable(0x3000, scratch, out ReadOnlySpan<ulong> table));
        Assert.Equal(5UL, table[1]);
        Assert.Equal(0UL, scratch[1]);
        memory.WriteWord(0x3008, 6);
        Assert.Equal(6UL, table[1]);
    }

    [Fact]
    public void ATableWithEarlyEntriesOnly_IsCopiedFromWhatItsFrameHas()
    {
        SparseMemory memory = new(12, 16);
        memory.WriteWord(0x3008, 5);
        memory.WriteWord(0x31b8, 6);
        ulong[] scratch = new ulong[512];
        Assert.Equal(TableRead.Present(512), memory.View.ReadTable(0x3000, scratch, out ReadOnlySpan<ulong> table));
        Assert.True(table.Overlaps(scratch));
        Assert.Equal((5UL, 6UL, 2), (table[1], table[55], table.Length - table.Count(0UL)));
    }

    // Lines 0 to 6 are the frame's own: the last word of line 6 is at 448 - 8.
    [Theory]
    [InlineData(0, 512)]
    [InlineData(440, 512)]
    [InlineData(448, 4096)]
    [InlineData(4088, 4096)]
    public void AFrameOneWordOfWhichIsWritten_Costs(ulong offset, long bytes)
    {
        const int Frames = 1 << 15;
        SparseMemory memory = new(12, Frames);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong pfn = 0; pfn < Frames; pfn++)
        {
            memory.FillFrame(pfn, Vector512.Create(3UL));
            memory.WriteWord((pfn << 12) + offset, pfn);
        }

        // Besides: one chunk of states, and a slab more than is needed.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Frames * bytes, (Frames * bytes) + (5 << 20));
        Assert.Equal(Frames, memory.MaterializedFrames);
        for (ulong pfn = 0; pfn < Frames; pfn++)
        {
            Assert.Equal(pfn, memory.ReadWord((pfn << 12) + offset));
            Assert.Equal(3UL, memory.ReadWord((pfn << 12) + (offset ^ 8)));
            Assert.Equal(3UL, memory.ReadWord((pfn << 12) + 2048));
        }
    }

    [Fact]
    public void FramesThatAreEqualAgain_FoldAndOthersDoNot()
    {
        SparseMemory memory = new(12, 16);
        foreach (ulong offset in new ulong[] { 0, 440, 448, 4088 })
        {
            memory.FillFrame(5, Vector512.Create(3UL));
            memory.WriteWord(0x5000 + offset, 4);
            memory.Fold(5);
            Assert.Equal(1, memory.MaterializedFrames);
            Assert.Equal(4UL, memory.ReadWord(0x5000 + offset));
            memory.WriteWord(0x5000 + offset, 3);
            Assert.Equal(1, memory.MaterializedFrames);
            memory.Fold(5);
            Assert.Equal(0, memory.MaterializedFrames);
            Assert.Equal(3UL, memory.ReadWord(0x5000 + offset));
        }
    }

    [Theory]
    [InlineData(11, 1, "pageShift")]
    [InlineData(22, 1, "pageShift")]
    [InlineData(12, 0, "frameCount")]
    [InlineData(12, (1UL << 36) + 1, "frameCount")]
    public void MachinesBeyondTheLimits_AreRefused(int pageShift, ulong frameCount, string parameter) =>
        Assert.Throws<ArgumentOutOfRangeException>(parameter, () => new SparseMemory(pageShift, frameCount));
}

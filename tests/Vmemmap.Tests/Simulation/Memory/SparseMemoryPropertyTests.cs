using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Random operations on a few frames against plain bytes.</summary>
public class SparseMemoryPropertyTests
{
    // A directory chunk has 32768 frames: the frames lie on both sides of its border, at 0 and at the end of the machine.
    [Theory]
    [InlineData(12, 40_000, new ulong[] { 0, 1, 32767, 32768, 39_998, 39_999 })]
    [InlineData(14, 7, new ulong[] { 0, 1, 5, 6 })]
    [InlineData(16, 3, new ulong[] { 0, 2 })]
    [InlineData(21, 3, new ulong[] { 1, 2 })]
    public void Operations_AgreeWithPlainBytes(int pageShift, ulong frameCount, ulong[] frames) =>
        RandomSteps.Hold(pageShift > 16 ? 5 : 100, 60, steps =>
        {
            SparseMemory memory = new(pageShift, frameCount);
            FrameModel model = new(pageShift);
            foreach ((int kind, int a, int b) in steps)
            {
                Step(memory, model, frames, kind, a, b);
                Assert.Equal(model.Materialized, memory.MaterializedFrames);
            }

            byte[] bytes = new byte[model.PageSize];
            foreach (ulong pfn in frames)
            {
                memory.ReadFrame(pfn, bytes);
                Assert.True(bytes.AsSpan().SequenceEqual(model.Frame(pfn)), $"frame {pfn}");
            }

            Assert.Equal(model.Materialized, memory.MaterializedFrames);
        });

    private static void Step(SparseMemory memory, FrameModel model, ulong[] frames, int kind, int a, int b)
    {
        ulong pfn = frames[a % frames.Length];
        ulong other = frames[b % frames.Length];

        // Half of them in the first lines, where a frame need not get all its bytes.
        ulong word = (pfn << memory.PageShift) + ((ulong)(b >> 1) * 8 % (b % 2 == 0 ? 1024 : (ulong)model.PageSize));
        ulong line = word & ~63UL;
        switch (kind % 18)
        {
            case 0:
                memory.WriteWord(word, ((ulong)a << 32) + (ulong)b);
                model.Write(word, ((ulong)a << 32) + (ulong)b);
                break;

            case 1:
                ulong expected = a % 3 == 0 ? ~model.Word(word) : model.Word(word);
                ulong before = model.Word(word);
                Assert.Equal(before, memory.CompareExchangeWord(word, (ulong)a, expected));
                model.Write(word, before == expected ? (ulong)a : before);
                break;

            case 2:
                Vector512<ulong> fill = Line(a);
                memory.FillFrame(pfn, fill);
                model.Fill(pfn, fill);
                break;

            case 3 or 4:
                memory.CopyFrame(pfn, other);
                model.Copy(pfn, other);
                break;

            case 5:
                memory.Discard(pfn);
                model.Fill(pfn, Vector512.Create((byte)0xaa).AsUInt64());
                break;

            case 6:
                Span<byte> bytes = memory.WritableBytes(pfn);
                Assert.True(bytes.SequenceEqual(model.Frame(pfn)));
                bytes[b % bytes.Length] = (byte)a;
                model.Written(pfn)[b % bytes.Length] = (byte)a;
                break;

            case 7:
                memory.WritableLine(line) = Line(b);
                MemoryMarshal.Write(model.Written(pfn).AsSpan((int)(line % (ulong)model.PageSize)), Line(b));
                break;

            case 8:
                Span<byte> expectedLine = model.Frame(pfn).AsSpan((int)(line % (ulong)model.PageSize));
                Assert.Equal(MemoryMarshal.Read<Vector512<ulong>>(expectedLine), memory.CopyLine(line));
                break;

            case 9:
                CheckTable(memory, model, word, a % 1200);
                break;

            case 10 or 11:
                memory.WriteLine(line, Line(a));
                MemoryMarshal.Write(model.Written(pfn).AsSpan((int)(line % (ulong)model.PageSize)), Line(a));
                break;

            case 12:
                Assert.Equal(MemoryMarshal.Read<Vector512<ulong>>(model.Frame(pfn).AsSpan((int)(line % (ulong)model.PageSize))), memory.CopyLine(line));
                break;

            case 13 or 14:
                int firstLine = (int)(line % (ulong)model.PageSize) / 64;
                memory.FillFrame(pfn, firstLine, Line(a));
                model.Fill(pfn, firstLine, Line(a));
                break;

            case 15:
                memory.Fold(pfn);
                model.Fold(pfn);
                break;

            default:
                Assert.Equal(model.Word(word), memory.ReadWord(word));
                Assert.True(memory.View.TryReadEntry(word, out ulong entry));
                Assert.Equal(model.Word(word), entry);
                break;
        }
    }

    // A table may end in the next frame, or behind the machine.
    private static void CheckTable(SparseMemory memory, FrameModel model, ulong address, int length)
    {
        ulong end = memory.FrameCount << memory.PageShift;
        int there = (int)Math.Min((ulong)length, (end - address) / 8);
        TableRead read = memory.View.ReadTable(address, new ulong[length], out ReadOnlySpan<ulong> table);
        Assert.Equal(new TableRead(0, there), read);
        Assert.Equal(length, table.Length);
        for (int i = 0; i < there; i++)
        {
            Assert.Equal(model.Word(address + ((ulong)i * 8)), table[i]);
        }
    }

    // Zeros among them, the poison too, and lines whose words differ.
    private static Vector512<ulong> Line(int number) => (number % 5) switch
    {
        0 => Vector512<ulong>.Zero,
        1 => Vector512.Create(0xaaaa_aaaa_aaaa_aaaaUL),
        2 => Vector512.Create(1UL, 2, 3, 4, 5, 6, 7, 8),
        _ => Vector512.Create((ulong)number, 0, ~(ulong)number, 0, 0, 7, 0, (ulong)number << 40),
    };
}

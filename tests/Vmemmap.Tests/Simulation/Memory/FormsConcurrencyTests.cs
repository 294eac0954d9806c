using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Threads on frames that go from uniform over their first lines to all their bytes while they are written.</summary>
public class FormsConcurrencyTests
{
    private const ulong Frames = 4000;

    // Writers of one frame, each with a word and a line of its own: first lines, the last of them, the first behind them, the last of all.
    private static readonly (ulong Word, ulong Line)[] Places =
        [(0, 64 * 2), (64 * 3, 64 * 4), (64 * 6, 64 * 6), (64 * 7, 64 * 7), (64 * 63, 64 * 62)];

    [Fact]
    public void WritersOfDifferentLines_LoseNothing()
    {
        SparseMemory memory = Filled();
        Together.Run(Places.Length, thread =>
        {
            for (ulong pfn = 0; pfn < Frames; pfn++)
            {
                ulong start = pfn << 12;

                // Who is first changes from frame to frame.
                (ulong word, ulong line) = Places[(thread + (int)pfn) % Places.Length];
                memory.WriteWord(start + word, Own(pfn, word));
                Count(memory, start + 64);
                memory.WriteLine(start + line, Vector512.Create(Own(pfn, word)));
                Count(memory, start + 1024);
            }
        });
        for (ulong pfn = 0; pfn < Frames; pfn++)
        {
            ulong start = pfn << 12;
            Assert.Equal((ulong)Places.Length + Line(pfn), memory.ReadWord(start + 64));
            Assert.Equal((ulong)Places.Length + Line(pfn), memory.ReadWord(start + 1024));
            foreach ((ulong word, ulong line) in Places)
            {
                Assert.Equal(Own(pfn, word), memory.ReadWord(start + word));
                Assert.Equal(Vector512.Create(Own(pfn, word)), memory.CopyLine(start + line));
            }

            Assert.Equal(Line(pfn), memory.ReadWord(start + 2048));
        }

        Assert.Equal((long)Frames, memory.MaterializedFrames);
    }

    // The bytes that a frame's first lines had are at once those of the next frame.
    [Fact]
    public void Readers_SeeOnlyWhatTheFrameHadInAnyForm()
    {
        SparseMemory memory = Filled();
        long at = 0;
        int strange = 0;
        Together.Run(4, thread =>
        {
            if (thread == 0)
            {
                for (ulong round = 0; round < 200_000; round++)
                {
                    ulong pfn = round % Frames;
                    Volatile.Write(ref at, (long)pfn);
                    memory.WriteWord(pfn << 12, Own(pfn, 0));
                    memory.WriteWord((pfn << 12) + 2048, Own(pfn, 2048));
                    memory.FillFrame(pfn, Vector512.Create(Line(pfn)));
                }

                Volatile.Write(ref at, -1);
                return;
            }

            byte[] frame = new byte[4096];
            while (Volatile.Read(ref at) is >= 0 and var pfn)
            {
                ulong start = (ulong)pfn << 12;
                switch (thread)
                {
                    case 1:
                        Expect((ulong)pfn, memory.ReadWord(start), ref strange);
                        Expect((ulong)pfn, memory.ReadWord(start + 2048), ref strange);
                        break;
                    case 2:
                        Expect((ulong)pfn, memory.CopyLine(start)[0], ref strange);
                        Expect((ulong)pfn, memory.CopyLine(start + 2048)[0], ref strange);
                        break;
                    default:
                        memory.ReadFrame((ulong)pfn, frame);
                        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(frame))
                        {
                            Expect((ulong)pfn, word, ref strange);
                        }

                        break;
                }
            }
        });
        Assert.Equal(0, strange);
    }

    // The source of a copy may be written meanwhile, and so get all its bytes.
    [Fact]
    public void ACopyOfAFrameThatIsWritten_HasNoOtherFramesWords()
    {
        SparseMemory memory = Filled();
        long at = 0;
        int strange = 0;
        Together.Run(3, thread =>
        {
            if (thread == 0)
            {
                for (ulong pfn = 1; pfn < Frames; pfn++)
                {
                    memory.WriteWord(pfn << 12, Own(pfn, 0));
                    Volatile.Write(ref at, (long)pfn);
                    Thread.SpinWait((int)(pfn % 64));
                    memory.WriteWord((pfn << 12) + 2048, Own(pfn, 2048));
                }

                Volatile.Write(ref at, -1);
                return;
            }

            ulong mine = Frames + (ulong)thread;
            while (Volatile.Read(ref at) is >= 0 and var pfn)
            {
                memory.CopyFrame((ulong)pfn, mine);
                for (ulong offset = 0; offset < 4096; offset += 8)
                {
                    Expect((ulong)pfn, memory.ReadWord((mine << 12) + offset), ref strange);
                }
            }
        });
        Assert.Equal(0, strange);
    }

    private static SparseMemory Filled()
    {
        SparseMemory memory = new(12, Frames + 4);
        for (ulong pfn = 0; pfn < Frames; pfn++)
        {
            memory.FillFrame(pfn, Vector512.Create(Line(pfn)));
        }

        return memory;
    }

    private static ulong Line(ulong pfn) => pfn << 32;

    private static ulong Own(ulong pfn, ulong place) => pfn << 32 | place << 8 | 1;

    private static void Count(SparseMemory memory, ulong address)
    {
        for (ulong seen = memory.ReadWord(address); ;)
        {
            ulong found = memory.CompareExchangeWord(address, seen + 1, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    private static void Expect(ulong pfn, ulong word, ref int strange)
    {
        if (word >> 32 != pfn)
        {
            Interlocked.Increment(ref strange);
        }
    }
}

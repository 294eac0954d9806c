using System.Runtime.Intrinsics;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Threads that write while the states of frames change around them.</summary>
public class SparseMemoryConcurrencyTests
{
    private const int Rounds = 20_000;
    private const int Reads = 5_000_000;

    [Fact]
    public void NeighboursThatChangeTheirState_DisturbNobody()
    {
        const int Threads = 4;
        SparseMemory memory = new(12, 64);
        Together.Run(Threads, thread =>
        {
            // Frame 2t is written only; frame 2t+1 goes through all states. Neighbours share state words' cache lines and released bytes.
            ulong kept = (ulong)thread * 2;
            ulong changed = kept + 1;
            Vector512<ulong> line = Vector512.Create((ulong)thread + 1);
            for (ulong round = 0; round < Rounds; round++)
            {
                ulong offset = round % 512 * 8;
                ulong mark = (ulong)thread << 32 | round;
                memory.WriteWord((kept << 12) + offset, mark);
                memory.FillFrame(changed, line);
                Expect(line[0], memory.ReadWord((changed << 12) + offset));
                memory.WriteWord((changed << 12) + offset, mark);
                Expect(mark, memory.ReadWord((changed << 12) + offset));
                Expect(line[0], memory.ReadWord((changed << 12) + (offset ^ 8)));
                memory.CopyFrame(kept, changed + 32);
                Expect(mark, memory.ReadWord((changed + 32 << 12) + offset));
                memory.Discard(changed + 32);
                memory.Discard(changed);
                Expect(0xaaaa_aaaa_aaaa_aaaaUL, memory.ReadWord((changed << 12) + offset));
                Expect(mark, memory.ReadWord((kept << 12) + offset));
            }
        });
        Assert.Equal(Threads, memory.MaterializedFrames);
    }

    [Fact]
    public void ThreadsThatWriteOneUniformFrame_LoseNoWrite()
    {
        const int Threads = 4;
        const int Frames = 3000;
        SparseMemory memory = new(12, Frames);
        Together.Run(Threads, thread =>
        {
            for (ulong pfn = 0; pfn < Frames; pfn++)
            {
                memory.WriteWord((pfn << 12) + ((ulong)thread * 8), pfn + (ulong)thread + 1);
                ulong counter = (pfn << 12) + 2048;
                for (ulong seen = memory.ReadWord(counter); ;)
                {
                    ulong found = memory.CompareExchangeWord(counter, seen + 1, seen);
                    if (found == seen)
                    {
                        break;
                    }

                    seen = found;
                }
            }
        });
        Assert.Equal(Frames, memory.MaterializedFrames);
        for (ulong pfn = 0; pfn < Frames; pfn++)
        {
            Assert.Equal(Threads, (int)memory.ReadWord((pfn << 12) + 2048));
            for (ulong thread = 0; thread < Threads; thread++)
            {
                Assert.Equal(pfn + thread + 1, memory.ReadWord((pfn << 12) + (thread * 8)));
            }
        }
    }

    // The bytes that one frame releases are at once those of the other, with other words: a reader of one must never see the other's.
    [Fact]
    public void AReader_SeesOnlyWordsThatItsFrameHad()
    {
        SparseMemory memory = new(12, 2);
        memory.FillFrame(0, Vector512.Create(0x11UL));
        int readers = 2;
        int strange = 0;
        Together.Run(4, thread =>
        {
            if (thread >= 2)
            {
                for (int i = 0; i < Reads; i++)
                {
                    if (memory.ReadWord(64) != 0x11)
                    {
                        Interlocked.Increment(ref strange);
                    }
                }

                Interlocked.Decrement(ref readers);
                return;
            }

            // Frame 0 never has anything but 0x11 at 64; frame 1 never has that.
            ulong written = thread == 0 ? 8UL : 0x1040;
            Vector512<ulong> line = Vector512.Create(thread == 0 ? 0x11UL : 0x22);
            while (Volatile.Read(ref readers) > 0)
            {
                memory.WriteWord(written, 0x2200);
                memory.FillFrame((ulong)thread, line);
            }
        });
        Assert.Equal(0, strange);
        Assert.Equal(0, memory.MaterializedFrames);
    }

    private static void Expect(ulong expected, ulong actual)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"Read {actual:x}, expected {expected:x}.");
        }
    }
}

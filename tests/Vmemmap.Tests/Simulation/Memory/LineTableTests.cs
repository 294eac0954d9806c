using System.Runtime.Intrinsics;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Lines by number, each once.</summary>
public class LineTableTests
{
    private const int Lines = 600_000;

    // As the tails of different huge pages: only the pointer to the head differs, by multiples of a huge page's struct pages.
    private static Vector512<ulong> Tail(int hugePage) =>
        Vector512.Create(0x17_ffff_c000_0000UL, 0xffff_ea00_0000_0001UL + ((ulong)hugePage << 15), 0, 0, 0, 0, 0xffff_ffffUL, 0);

    [Fact]
    public void SixHundredThousandLines_HaveEachOneNumberAndStayWhereTheyAre()
    {
        LineTable table = new();
        Assert.Equal(0U, table.Intern(Vector512<ulong>.Zero));
        uint[] numbers = new uint[Lines];
        for (int i = 0; i < Lines; i++)
        {
            numbers[i] = table.Intern(Tail(i));
        }

        Assert.Equal(Lines, numbers.Distinct().Count());
        Assert.DoesNotContain(0U, numbers);
        for (int i = 0; i < Lines; i++)
        {
            Assert.Equal(numbers[i], table.Intern(Tail(i)));
            Assert.Equal(Tail(i), table[numbers[i]]);
        }

        Assert.Equal(Lines + 1, table.Count);
        Assert.Equal(Vector512<ulong>.Zero, table[0]);
    }

    // Numbers that collide in the low bits whatever they mean: words that differ in one high bit, in each of the words.
    [Fact]
    public void LinesThatDifferInOneBit_AreDifferent()
    {
        LineTable table = new();
        HashSet<uint> numbers = [];
        for (int word = 0; word < 8; word++)
        {
            for (int bit = 0; bit < 64; bit++)
            {
                Vector512<ulong> line = Vector512<ulong>.Zero.WithElement(word, 1UL << bit);
                uint number = table.Intern(line);
                numbers.Add(number);
                Assert.Equal(line, table[number]);
            }
        }

        Assert.Equal(512, numbers.Count);
        Assert.Equal(513, table.Count);
    }

    // All in one order: who is behind only looks up and is faster, so that the threads meet at the line that is new.
    [Fact]
    public void Threads_ThatInternTheSameLines_GetTheSameNumbers()
    {
        const int Each = 100_000;
        LineTable table = new();
        uint[][] numbers = new uint[4][];
        Together.Run(numbers.Length, thread =>
        {
            uint[] own = numbers[thread] = new uint[Each];
            for (int i = 0; i < Each; i++)
            {
                own[i] = table.Intern(Tail(i));
                if (table[own[i]] != Tail(i))
                {
                    throw new InvalidOperationException($"Line {i} is not at number {own[i]}.");
                }
            }
        });
        Assert.Equal(Each + 1, table.Count);
        Assert.All(numbers, n => Assert.Equal(numbers[0], n));
    }
}

using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;

namespace Vmemmap.Tests.Trees;

/// <summary>A tree of page tables that a seed grew, with the addresses at which it has something to find.</summary>
internal sealed record RandomTree(Manual Manual, int Seed, int Budget, TestMemory Memory, ulong Root, IReadOnlyList<Spot> Spots)
{
    /// <summary>Trees of this many tables are large enough for every level to be there several times.</summary>
    public const int FullBudget = 24;

    /// <summary>Addresses to look up: all spots and what is around them, noise, and the edges of the address space.</summary>
    public IEnumerable<ulong> Addresses()
    {
        Random random = new(Seed);
        foreach (Spot spot in Spots)
        {
            ulong inside = spot.Address + ((ulong)random.NextInt64() & (spot.Reach - 1));
            yield return spot.Address;
            yield return inside;
            yield return spot.Address - 1;
            yield return spot.Address + spot.Reach;
            yield return inside ^ 1UL << random.Next(64);
        }

        for (int i = 0; i < 8; i++)
        {
            ulong noise = ((ulong)random.NextInt64() << 1) ^ (ulong)random.NextInt64();
            yield return noise;
            yield return Manual.Canonical(noise);
        }

        int bits = Manual.VirtualAddressBits;
        foreach (ulong edge in (ulong[])[0, 1UL << (bits - 1), 1UL << bits, 0 - (1UL << (bits - 1)), 0 - (1UL << bits), 1UL << 63])
        {
            yield return edge;
            yield return edge - 1;
        }
    }

    public string Describe(ulong address) => $"{this}\n{Manual.Describe(Memory, Root, address)}";

    public override string ToString() => $"{Manual.Name}, seed {Seed}, budget {Budget}, {Memory.Count} words";
}

/// <summary>A virtual address where something was planted, and how far an entry of that level reaches.</summary>
internal readonly record struct Spot(ulong Address, ulong Reach);

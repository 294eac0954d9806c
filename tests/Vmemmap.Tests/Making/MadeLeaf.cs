using FsCheck.Fluent;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;
using Vmemmap.Tests.Trees;

namespace Vmemmap.Tests.Making;

/// <summary>A random leaf that is to be made, or a group of them, and where the tables on the way to it are.</summary>
/// <param name="Manual">Its architecture.</param>
/// <param name="Level">Its level, 0 = root.</param>
/// <param name="PhysicalAddress">What it maps, aligned to its size, or its group's.</param>
/// <param name="VirtualAddress">An address that it translates.</param>
/// <param name="Tables">Physical address of eight pages, one for each level.</param>
/// <param name="IsWritable">Whether it is writable.</param>
internal sealed record MadeLeaf(
    Manual Manual, int Level, ulong PhysicalAddress, ulong VirtualAddress, ulong Tables, bool IsWritable)
{
    /// <summary>Physical address of the root table.</summary>
    public ulong Root => Table(0);

    /// <summary>Checks a property of random leaves of some levels.</summary>
    public static void ForEach(Manual manual, Func<int, bool> hasLevel, int count, Action<MadeLeaf> property)
    {
        foreach (int level in Enumerable.Range(0, manual.LevelCount).Where(hasLevel))
        {
            int groupShift = manual.Shift(level) + int.Log2(manual.GroupCount(level));
            TreeProperty.Holds(
                Arb.From(
                    from physical in TreeProperty.Words
                    from address in TreeProperty.Words
                    from tables in TreeProperty.Words
                    from bit in Gen.Choose(0, 1)
                    select new MadeLeaf(
                        manual,
                        level,
                        Aligned(physical, groupShift, manual.PhysicalAddressBits),
                        manual.Canonical(address),
                        Aligned(tables, manual.PageShift + 3, manual.PhysicalAddressBits),
                        bit == 1)),
                count,
                property);
        }
    }

    /// <summary>A word made to a physical address.</summary>
    public static ulong Aligned(ulong word, int shift, int bits) => (word & (ulong.MaxValue >> (64 - bits))) >> shift << shift;

    /// <summary>Writes the table entries that lead to the leaf.</summary>
    /// <returns>Physical address of the table that it is in.</returns>
    public ulong WriteTables(TestMemory memory, Func<ulong, ulong> make)
    {
        for (int level = 0; level < Level; level++)
        {
            memory[Table(level) + ((ulong)Manual.Index(level, VirtualAddress) * 8)] = make(Table(level + 1));
        }

        return Table(Level);
    }

    // Tables of different levels are different pages.
    private ulong Table(int level) => Tables | (ulong)level << Manual.PageShift;
}

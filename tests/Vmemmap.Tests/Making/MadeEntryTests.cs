using FsCheck.Fluent;
using Vmemmap.Tests.Facts;
using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;
using Vmemmap.Tests.Trees;

namespace Vmemmap.Tests.Making;

/// <summary>What is made is read as what was asked for: by the emitted code, by the table-driven walker, and by the manual's.</summary>
public class MadeEntryTests
{
    private const int Entries = 200;

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Leaf_IsReadAsMade(string name)
    {
        IPageTableFormat format = Format.Of(Loaded.Generated(name)).Members;
        Maker maker = Maker.Of(name);
        ForEachLeaf(AllManuals.Of(name), made =>
        {
            ulong entry = maker.Leaf(made.Level, made.PhysicalAddress, made.IsWritable);
            int shift = format.LevelShift(made.Level);
            ulong offset = made.VirtualAddress & ((1UL << shift) - 1);
            Assert.Equal(EntryKind.Leaf, format.Classify(made.Level, entry));
            Assert.Equal(made.PhysicalAddress, format.PhysicalAddress(made.Level, entry, 0));
            Assert.Equal(made.PhysicalAddress + offset, format.PhysicalAddress(made.Level, entry, made.VirtualAddress));
            Assert.Equal(made.IsWritable, format.IsWritable(entry));
            Assert.Equal(shift, format.LeafSizeShift(made.Level, entry));
        });
    }

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Table_IsReadAsMade(string name)
    {
        Manual manual = AllManuals.Of(name);
        IPageTableFormat format = Format.Of(Loaded.Generated(name)).Members;
        Maker maker = Maker.Of(name);
        TreeProperty.HoldsForWords(Entries, word =>
        {
            ulong address = Aligned(word, manual.PageShift, manual.PhysicalAddressBits);
            ulong entry = maker.Table(address);
            Assert.All(Enumerable.Range(0, manual.LastLevel), level => Assert.Equal(EntryKind.Table, format.Classify(level, entry)));
            Assert.Equal(address, format.TableAddress(entry));
            Assert.True(format.TableAllowsWrite(entry));
        });
    }

    // Nothing is in memory but one made entry a level, so who reads another finds nothing.
    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Tree_IsWalkedAsMade(string name)
    {
        Manual manual = AllManuals.Of(name);
        Maker maker = Maker.Of(name);
        Format generated = Format.Of(Loaded.Generated(name));
        Format table = Format.Of(Loaded.Walker(name));
        ForEachLeaf(manual, made =>
        {
            ulong address = manual.Canonical(made.VirtualAddress);
            TestMemory memory = new();
            ulong at = 0;
            for (int level = 0; level <= made.Level; level++)
            {
                at = Table(level) + ((ulong)manual.Index(level, address) * 8);
                memory[at] = level == made.Level
                    ? maker.Leaf(level, made.PhysicalAddress, made.IsWritable)
                    : maker.Table(Table(level + 1));
            }

            ulong size = 1UL << manual.Shift(made.Level);
            Outcome expected = new(
                TranslationFault.None, made.Level, at, memory[at], made.PhysicalAddress | (address & (size - 1)), size, made.IsWritable);
            Assert.Equal(expected, manual.Walk(memory, Table(0), address));
            Assert.Equal(expected, generated.Translate(memory, Table(0), address));
            Assert.Equal(expected, table.Translate(memory, Table(0), address));

            // Tables of different levels are different pages: the number of the level stands in the lowest three bits of the page's.
            ulong Table(int level) => Aligned(made.Tables, manual.PageShift + 3, manual.PhysicalAddressBits) | (ulong)level << manual.PageShift;
        });
    }

    private static void ForEachLeaf(Manual manual, Action<Made> property)
    {
        foreach (int level in Enumerable.Range(0, manual.LevelCount).Where(manual.HasLeaves))
        {
            TreeProperty.Holds(
                Arb.From(
                    from physical in TreeProperty.Words
                    from address in TreeProperty.Words
                    from tables in TreeProperty.Words
                    from bit in Gen.Choose(0, 1)
                    select new Made(level, Aligned(physical, manual.Shift(level), manual.PhysicalAddressBits), address, tables, bit == 1)),
                Entries,
                property);
        }
    }

    private static ulong Aligned(ulong word, int shift, int bits) => (word & (ulong.MaxValue >> (64 - bits))) >> shift << shift;

    private sealed record Made(int Level, ulong PhysicalAddress, ulong VirtualAddress, ulong Tables, bool IsWritable);
}

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
    public void Leaf_IsReadAsMade(string name) => CheckLeaf(name, Maker.Of(name).Leaf);

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void UserLeaf_IsReadAsMade(string name) => CheckLeaf(name, Alone(Maker.Of(name)));

    private static void CheckLeaf(string name, Func<int, ulong, bool, ulong> leaf)
    {
        IPageTableFormat format = Format.Of(Loaded.Generated(name)).Members;
        Manual manual = AllManuals.Of(name);
        MadeLeaf.ForEach(manual, manual.HasLeaves, Entries, made =>
        {
            ulong entry = leaf(made.Level, made.PhysicalAddress, made.IsWritable);
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
    public void Table_IsReadAsMade(string name) => CheckTable(name, Maker.Of(name).Table);

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void UserTable_IsReadAsMade(string name) => CheckTable(name, Maker.Of(name).UserTable);

    private static void CheckTable(string name, Func<ulong, ulong> table)
    {
        Manual manual = AllManuals.Of(name);
        IPageTableFormat format = Format.Of(Loaded.Generated(name)).Members;
        TreeProperty.HoldsForWords(Entries, word =>
        {
            ulong address = MadeLeaf.Aligned(word, manual.PageShift, manual.PhysicalAddressBits);
            ulong entry = table(address);
            Assert.All(Enumerable.Range(0, manual.LastLevel), level => Assert.Equal(EntryKind.Table, format.Classify(level, entry)));
            Assert.Equal(address, format.TableAddress(entry));
            Assert.True(format.TableAllowsWrite(entry));
        });
    }

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Tree_IsWalkedAsMade(string name) => CheckTree(name, Maker.Of(name).Table, Maker.Of(name).Leaf);

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void UserTree_IsWalkedAsMade(string name) => CheckTree(name, Maker.Of(name).UserTable, Alone(Maker.Of(name)));

    // Nothing is in memory but one made entry a level, so who reads another finds nothing.
    private static void CheckTree(string name, Func<ulong, ulong> table, Func<int, ulong, bool, ulong> leaf)
    {
        Manual manual = AllManuals.Of(name);
        Format generated = Format.Of(Loaded.Generated(name));
        Format loaded = Format.Of(Loaded.Walker(name));
        MadeLeaf.ForEach(manual, manual.HasLeaves, Entries, made =>
        {
            TestMemory memory = new();
            ulong address = made.VirtualAddress;
            ulong at = made.WriteTables(memory, table) + ((ulong)manual.Index(made.Level, address) * 8);
            memory[at] = leaf(made.Level, made.PhysicalAddress, made.IsWritable);
            ulong size = 1UL << manual.Shift(made.Level);
            Outcome expected = new(
                TranslationFault.None, made.Level, at, memory[at], made.PhysicalAddress | (address & (size - 1)), size, made.IsWritable);
            Assert.Equal(expected, manual.Walk(memory, made.Root, address));
            Assert.Equal(expected, generated.Translate(memory, made.Root, address));
            Assert.Equal(expected, loaded.Translate(memory, made.Root, address));
        });
    }

    private static Func<int, ulong, bool, ulong> Alone(Maker maker) =>
        (level, physicalAddress, writable) => maker.UserLeaf(level, physicalAddress, writable, false);
}

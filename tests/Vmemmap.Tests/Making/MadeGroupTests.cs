using Vmemmap.Tests.Facts;
using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;

namespace Vmemmap.Tests.Making;

/// <summary>Contiguous groups of leaves of user memory: each entry translates its own piece, and says the size of the group.</summary>
public class MadeGroupTests
{
    private const int Groups = 20;

    public static TheoryData<string> WithGroups => new(ArchitectureNames.All.Where(n => !n.StartsWith("x86-64", StringComparison.Ordinal)));

    // The rest of the table is empty, so who reads an entry outside of the group finds nothing.
    [Theory]
    [MemberData(nameof(WithGroups))]
    public void Group_IsWalkedAsMade(string name)
    {
        Manual manual = AllManuals.Of(name);
        Assert.True(manual.GroupCount(manual.LastLevel) > 1);
        Maker maker = Maker.Of(name);
        Format generated = Format.Of(Loaded.Generated(name));
        Format loaded = Format.Of(Loaded.Walker(name));
        MadeLeaf.ForEach(manual, level => manual.GroupCount(level) > 1, Groups, made =>
        {
            TestMemory memory = new();
            ulong table = made.WriteTables(memory, maker.UserTable);
            Piece[] pieces = [.. Pieces(made)];
            foreach (Piece piece in pieces)
            {
                memory[table + piece.Offset] = maker.UserLeaf(made.Level, piece.PhysicalAddress, made.IsWritable, true);
            }

            ulong size = 1UL << manual.Shift(made.Level);
            foreach (Piece piece in pieces)
            {
                ulong at = table + piece.Offset;
                ulong physical = piece.PhysicalAddress | (piece.VirtualAddress & (size - 1));
                Outcome expected = new(
                    TranslationFault.None,
                    made.Level,
                    at,
                    memory[at],
                    physical,
                    size * (ulong)pieces.Length,
                    made.IsWritable,
                    IsContiguous: true);
                Assert.Equal(expected, manual.Walk(memory, made.Root, piece.VirtualAddress));
                Assert.Equal(expected, generated.Translate(memory, made.Root, piece.VirtualAddress));
                Assert.Equal(expected, loaded.Translate(memory, made.Root, piece.VirtualAddress));
                Assert.Equal(physical, generated.Members.PhysicalAddress(made.Level, memory[at], piece.VirtualAddress));
                Assert.Equal(size * (ulong)pieces.Length, 1UL << generated.Members.LeafSizeShift(made.Level, memory[at]));
                Assert.Equal(made.IsWritable, generated.Members.IsWritable(memory[at]));
            }
        });
    }

    /// <summary>Svnapot's entries are alike whichever piece is named; Arm's each have an address of their own.</summary>
    [Theory]
    [MemberData(nameof(WithGroups))]
    public void EntriesOfAGroup_AreAlikeWhereTheyShareAnAddress(string name)
    {
        Manual manual = AllManuals.Of(name);
        bool isShared = name.StartsWith("riscv64", StringComparison.Ordinal);
        MadeLeaf.ForEach(manual, level => manual.GroupCount(level) > 1, Groups, made =>
        {
            ulong[] entries =
                [.. Pieces(made).Select(p => Maker.Of(name).UserLeaf(made.Level, p.PhysicalAddress, made.IsWritable, true)).Distinct()];
            Assert.Equal(isShared ? 1 : manual.GroupCount(made.Level), entries.Length);
        });
    }

    private static IEnumerable<Piece> Pieces(MadeLeaf made)
    {
        int shift = made.Manual.Shift(made.Level);
        ulong count = (ulong)made.Manual.GroupCount(made.Level);
        for (ulong i = 0; i < count; i++)
        {
            ulong address = (made.VirtualAddress & ~((count - 1) << shift)) | i << shift;
            yield return new((ulong)made.Manual.Index(made.Level, address) * 8, made.PhysicalAddress | i << shift, address);
        }
    }

    /// <summary>One leaf of a group.</summary>
    /// <param name="Offset">Of its entry in the table.</param>
    /// <param name="PhysicalAddress">What it maps.</param>
    /// <param name="VirtualAddress">An address in it.</param>
    private sealed record Piece(ulong Offset, ulong PhysicalAddress, ulong VirtualAddress);
}

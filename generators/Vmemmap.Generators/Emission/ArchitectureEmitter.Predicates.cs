using System;
using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.Emission;

/// <content>What an entry is and where it points, and the geometry of a level.</content>
internal sealed partial class ArchitectureEmitter
{
    private void WriteGeometry()
    {
        _writer.Summary("Lowest virtual address bit of a level's index.");
        WriteSwitch("LevelShift", level => Literal.Int(level.Shift));
        _writer.Summary("log2 of the entries of a level's table.");
        WriteSwitch("LevelIndexBits", level => Literal.Int(level.IndexBits));

        _writer.Summary(_spec.Canonical == CanonicalRule.UpperHalf
            ? "Whether the root translates this address: all bits above the top index bit are ones."
            : "Whether the root translates this address: all bits above the top index bit equal it.");
        _writer.Line("/// <param name=\"virtualAddress\">A virtual address.</param>");
        _writer.Line(Inline);
        _writer.Line($"public static bool IsCanonical(ulong virtualAddress) => {IsCanonical()};");
        _writer.Line();
    }

    private string IsCanonical()
    {
        int bits = _spec.VirtualAddressBits;
        return bits == 64 ? "true"
            : _spec.Canonical == CanonicalRule.UpperHalf ? $"virtualAddress >= {Literal.Mask(ulong.MaxValue << bits)}"
            : $"unchecked(virtualAddress + {Literal.Mask(1UL << (bits - 1))}) < {Literal.Mask(1UL << bits)}";
    }

    private void WriteSwitch(string name, Func<LevelSpec, string> value)
    {
        _writer.Line("/// <param name=\"level\">0 = root.</param>");
        _writer.Line(Inline);
        _writer.Open($"public static int {name}(int level) => level switch");
        for (int level = 0; level <= Last; level++)
        {
            _writer.Line($"{Literal.Int(level)} => {value(_spec.Levels[level])},");
        }

        _writer.Line($"_ => {ThrowLevel()},");
        _writer.CloseStatement();
        _writer.Line();
    }

    private static string ThrowLevel() => "throw new global::System.ArgumentOutOfRangeException(nameof(level))";

    private void WriteClassify()
    {
        _writer.Summary("What an entry is on a level.");
        WriteLevelEntryParams();
        _writer.Line(Inline);
        _writer.Open($"public static {Library}EntryKind Classify(int level, ulong entry)");
        _writer.Line($"if ({Fails(new BitTest(_entry.ValidMask, _entry.ValidMask))})");
        _writer.Nested($"return {Library}EntryKind.NotPresent;");
        _writer.Line();
        _writer.Open("switch (level)");
        for (int level = 0; level <= Last; level++)
        {
            _writer.Line($"case {Literal.Int(level)}:");
            WriteKind(level);
        }

        _writer.Line("default:");
        _writer.Nested(ThrowLevel() + ";");
        _writer.Close();
        _writer.Close();
        _writer.Line();
    }

    private void WriteKind(int index)
    {
        LevelSpec level = _spec.Levels[index];
        if (index < Last)
        {
            _writer.Nested($"if ({Holds(level.TableTest)})");
            _writer.Nested($"    return {Library}EntryKind.Table;");
        }

        if (level.Leaf != LeafUse.None)
        {
            List<string> reserved = [.. ReservedLeaf(index)];
            if (level.LeafTest.Mask != _entry.ValidMask)
            {
                reserved.Insert(0, Fails(level.LeafTest));
            }

            if (level.NapotMask != 0)
            {
                reserved.Add($"{Set(_entry.ContiguousMask)} && {Fails(NapotTest(level))}");
            }

            foreach (string condition in reserved)
            {
                _writer.Nested($"if ({condition})");
                _writer.Nested($"    return {Library}EntryKind.Reserved;");
            }

            _writer.Nested($"return {Library}EntryKind.Leaf;");
        }
        else
        {
            _writer.Nested($"return {Library}EntryKind.Reserved;");
        }
    }

    // Conditions, beside the leaf test, under which an entry that is no table is no leaf either; the pattern of a Svnapot group
    // comes on top.
    private IEnumerable<string> ReservedLeaf(int index)
    {
        LevelSpec level = _spec.Levels[index];

        // Above the last level an entry with none of the bits is a table, unless a bit that tables reserve is set.
        if (_entry.LeafRule == LeafRule.AnyBit && (index == Last || (_entry.TableReservedMask & ~level.LeafTest.Mask) != 0))
        {
            yield return Clear(_entry.LeafMask);
        }

        if (_entry.ReadableMask != 0)
        {
            yield return Holds(UnreadableWritable());
        }
    }

    private static BitTest NapotTest(LevelSpec level) => new(level.NapotMask, level.NapotValue);

    private string GroupShift(LevelSpec level) =>
        $"{Set(_entry.ContiguousMask)} ? {Literal.Int(level.Shift + level.ContiguousShift)} : {Literal.Int(level.Shift)}";

    private BitTest UnreadableWritable() => new(
        _entry.ReadableMask | _entry.WritableMask | _entry.ReadOnlyMask, _entry.WritableMask);

    private void WriteAddresses()
    {
        _writer.Summary("Physical address of the table that an entry points to. The entry must be a table.");
        _writer.Line("/// <param name=\"entry\">The raw entry.</param>");
        _writer.Line(Inline);
        _writer.Line($"public static ulong TableAddress(ulong entry) => {TableAddress()};");
        _writer.Line();

        _writer.Summary("Physical address that a leaf gives a virtual address, offset included. The entry must be a leaf of that level.");
        WriteLevelEntryParams();
        _writer.Line("/// <param name=\"virtualAddress\">The virtual address.</param>");
        _writer.Line(Inline);
        WriteLeafSwitch(
            "ulong PhysicalAddress(int level, ulong entry, ulong virtualAddress)",
            level => level.NapotMask == 0
                ? LeafAddress(level)
                : $"{Set(_entry.ContiguousMask)} ? {NapotAddress(level)} : {LeafAddress(level)}");

        _writer.Summary("log2 of the bytes that a leaf maps, or its contiguous group. The entry must be a leaf of that level.");
        WriteLevelEntryParams();
        _writer.Line(Inline);
        WriteLeafSwitch(
            "int LeafSizeShift(int level, ulong entry)",
            level => level.ContiguousShift == 0 ? Literal.Int(level.Shift) : GroupShift(level));
    }

    private void WriteLeafSwitch(string signature, Func<LevelSpec, string> value)
    {
        _writer.Open($"public static {signature} => level switch");
        for (int level = 0; level <= Last; level++)
        {
            if (_spec.Levels[level].Leaf != LeafUse.None)
            {
                _writer.Line($"{Literal.Int(level)} => {value(_spec.Levels[level])},");
            }
        }

        _writer.Line($"_ => {ThrowLevel()},");
        _writer.CloseStatement();
        _writer.Line();
    }

    private void WritePermissions()
    {
        _writer.Summary("Whether a leaf itself allows supervisor writes.");
        _writer.Line("/// <param name=\"entry\">The raw leaf entry.</param>");
        _writer.Line(Inline);
        _writer.Line($"public static bool IsWritable(ulong entry) => {IsWritable()};");
        _writer.Line();

        _writer.Summary("Whether a table entry leaves write permission to what is below it.");
        _writer.Line("/// <param name=\"entry\">The raw table entry.</param>");
        _writer.Line(Inline);
        _writer.Line($"public static bool TableAllowsWrite(ulong entry) => {TableAllowsWrite()};");
    }

    private string IsWritable() => _entry.WritableMask != 0 ? Set(_entry.WritableMask) : Clear(_entry.ReadOnlyMask);

    private string TableAllowsWrite() => TablesGrantWrite ? Set(_entry.TableWritableMask)
        : TablesDenyWrite ? Clear(_entry.TableReadOnlyMask)
        : "true";

    private void WriteLevelEntryParams()
    {
        _writer.Line("/// <param name=\"level\">0 = root.</param>");
        _writer.Line("/// <param name=\"entry\">The raw entry.</param>");
    }

    private string TableAddress() => Pieces(ulong.MaxValue);

    private string LeafAddress(LevelSpec level) => $"{Pieces(level.LeafAddressMask)} | {Offset(level.Shift)}";

    // All entries of the group are alike: the low bits of the frame come from the virtual address.
    private string NapotAddress(LevelSpec level) =>
        $"{Pieces(level.LeafAddressMask & ~level.NapotMask)} | {Offset(level.Shift + level.ContiguousShift)}";

    private static string Offset(int shift) => $"(virtualAddress & {Literal.Mask((1UL << shift) - 1)})";

    private string Pieces(ulong mask) => string.Join(
        " | ", _entry.Pieces.Where(p => (p.Mask & mask) != 0).Select(p => Piece(p.Mask & mask, p.Shift)));

    private static string Piece(ulong mask, int shift)
    {
        string bits = $"(entry & {Literal.Mask(mask)})";
        return shift == 0 ? bits : shift > 0 ? $"({bits} << {Literal.Int(shift)})" : $"({bits} >> {Literal.Int(-shift)})";
    }

    private static string Set(ulong mask) => $"(entry & {Literal.Mask(mask)}) != 0UL";

    private static string Clear(ulong mask) => $"(entry & {Literal.Mask(mask)}) == 0UL";

    private static string Fails(BitTest test) =>
        IsOneBit(test) ? Clear(test.Mask) : $"(entry & {Literal.Mask(test.Mask)}) != {Literal.Mask(test.Value)}";

    private static string Holds(BitTest test) =>
        IsOneBit(test) ? Set(test.Mask) : $"(entry & {Literal.Mask(test.Mask)}) == {Literal.Mask(test.Value)}";

    private static bool IsOneBit(BitTest test) => test.Mask == test.Value && (test.Mask & (test.Mask - 1)) == 0;
}

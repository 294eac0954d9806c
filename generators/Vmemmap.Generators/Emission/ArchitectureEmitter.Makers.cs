using System;
using System.Linq;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Emission;

/// <content>MakeTable and MakeLeaf: the entries that the kernel writes.</content>
internal sealed partial class ArchitectureEmitter
{
    private void WriteMakers()
    {
        _writer.Line();
        _writer.Summary("The entry by which the kernel points to a table of the next level.");
        _writer.Line("/// <param name=\"tableAddress\">Physical address of the table, aligned to the base page.</param>");
        _writer.Line(Inline);
        _writer.Open("public static ulong MakeTable(ulong tableAddress)");
        WriteMakeTable(_entry.TableValue);
        _writer.Close();
        _writer.Line();

        _writer.Summary("The entry by which the kernel maps memory of its own with a leaf of a level.");
        _writer.Line("/// <param name=\"level\">0 = root.</param>");
        _writer.Line("/// <param name=\"physicalAddress\">Physical address of the memory, aligned to what the leaf reaches.</param>");
        _writer.Line("/// <param name=\"writable\">Whether the leaf is read-write or read-only.</param>");
        _writer.Line(Inline);
        _writer.Open("public static ulong MakeLeaf(int level, ulong physicalAddress, bool writable)");
        WriteLeafLevels(WriteMakeLeaf);
        _writer.Close();
    }

    private const string Errors = Library + "EntryEncodingError.";

    private void WriteMakeTable(ulong value)
    {
        WriteAddressCheck("tableAddress", _entry.AddressMask, "PageShift");
        _writer.Line();
        WriteEntry("tableAddress", _entry.AddressMask, Literal.Mask(value));
    }

    private void WriteLeafLevels(Action<LevelSpec> write)
    {
        _writer.Open("switch (level)");
        foreach (int level in Enumerable.Range(0, Last + 1).Where(l => _spec.Levels[l].Leaf != LeafUse.None))
        {
            _writer.Line($"case {Literal.Int(level)}:");
            _writer.Nested(() => write(_spec.Levels[level]));
        }

        _writer.Line("default:");
        _writer.Nested($"throw {Errors}NoLeaf(nameof(level), level, Name);");
        _writer.Close();
    }

    private void WriteMakeLeaf(LevelSpec level)
    {
        WriteAddressCheck("physicalAddress", level.LeafAddressMask, level.Identifier + "Shift");
        _writer.Line();
        WriteEntry(
            "physicalAddress", level.LeafAddressMask, WritableOrNot(level, _entry.WritableLeafValue, _entry.ReadOnlyLeafValue));
    }

    private static string WritableOrNot(LevelSpec level, ulong writable, ulong readOnly) =>
        $"(writable ? {Literal.Mask(level.LeafTest.Value | writable)} : {Literal.Mask(level.LeafTest.Value | readOnly)})";

    // One test for both mistakes: bits that fall inside the leaf, and bits above the highest that an entry can express.
    private void WriteAddressCheck(string address, ulong raw, string shift)
    {
        _writer.Line($"if (({address} & {Literal.Mask(~EntryFormat.PhysicalBits(_entry.Pieces, raw))}) != 0UL)");
        _writer.Nested($"throw {Errors}Address(nameof({address}), {address}, {shift}, PhysicalAddressBits);");
    }

    // The check leaves no other bit set, so an address in one piece needs no mask.
    private void WriteEntry(string address, ulong raw, string value)
    {
        PieceSpec[] pieces = [.. _entry.Pieces.Where(p => (p.Mask & raw) != 0)];
        if (pieces.Length == 1)
        {
            _writer.Line($"return {ToRaw(address, pieces[0].Shift)} | {value};");
            return;
        }

        string[] parts =
            [.. pieces.Select(p => ToRaw($"({address} & {Literal.Mask(EntryFormat.PhysicalBits([p], raw))})", p.Shift))];
        _writer.Line($"return {string.Join(" | ", parts)}");
        _writer.Nested($"| {value};");
    }

    private static string ToRaw(string physical, int shift) => shift == 0 ? physical
        : shift > 0 ? $"({physical} >> {Literal.Int(shift)})"
        : $"({physical} << {Literal.Int(-shift)})";
}

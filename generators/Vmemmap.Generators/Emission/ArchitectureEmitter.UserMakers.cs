using System;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Emission;

/// <content>MakeUserTable and MakeUserLeaf: the entries that the kernel writes for a process.</content>
internal sealed partial class ArchitectureEmitter
{
    private void WriteUserMakers()
    {
        _writer.Line();
        _writer.Summary("The entry by which the kernel points to a table of the next level of a process.");
        _writer.Line("/// <param name=\"tableAddress\">Physical address of the table, aligned to the base page.</param>");
        WriteUserMaker("MakeUserTable(ulong tableAddress)", user => WriteMakeTable(user.TableValue));
        _writer.Line();

        _writer.Summary("The entry by which the kernel maps memory of a shared file into a process with a leaf of a level.");
        _writer.Line("/// <param name=\"level\">0 = root.</param>");
        _writer.Line(
            "/// <param name=\"physicalAddress\">Physical address of the entry's own memory, aligned to what one leaf reaches.</param>");
        _writer.Line("/// <param name=\"writable\">Whether the leaf is read-write and dirty, or read-only.</param>");
        _writer.Line("/// <param name=\"contiguous\">Whether the leaf is one of a contiguous group.</param>");
        WriteUserMaker(
            "MakeUserLeaf(int level, ulong physicalAddress, bool writable, bool contiguous)",
            user => WriteLeafLevels(level => WriteMakeUserLeaf(level, user)));
    }

    private void WriteUserMaker(string signature, Action<UserEntrySpec> write)
    {
        if (_entry.User is not UserEntrySpec user)
        {
            _writer.Line($"public static ulong {signature} => throw {Errors}NoUserEntries(Name);");
            return;
        }

        _writer.Line(Inline);
        _writer.Open($"public static ulong {signature}");
        write(user);
        _writer.Close();
    }

    private void WriteMakeUserLeaf(LevelSpec level, UserEntrySpec user)
    {
        string value = WritableOrNot(level, user.WritableLeafValue, user.ReadOnlyLeafValue);
        if (level.ContiguousShift == 0)
        {
            _writer.Line("if (contiguous)");
            _writer.Nested($"throw {Errors}NoGroups(nameof(level), level, Name);");
            _writer.Line();
        }

        WriteAddressCheck("physicalAddress", level.LeafAddressMask, level.Identifier + "Shift");
        _writer.Line();
        if (level.NapotMask != 0)
        {
            _writer.Line("// All entries of a group are alike: the pattern stands where each has its number.");
            _writer.Open("if (contiguous)");
            ulong group = level.LeafAddressMask & ~level.NapotMask;
            string address = $"(physicalAddress & {Literal.Mask(EntryFormat.PhysicalBits(_entry.Pieces, group))})";
            WriteEntry(address, group, $"{value} | {Literal.Mask(_entry.ContiguousMask | level.NapotValue)}");
            _writer.Close();
            _writer.Line();
        }

        bool hasOwnAddress = level.ContiguousShift > 0 && level.NapotMask == 0;
        WriteEntry(
            "physicalAddress",
            level.LeafAddressMask,
            hasOwnAddress ? $"{value} | (contiguous ? {Literal.Mask(_entry.ContiguousMask)} : 0UL)" : value);
    }
}

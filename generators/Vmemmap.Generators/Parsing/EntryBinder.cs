using System;
using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;

namespace Vmemmap.Tables.Parsing;

/// <summary>Binds an &lt;entry&gt;: bits to masks, and tells which of them collide.</summary>
internal sealed class EntryBinder
{
    private static readonly string[] LeafTests = ["block", "table", "leaf"];
    private static readonly string[] WriteBits = ["writable", "readOnly"];

    private readonly TableElement _element;
    private readonly TableErrors _errors;
    private readonly ValueReader _values;
    private readonly List<(string Name, LocatedValue Value, ulong Mask)> _bits = [];

    private EntryBinder(TableElement element, TableErrors errors) =>
        (_element, _errors, _values) = (element, errors, new ValueReader(errors));

    /// <summary>Binds a format. It is always returned, so that what refers to it can be checked as well.</summary>
    public static EntryFormat Bind(TableElement element, TableErrors errors) => new EntryBinder(element, errors).Bind();

    private EntryFormat Bind()
    {
        int before = _errors.Count;
        TableSchema.Check(_element, TableSchema.Entry, _errors);
        LocatedValue? name = _values.Name(_element["name"]);
        CheckChoice(LeafTests, "says which entries are leaves", "block=\"7\"");
        CheckChoice(WriteBits, "says which leaves may be written", "writable=\"1\"");
        CheckPair("tableWritable", "tableReadOnly");
        CheckPair("contiguous", "napot");

        ulong valid = Bit("valid");
        (LeafRule leafRule, ulong leaf) = Leaf();
        EntrySpec spec = new(
            name?.Text ?? "",
            valid,
            leafRule,
            leaf,
            WritableMask: Bit("writable"),
            ReadOnlyMask: Bit("readOnly"),
            ReadableMask: Bit("readable"),
            TableWritableMask: Bit("tableWritable"),
            TableReadOnlyMask: Bit("tableReadOnly"),
            AccessedMask: Bit("accessed"),
            DirtyMask: Bit("dirty"),
            ContiguousRule: _element["contiguous"] != null ? ContiguousRule.OwnAddress
                : _element["napot"] != null ? ContiguousRule.Napot
                : ContiguousRule.None,
            ContiguousMask: Bit("contiguous") | Bit("napot"),
            ReservedMask: Bits("reserved"),
            TableReservedMask: Mask("napot"),
            AddressMask: 0,
            Pieces: default,
            TableValue: 0,
            WritableLeafValue: 0,
            ReadOnlyLeafValue: 0,
            User: null);

        IReadOnlyList<AddressPiece> pieces = AddressPiece.Bind(_element["address"], _errors);
        spec = spec with
        {
            AddressMask = pieces.Aggregate(0UL, (mask, p) => mask | p.Raw.Mask),
            Pieces = new(pieces.OrderBy(p => p.PhysicalLow).Select(p => new PieceSpec(p.Raw.Mask, p.PhysicalLow - p.Raw.Low))),
        };

        spec = WithMadeEntries(spec);
        CheckCollisions(pieces);
        return new EntryFormat(spec, BlockAttributes(spec.AddressMask), _errors.Count == before);
    }

    private EntrySpec WithMadeEntries(EntrySpec spec)
    {
        ulong mark = spec.LeafRule == LeafRule.AnyBit ? LeafMark(spec) : 0;
        (ulong table, ulong writable, ulong readOnly) = Made(spec, mark, "kernelTable", "kernelLeaf", "kernelWritable");
        (ulong userTable, ulong userWritable, ulong userReadOnly) = Made(spec, mark, "userTable", "userLeaf", "userWritable");
        CheckUserLeaf();
        return spec with
        {
            TableValue = table,
            WritableLeafValue = writable,
            ReadOnlyLeafValue = readOnly,
            User = _element["userLeaf"] == null ? null : new UserEntrySpec(userTable, userWritable, userReadOnly),
        };
    }

    // A leaf is accessed and readable from the start, and dirty if it may be written, so that no hardware update follows.
    private (ulong Table, ulong WritableLeaf, ulong ReadOnlyLeaf) Made(
        EntrySpec spec, ulong mark, string tableBits, string leafBits, string writableBits)
    {
        ulong leaf = spec.ReadableMask | spec.AccessedMask | Bits(leafBits);
        leaf |= (leaf & spec.LeafMask) == 0 ? mark : 0;
        return (
            spec.ValidMask | (spec.LeafRule == LeafRule.TableBit ? spec.LeafMask : 0) | spec.TableWritableMask | Bits(tableBits),
            leaf | spec.WritableMask | spec.DirtyMask | Bits(writableBits),
            leaf | spec.ReadOnlyMask);
    }

    // Entries of user memory are made or not; what no leaf makes reachable needs no table.
    private void CheckUserLeaf()
    {
        // What is misspelt is not missing as well.
        IEnumerable<string> unknown = _element.Attributes.Select(a => a.Name).Except(TableSchema.Entry.Attributes.Select(a => a.Name));
        if (_element["userLeaf"] != null || unknown.Any(n => NearestName.Find(n, ["userLeaf"]) != null))
        {
            return;
        }

        foreach (TableAttribute alone in _element.Attributes.Where(a => a.Name is "userWritable" or "userTable"))
        {
            _errors.Add(
                TableRules.MissingAttribute,
                alone.NameRange,
                $"{alone.Name} needs userLeaf, which says what leaves of user memory are like; add userLeaf=, or remove {alone.Name}");
        }
    }

    // The lowest of the bits that make a leaf whatever it allows.
    private ulong LeafMark(EntrySpec spec)
    {
        ulong marks = spec.LeafMask & ~spec.WritableMask;
        if (marks == 0 && (spec.LeafMask & ~spec.ReadableMask) != 0)
        {
            _errors.Add(
                TableRules.EntryBits,
                _element["leaf"]!,
                "leaf has the bit of writable alone, so a read-only leaf would be a table; add the other bits that make a leaf");
        }

        return marks & (0 - marks);
    }

    private void CheckChoice(string[] names, string purpose, string example)
    {
        TableAttribute[] given = [.. _element.Attributes.Where(a => names.Contains(a.Name))];
        string all = string.Join(", ", names.Take(names.Length - 1)) + " or " + names[names.Length - 1];
        if (given.Length == 0)
        {
            _errors.Add(
                TableRules.AttributeChoice, _element.NameRange, $"<entry> needs {all}, which {purpose}; add, for example, {example}");
        }

        foreach (TableAttribute extra in given.Skip(1))
        {
            _errors.Add(
                TableRules.AttributeChoice, extra.NameRange, $"{extra.Name} excludes {given[0].Name}: one of {all} {purpose}; remove one");
        }
    }

    private void CheckPair(string first, string second)
    {
        TableAttribute[] given = [.. _element.Attributes.Where(a => a.Name == first || a.Name == second)];
        if (given.Length == 2)
        {
            _errors.Add(
                TableRules.AttributeChoice, given[1].NameRange, $"{given[1].Name} excludes {given[0].Name}; remove one");
        }
    }

    private (LeafRule Rule, ulong Mask) Leaf()
    {
        ulong table = Bit("table");
        ulong block = Bit("block");
        ulong any = Bits("leaf");
        return table != 0 ? (LeafRule.TableBit, table) : block != 0 ? (LeafRule.BlockBit, block) : (LeafRule.AnyBit, any);
    }

    private ulong Bit(string attribute)
    {
        LocatedValue? value = _element[attribute];
        if (_values.Bit(value) is not int bit)
        {
            return 0;
        }

        _bits.Add((attribute, value!, 1UL << bit));
        return 1UL << bit;
    }

    private ulong Bits(string attribute)
    {
        ulong mask = 0;
        foreach ((LocatedValue value, BitRange range) in _values.BitList(_element[attribute]))
        {
            _bits.Add((attribute, value, range.Mask));
            mask |= range.Mask;
        }

        return mask;
    }

    private ulong Mask(string attribute) => _bits.Where(b => b.Name == attribute).Aggregate(0UL, (mask, b) => mask | b.Mask);

    private void CheckCollisions(IReadOnlyList<AddressPiece> pieces)
    {
        for (int i = 0; i < _bits.Count; i++)
        {
            (string name, LocatedValue value, ulong mask) = _bits[i];
            foreach (AddressPiece piece in pieces.Where(p => (p.Raw.Mask & mask) != 0))
            {
                _errors.Add(
                    TableRules.EntryBits,
                    value,
                    $"{InWords(piece.Raw.Mask & mask)} of {name} is in the address {piece.Raw}; give one of them other bits");
            }

            int taken = _bits.FindIndex(0, i, b => (b.Mask & mask) != 0 && !MayShare(b.Name, name));
            if (taken >= 0)
            {
                _errors.Add(
                    TableRules.EntryBits,
                    value,
                    $"{InWords(_bits[taken].Mask & mask)} of {name} is that of {_bits[taken].Name}; give one of them another bit");
            }
        }
    }

    // A table entry's own bits mean nothing in a leaf, so both may use one bit; a permission may be what makes a leaf (RISC-V); what
    // the kernel sets may be a flag that means nothing to a translation.
    private static bool MayShare(string first, string second) =>
        IsShared(first, second) || IsShared(second, first);

    private static bool IsShared(string first, string second) => first switch
    {
        "tableWritable" or "tableReadOnly" => IsOfLeavesAlone(second) || IsMadeLeaf(second),
        "leaf" => second is "writable" or "readable" || IsMadeLeaf(second),
        "kernelLeaf" or "userLeaf" => second is "readable" or "accessed" or "dirty" || IsOfOtherEntries(first, second),
        "kernelWritable" or "userWritable" => second is "dirty" || IsOfOtherEntries(first, second),
        "kernelTable" or "userTable" => IsOfLeavesAlone(second) || IsOfOtherEntries(first, second),
        _ => false,
    };

    private static bool IsOfLeavesAlone(string name) =>
        name is "writable" or "readOnly" or "readable" or "accessed" or "dirty" or "contiguous";

    private static bool IsMadeLeaf(string name) => name is "kernelLeaf" or "kernelWritable" or "userLeaf" or "userWritable";

    private static bool IsMadeTable(string name) => name is "kernelTable" or "userTable";

    // A table is no leaf, and an entry of the kernel's own memory none of user memory.
    private static bool IsOfOtherEntries(string first, string second) =>
        (IsMadeLeaf(first) || IsMadeTable(first)) && (IsMadeLeaf(second) || IsMadeTable(second))
        && (IsMadeTable(first) != IsMadeTable(second)
            || first.StartsWith("user", StringComparison.Ordinal) != second.StartsWith("user", StringComparison.Ordinal));

    private ulong BlockAttributes(ulong address)
    {
        ulong attributes = 0;
        foreach ((LocatedValue value, BitRange range) in _values.BitList(_element["blockAttributes"]))
        {
            attributes |= range.Mask;
            ulong outside = range.Mask & ~address;
            if (outside != 0)
            {
                _errors.Add(
                    TableRules.EntryBits,
                    value,
                    $"{InWords(outside)} of blockAttributes is outside of the address, so it is an attribute anyway; remove it");
            }
        }

        return attributes;
    }

    private static string InWords(ulong mask)
    {
        int low = 0;
        while ((mask >> low & 1) == 0)
        {
            low++;
        }

        int high = 63;
        while ((mask >> high & 1) == 0)
        {
            high--;
        }

        return new BitRange(high, low).InWords;
    }
}

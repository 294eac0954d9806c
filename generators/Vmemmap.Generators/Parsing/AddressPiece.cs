using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Vmemmap.Tables.Parsing;

/// <summary>A run of address bits in an entry: "47:12", or "9:8@50" where it holds other physical bits than its own.</summary>
/// <param name="Value">As written.</param>
/// <param name="Raw">Bits of the entry.</param>
/// <param name="PhysicalLow">Physical address bit that the lowest of them holds.</param>
internal sealed record AddressPiece(LocatedValue Value, BitRange Raw, int PhysicalLow)
{
    /// <summary>The physical address bits that it holds.</summary>
    public BitRange Physical => new(PhysicalLow + Raw.Count - 1, PhysicalLow);

    /// <summary>Binds the pieces of an address, and tells where they overlap or leave a gap.</summary>
    public static IReadOnlyList<AddressPiece> Bind(LocatedValue? address, TableErrors errors)
    {
        ValueReader values = new(errors);
        List<AddressPiece> pieces = [];
        int before = errors.Count;
        foreach (LocatedValue word in address?.Words() ?? [])
        {
            if (Bind(word, values) is not AddressPiece piece)
            {
                continue;
            }

            if (piece.Physical.High > 63)
            {
                errors.Add(
                    TableRules.AddressPieces, word,
                    $"{word} gives physical {piece.Physical.InWords}; there are 64; lower the number after '@'");
                continue;
            }

            if (pieces.Find(o => (o.Raw.Mask & piece.Raw.Mask) != 0) is AddressPiece other)
            {
                BitRange shared = new(System.Math.Min(other.Raw.High, piece.Raw.High), System.Math.Max(other.Raw.Low, piece.Raw.Low));
                errors.Add(
                    TableRules.AddressPieces, word,
                    $"{word} takes {shared.InWords} of the entry, which {other.Value} has; {Repair(shared, piece.Raw)}");
                continue;
            }

            pieces.Add(piece);
        }

        if (address != null && pieces.Count == 0 && errors.Count == before)
        {
            errors.Add(TableRules.MalformedValue, address, "the address has no bits; write them high bit first, such as \"51:12\"");
        }
        else if (errors.Count == before)
        {
            CheckPhysical(pieces, errors);
        }

        return pieces;
    }

    private static AddressPiece? Bind(LocatedValue word, ValueReader values)
    {
        int at = word.Text.IndexOf('@');
        BitRange? raw = values.Range(at < 0 ? word : word.Slice(0, at));
        int? low = at < 0 ? raw?.Low : values.Number(word.Slice(at + 1, word.Text.Length - at - 1), "physical bit", 0, 63);
        return raw is BitRange bits && low is int physical ? new AddressPiece(word, bits, physical) : null;
    }

    private static string Repair(BitRange shared, BitRange raw) => shared.Low == raw.Low && shared.High < raw.High
        ? $"did you mean {new BitRange(raw.High, shared.High + 1)}?"
        : shared.High == raw.High && shared.Low > raw.Low ? $"did you mean {new BitRange(shared.Low - 1, raw.Low)}?"
        : "remove it";

    private static void CheckPhysical(List<AddressPiece> pieces, TableErrors errors)
    {
        AddressPiece[] ordered = [.. pieces.OrderBy(p => p.PhysicalLow)];
        for (int i = 1; i < ordered.Length; i++)
        {
            int expected = ordered[i - 1].Physical.High + 1;
            int found = ordered[i].PhysicalLow;
            string repair = string.Format(CultureInfo.InvariantCulture, "did you mean {0}@{1}?", ordered[i].Raw, expected);
            if (found > expected)
            {
                BitRange gap = new(found - 1, expected);
                errors.Add(
                    TableRules.AddressPieces, ordered[i].Value,
                    $"no piece gives physical {gap.InWords}, below {ordered[i].Value}; {repair}");
            }
            else if (found < expected)
            {
                BitRange twice = new(System.Math.Min(expected - 1, ordered[i].Physical.High), found);
                errors.Add(
                    TableRules.AddressPieces, ordered[i].Value,
                    $"{ordered[i].Value} gives physical {twice.InWords} a second time, after {ordered[i - 1].Value}; {repair}");
            }
        }
    }
}

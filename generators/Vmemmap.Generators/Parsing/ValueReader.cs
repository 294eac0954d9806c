using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Vmemmap.Tables.Parsing;

/// <summary>Reads the values of attributes. What cannot be read is told, and is null for the caller.</summary>
internal sealed class ValueReader(TableErrors errors)
{
    /// <summary>A number within bounds.</summary>
    public int? Number(LocatedValue? value, string what, int minimum, int maximum)
    {
        if (value == null)
        {
            return null;
        }

        if (TryNumber(value.Text, out int number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Malformed(value, string.Format(
            CultureInfo.InvariantCulture, "'{0}' is no {1}; write a number from {2} to {3}", value, what, minimum, maximum));
        return null;
    }

    /// <summary>The number of one bit.</summary>
    public int? Bit(LocatedValue? value) => Number(value, "bit", 0, 63);

    /// <summary>A list of bits and runs of bits: "58:54 60".</summary>
    public IReadOnlyList<(LocatedValue Value, BitRange Bits)> BitList(LocatedValue? value)
    {
        List<(LocatedValue Value, BitRange Bits)> bits = [];
        foreach (LocatedValue word in value?.Words() ?? [])
        {
            BitRange? range = word.Text.IndexOf(':') >= 0 ? Range(word) : Bit(word) is int bit ? new BitRange(bit, bit) : null;
            if (range is BitRange found)
            {
                bits.Add((word, found));
            }
        }

        if (value != null && value.Text.Trim().Length == 0)
        {
            Malformed(value, "no bit is given; write the bits, such as \"58:54 60\", or remove the attribute");
        }

        return bits;
    }

    /// <summary>A run of bits, high bit first.</summary>
    public BitRange? Range(LocatedValue? value)
    {
        if (value == null)
        {
            return null;
        }

        string[] parts = value.Text.Split(':');
        if (parts.Length != 2 || !TryNumber(parts[0], out int high) || !TryNumber(parts[1], out int low) || high > 63 || low > 63)
        {
            Malformed(value, $"'{value}' is no run of bits; write the highest and the lowest bit, such as \"20:12\"");
            return null;
        }

        if (high < low)
        {
            Malformed(value, $"{value} has its low bit first; did you mean {new BitRange(low, high)}?");
            return null;
        }

        return new BitRange(high, low);
    }

    /// <summary>log2 of a size.</summary>
    public int? SizeShift(LocatedValue? value, string what)
    {
        if (value == null)
        {
            return null;
        }

        if (SizeText.TryParse(value.Text, out int shift))
        {
            return shift;
        }

        string repair = SizeText.Nearest(value.Text) is string nearest
            ? $"did you mean {nearest}?"
            : "write a power of two with K, M, G or T, such as 4K";
        Malformed(value, $"'{value}' is no {what}; {repair}");
        return null;
    }

    /// <summary>A name of the table's own: letters, digits and . _ - after a letter or digit.</summary>
    public LocatedValue? Name(LocatedValue? value)
    {
        if (value == null)
        {
            return null;
        }

        if (value.Text.Length == 0)
        {
            Malformed(value, "the name is empty; write a name such as my-architecture");
            return null;
        }

        string sound = new([.. value.Text.Select(c => IsNamePart(c) ? c : '-')]);
        sound = sound.Trim('-', '.', '_');
        if (sound != value.Text)
        {
            string repair = sound.Length > 0 ? $"did you mean {sound}?" : "write a name such as my-architecture";
            Malformed(value, $"'{value}' is no name: letters, digits and . _ - between them may be in it; {repair}");
            return null;
        }

        return value;
    }

    private static bool IsNamePart(char c) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '.' or '_' or '-';

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private void Malformed(LocatedValue value, string message) => errors.Add(TableRules.MalformedValue, value, message);
}

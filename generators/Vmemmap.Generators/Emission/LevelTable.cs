using System.Globalization;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.Emission;

/// <summary>The levels as the table that stands above a walker.</summary>
internal static class LevelTable
{
    private const string Columns = "{0,-8} {1,6} {2,6} {3,8} {4,6}  {5}";

    public static string Header { get; } =
        string.Format(CultureInfo.InvariantCulture, Columns, "level", "index", "shift", "entries", "reach", "leaf");

    public static string Row(ArchitectureSpec spec, int index)
    {
        LevelSpec level = spec.Levels[index];
        return string.Format(
            CultureInfo.InvariantCulture,
            Columns,
            index + " " + level.Name,
            Words.Bits(level.Shift + level.IndexBits - 1, level.Shift),
            level.Shift,
            1L << level.IndexBits,
            Words.Size(level.Shift),
            Leaf(level));
    }

    private static string Leaf(LevelSpec level)
    {
        string leaf = level.Leaf switch
        {
            LeafUse.Page => "page",
            LeafUse.Block => "block",
            LeafUse.Legal => "block (legal; Linux makes none)",
            _ => "-",
        };
        return level.ContiguousShift == 0
            ? leaf
            : $"{leaf}, groups of {Literal.Int(1 << level.ContiguousShift)} ({Words.Size(level.Shift + level.ContiguousShift)})";
    }
}

using System.Collections.Generic;
using System.Linq;

namespace Vmemmap.Tables.Parsing;

/// <summary>A &lt;level&gt; with its values read, not yet checked against its neighbours.</summary>
internal sealed class LevelSyntax
{
    private LevelSyntax(TableElement element) => Element = element;

    public TableElement Element { get; }

    /// <summary>Its name, or "level" if it has none.</summary>
    public string Name { get; private set; } = TableSchema.Level.Name;

    /// <summary>The name as the start of an emitted constant's: "Pgd".</summary>
    public string Identifier { get; private set; } = "";

    /// <summary>Its index bits, or null if they cannot be read.</summary>
    public BitRange? Index { get; private set; }

    /// <summary>Where the index is.</summary>
    public LocatedValue? IndexValue => Element["index"];

    /// <summary>Entries of a contiguous group, or null if it has none or they cannot be read.</summary>
    public int? Contiguous { get; private set; }

    /// <summary>Whether all of its values can be read.</summary>
    public bool IsSound { get; private set; }

    /// <summary>
    /// Whether its index, its leaf or its groups have been told to be wrong; then what follows from it is not told as well.
    /// </summary>
    public bool IsBlamed { get; set; }

    /// <summary>What a leaf here is.</summary>
    public Model.LeafUse Leaf => Element["leaf"]?.Text switch
    {
        "page" => Model.LeafUse.Page,
        "block" => Model.LeafUse.Block,
        "legal" => Model.LeafUse.Legal,
        _ => Model.LeafUse.None,
    };

    /// <summary>The constants that are emitted for a level.</summary>
    public static IEnumerable<string> Constants(string identifier) =>
        [identifier + "Shift", identifier + "IndexBits", identifier + "AddressMask"];

    /// <summary>Reads the levels of an architecture, root first.</summary>
    public static IReadOnlyList<LevelSyntax> Bind(TableElement architecture, TableErrors errors)
    {
        List<LevelSyntax> levels = [];
        foreach (TableElement element in architecture.Children.Where(c => c.Name == TableSchema.Level.Name))
        {
            LevelSyntax level = new(element);
            level.Read(levels, errors);
            levels.Add(level);
        }

        if (levels.Count == 0)
        {
            errors.Add(
                TableRules.MissingAttribute,
                architecture.NameRange,
                "<architecture> has no levels; add them root first, the last as <level name=\"PTE\" index=\"20:12\" leaf=\"page\" />");
        }

        return levels;
    }

    private void Read(List<LevelSyntax> above, TableErrors errors)
    {
        int before = errors.Count;
        TableSchema.Check(Element, TableSchema.Level, errors);
        ValueReader values = new(errors);
        Index = values.Range(IndexValue);
        Contiguous = values.Number(Element["contiguous"], "number of entries", 0, 1 << 20);
        if (Element["name"] is LocatedValue name)
        {
            ReadName(name, above, errors);
        }

        IsSound = errors.Count == before;
    }

    private void ReadName(LocatedValue name, List<LevelSyntax> above, TableErrors errors)
    {
        if (name.Text.Length == 0 || !name.Text.All(c => c is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            || name.Text[0] <= '9')
        {
            errors.Add(TableRules.MalformedValue, name, $"'{name}' is no name of a level; write letters and digits, such as PGD or L1");
            return;
        }

        Name = name.Text;
        Identifier = name.Text.Substring(0, 1).ToUpperInvariant() + name.Text.Substring(1).ToLowerInvariant();
        if (above.Any(l => l.Identifier == Identifier))
        {
            errors.Add(TableRules.Duplicate, name, $"a level of this architecture is named '{name}' already; choose another name");
        }
        else if (Constants(Identifier).Any(CSharpName.IsMember))
        {
            errors.Add(
                TableRules.Duplicate, name,
                $"a level cannot be named '{name}': constants such as {Identifier}Shift mean something else; choose another name");
        }
    }
}

using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>A symbol that a line sets.</summary>
/// <param name="Name">Without the CONFIG_ in front: "HUGETLB_PAGE".</param>
/// <param name="Value">"y", "m", a number; "n" where the line says "is not set".</param>
/// <param name="Location">The line.</param>
internal sealed record ConfigSymbol(string Name, string Value, TableLocation Location)
{
    /// <summary>Whether it is built in, or a module.</summary>
    public bool IsOn => Value is "y" or "m";

    /// <summary>The line as people count, from 1.</summary>
    public int Line => Location.StartLine + 1;

    /// <summary>How the line says it: "CONFIG_PAGE_SHIFT=12".</summary>
    public override string ToString() => Value == "n" ? $"CONFIG_{Name} (not set)" : $"CONFIG_{Name}={Value}";

    /// <summary>The same with its line: "CONFIG_PAGE_SHIFT=12 in line 7".</summary>
    public string InLine => $"{this} in line {Number.Text(Line)}";
}

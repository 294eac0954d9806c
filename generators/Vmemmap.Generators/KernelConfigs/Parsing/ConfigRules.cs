namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>The kinds of mistakes around kernel configurations, one id each. Ids are never reused.</summary>
internal static class ConfigRules
{
    /// <summary>The file is no kernel configuration.</summary>
    public const string NoConfig = "VMM3001";

    /// <summary>The kernel's version is missing or cannot be read.</summary>
    public const string Version = "VMM3002";

    /// <summary>A line cannot be read.</summary>
    public const string MalformedLine = "VMM3003";

    /// <summary>A symbol is set twice.</summary>
    public const string SetTwice = "VMM3004";

    /// <summary>Two lines contradict each other.</summary>
    public const string Contradiction = "VMM3005";

    /// <summary>No kernel has this combination.</summary>
    public const string Impossible = "VMM3006";

    /// <summary>No built-in architecture covers the kernel.</summary>
    public const string NotCovered = "VMM3007";

    /// <summary>A symbol that decides is missing.</summary>
    public const string MissingSymbol = "VMM3008";

    /// <summary>A symbol is another release's.</summary>
    public const string ForeignSymbol = "VMM3009";

    /// <summary>The size of a struct page does not follow from the configuration.</summary>
    public const string StructPageSize = "VMM3010";

    /// <summary>No kernel configuration of the project has that name.</summary>
    public const string NoSuchFile = "VMM3011";

    /// <summary>Several kernel configurations of the project have that name.</summary>
    public const string SeveralFiles = "VMM3012";

    /// <summary>The class cannot take the constants.</summary>
    public const string Target = "VMM3013";

    /// <summary>A value of the attribute cannot be.</summary>
    public const string AttributeValue = "VMM3014";
}

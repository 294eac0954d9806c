namespace Vmemmap.Generators;

/// <summary>Names of the pipeline's steps, by which the tests see what ran again.</summary>
internal static class TrackingNames
{
    /// <summary>One table file, parsed.</summary>
    public const string Table = nameof(Table);

    /// <summary>The project's properties.</summary>
    public const string Options = nameof(Options);

    /// <summary>Names that two files claim.</summary>
    public const string Conflicts = nameof(Conflicts);

    /// <summary>One architecture, with its namespace and accessibility.</summary>
    public const string Architecture = nameof(Architecture);

    /// <summary>The mistakes of one file.</summary>
    public const string Diagnostics = nameof(Diagnostics);

    /// <summary>All of them.</summary>
    public static string[] All => [Table, Options, Conflicts, Architecture, Diagnostics];
}

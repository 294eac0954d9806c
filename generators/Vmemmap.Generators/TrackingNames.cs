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

    /// <summary>The architecture that the project asks for; nothing if it asks for none.</summary>
    public const string TargetOptions = nameof(TargetOptions);

    /// <summary>The architectures of the assemblies that the project references.</summary>
    public const string ReferencedArchitectures = nameof(ReferencedArchitectures);

    /// <summary>The architectures of the project's own tables.</summary>
    public const string OwnArchitectures = nameof(OwnArchitectures);

    /// <summary>The architecture that the project gets, or why it gets none.</summary>
    public const string Target = nameof(Target);

    /// <summary>All of them.</summary>
    public static string[] All => [Table, Options, Conflicts, Architecture, Diagnostics, .. Selection];

    /// <summary>Those that have a value only where the project asks for an architecture.</summary>
    public static string[] Selection => [TargetOptions, ReferencedArchitectures, OwnArchitectures, Target];
}

namespace Vmemmap.Generators.KernelConfigs;

/// <summary>Names of the pipeline's steps, by which the tests see what ran again.</summary>
internal static class ConfigTrackingNames
{
    /// <summary>One configuration file, parsed.</summary>
    public const string Config = nameof(Config);

    /// <summary>All files, as far as code depends on them.</summary>
    public const string Entries = nameof(Entries);

    /// <summary>One class with the attribute.</summary>
    public const string Target = nameof(Target);

    /// <summary>Names of sources that differ only in case.</summary>
    public const string Names = nameof(Names);

    /// <summary>One class and its kernel.</summary>
    public const string Resolved = nameof(Resolved);

    /// <summary>The mistakes of one file that a class names.</summary>
    public const string Mistakes = nameof(Mistakes);

    /// <summary>All of them.</summary>
    public static string[] All => [Config, Entries, Target, Names, Resolved, Mistakes];
}

namespace Vmemmap.Analyzers.Accesses;

/// <summary>What is known of an access at compile time.</summary>
internal enum Verdict
{
    /// <summary>It never reaches a read-only tail.</summary>
    Safe,

    /// <summary>On some paths or for some indexes it reaches one.</summary>
    May,

    /// <summary>Whenever it runs, it reaches one.</summary>
    Must,

    /// <summary>Where it leads cannot be followed. Nothing is reported.</summary>
    Unknown,
}

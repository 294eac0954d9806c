namespace Vmemmap.Dumps;

/// <summary>What a caller knows better than the image.</summary>
public sealed record KernelImageOptions
{
    /// <summary>Architectures to choose from, instead of the built-in ones.</summary>
    public IReadOnlyList<Architecture>? Architectures { get; init; }

    /// <summary>Name of the architecture, instead of detection.</summary>
    public string? ArchitectureName { get; init; }

    /// <summary>VMCOREINFO text, instead of the image's own.</summary>
    public Vmcoreinfo? Vmcoreinfo { get; init; }

    /// <summary>Physical address of the root table, instead of the one VMCOREINFO leads to.</summary>
    public ulong? RootTable { get; init; }

    /// <summary>Told how far long stages are; called from the thread that does the work.</summary>
    public IProgress<ImageProgress>? Progress { get; init; }
}

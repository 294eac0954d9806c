namespace Vmemmap.Tool;

/// <summary>What was asked of <c>vmemmap inspect</c>.</summary>
internal sealed record InspectOptions(
    string File,
    bool Json,
    bool Pages,
    ulong? Page,
    ulong? Address,
    string? Tables,
    string? Architecture,
    string? Vmcoreinfo,
    ulong? Root,
    bool Verbose);

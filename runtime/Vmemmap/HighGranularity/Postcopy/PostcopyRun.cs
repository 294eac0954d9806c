namespace Vmemmap.HighGranularity;

/// <summary>A post-copy migration, replayed in one size after the other.</summary>
/// <param name="Architecture">Canonical name of the architecture.</param>
/// <param name="PageSize">Bytes of a base page.</param>
/// <param name="Request">What was replayed, with nothing left open.</param>
/// <param name="Optimized">Huge pages of the guest whose vmemmap was optimized.</param>
/// <param name="NotOptimized">Why they were not; empty if they were.</param>
/// <param name="Figures">The runs, the smallest size first; each is followed by the one that collapsed automatically.</param>
/// <param name="ViolationCount">What the machines saw that no correct kernel does: nothing, or there is a mistake in them.</param>
/// <param name="FirstViolation">The first of them.</param>
public sealed record PostcopyRun(
    string Architecture,
    long PageSize,
    PostcopyRequest Request,
    long Optimized,
    string NotOptimized,
    IReadOnlyList<PostcopyFigures> Figures,
    long ViolationCount,
    string? FirstViolation);

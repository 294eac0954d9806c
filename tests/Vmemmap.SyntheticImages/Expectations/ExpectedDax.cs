namespace Vmemmap.SyntheticImages;

/// <summary>What a reader must find of device DAX.</summary>
/// <param name="Align">Bytes of a compound page.</param>
/// <param name="Groups">Deduplicated compound pages.</param>
/// <param name="FreedPages">vmemmap pages without a frame of their own.</param>
/// <param name="PageTables">Last-level tables under the device's vmemmap.</param>
public sealed record ExpectedDax(ulong Align, long Groups, long FreedPages, long PageTables);

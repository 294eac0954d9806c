namespace Vmemmap.Devmap;

/// <summary>How a device's struct pages are made and mapped.</summary>
public enum DevmapGeometry : byte
{
    /// <summary>Base pages: a struct page of its own for each.</summary>
    Base,

    /// <summary>Compound pages (v5.19 on): of the vmemmap of each, two pages are its own, and the rest map the second again.</summary>
    Compound,

    /// <summary>Compound pages whose last-level tables are shared as well (v4 14/14 of the series, never merged).</summary>
    CompoundPud,
}

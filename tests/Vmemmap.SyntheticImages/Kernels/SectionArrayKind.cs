namespace Vmemmap.SyntheticImages;

/// <summary>What mem_section is.</summary>
public enum SectionArrayKind
{
    /// <summary>SPARSEMEM_EXTREME: an array of roots, each a page of sections, all in the linear map.</summary>
    Extreme,

    /// <summary>An array of sections in the kernel image.</summary>
    Static,

    /// <summary>Not in VMCOREINFO.</summary>
    Missing,
}

namespace Vmemmap.Simulation;

/// <summary>How the kernel maps vmemmap when it boots.</summary>
public enum VmemmapMapping : byte
{
    /// <summary>As the architecture's kernel does: by blocks where its table says so and a section fills whole blocks.</summary>
    Default,

    /// <summary>By base pages: what x86 did while HVO was on, before blocks were split on demand (v5.14).</summary>
    BasePages,

    /// <summary>By blocks.</summary>
    Blocks,
}

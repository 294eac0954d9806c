namespace Vmemmap;

/// <summary>What the vmemmap of an optimized huge page looks like. The kernel had three, one after the other.</summary>
public enum VmemmapLayout : byte
{
    /// <summary>Not optimized: every vmemmap page has a frame of its own.</summary>
    None,

    /// <summary>v5.14 to v5.17: pages 0 and 1 keep their frames, the rest alias page 1.</summary>
    ReserveTwo,

    /// <summary>v5.18 to v7.0: page 0 keeps a frame, the rest alias it (fake heads).</summary>
    ReserveOne,

    /// <summary>v7.1 on: page 0 keeps a frame, the rest alias one tail page shared by all huge pages of an order in a zone.</summary>
    SharedTail,
}

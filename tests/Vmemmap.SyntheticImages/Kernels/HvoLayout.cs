namespace Vmemmap.SyntheticImages;

/// <summary>What the vmemmap of an optimized huge page looks like.</summary>
public enum HvoLayout
{
    /// <summary>v5.14-5.17: pages 0 and 1 kept, the rest alias page 1.</summary>
    ReserveTwo,

    /// <summary>v5.18-7.0: page 0 kept, the rest alias it.</summary>
    ReserveOne,

    /// <summary>v7.1+: page 0 kept, the rest alias one frame for each zone and order.</summary>
    SharedTail,
}

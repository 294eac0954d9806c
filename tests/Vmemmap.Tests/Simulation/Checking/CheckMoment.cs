namespace Vmemmap.Tests.Simulation.Checking;

/// <summary>When a check is made, and so what must hold.</summary>
internal enum CheckMoment
{
    /// <summary>No operation is under way: nothing is deferred or half done, flags agree with tables, TLBs with tables.</summary>
    Settled,

    /// <summary>Inside an operation: stale translations and deferred frames are allowed, wrong heads and lost frames are not.</summary>
    Within,

    /// <summary>Inside a break-before-make window, after its flush: pages may be unmapped, and no TLB may know them.</summary>
    Broken,
}

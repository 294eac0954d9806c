namespace Vmemmap.HighGranularity;

/// <summary>Where a guest's accesses go.</summary>
public enum AccessPattern : byte
{
    /// <summary>To any base page of the guest, each as likely as another.</summary>
    Uniform,

    /// <summary>Nine of ten to every tenth base page, the others to any.</summary>
    Hot,

    /// <summary>From base page to base page: each vCPU through a part of its own first, and then on.</summary>
    Sequential,
}

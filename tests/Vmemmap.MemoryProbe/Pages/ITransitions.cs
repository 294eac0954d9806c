namespace Vmemmap.MemoryProbe;

/// <summary>What code that holds a huge page, and is not the snippet, can do to it.</summary>
internal interface ITransitions
{
    /// <summary>Optimizes it if it is not.</summary>
    void Optimize();

    /// <summary>Restores it if it is optimized.</summary>
    void Restore();
}

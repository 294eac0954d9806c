namespace Vmemmap.MemoryProbe;

/// <summary>What a run did.</summary>
/// <param name="Reached">Whether it wrote a struct page at all.</param>
/// <param name="Faulted">Whether it wrote an alias.</param>
internal readonly record struct RunResult(bool Reached, bool Faulted);

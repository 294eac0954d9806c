using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>What is done to each entry of a range (struct vmemmap_remap_walk, remap_pte). Implement it on a struct.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public interface IEntryRemap<TArch>
    where TArch : struct, IArchitecture
{
    /// <summary>Gives the new entry for a page.</summary>
    /// <param name="cpu">The CPU that remaps.</param>
    /// <param name="page">The page, counted from the start of vmemmap.</param>
    /// <param name="entry">The entry as it was before the walk came to its table.</param>
    /// <param name="remapped">The new entry.</param>
    /// <returns>False to leave the entry as it is.</returns>
    bool TryRemap(Cpu<TArch> cpu, long page, ulong entry, out ulong remapped);
}

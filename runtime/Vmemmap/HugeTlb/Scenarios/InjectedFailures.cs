using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// Allocations that fail by chance. Which ones follows from the seed and the number of the allocation alone, so that a run can be repeated. The huge
/// pages themselves never fail: what is tried is the optimizer.
/// </summary>
internal sealed class InjectedFailures(double probability, ulong seed)
{
    public bool Fails(AllocationAttempt attempt) =>
        attempt.Purpose is not (AllocationPurpose.HugePage or AllocationPurpose.Other) && Unit((ulong)attempt.Number) < probability;

    // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014); 53 bits of it, from 0 up to 1.
    private double Unit(ulong number)
    {
        ulong mixed = seed + ((number + 1) * 0x9e3779b97f4a7c15);
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}

namespace Vmemmap.HighGranularity;

/// <summary>Which base pages the vCPUs of a guest access: by a seed, and nothing else.</summary>
/// <param name="pattern">Where accesses go.</param>
/// <param name="seed">The seed.</param>
/// <param name="pages">Base pages of the guest.</param>
/// <param name="virtualCpus">vCPUs.</param>
internal sealed class GuestAccesses(AccessPattern pattern, ulong seed, long pages, int virtualCpus)
{
    private const int HotEvery = 10;

    private readonly ulong[] _made = new ulong[virtualCpus];

    /// <summary>The base page that a vCPU accesses next.</summary>
    public long Next(int virtualCpu)
    {
        ulong number = _made[virtualCpu]++;
        if (pattern == AccessPattern.Sequential)
        {
            return (long)((((ulong)pages * (ulong)virtualCpu / (ulong)virtualCpus) + number) % (ulong)pages);
        }

        ulong random = Mixed(((ulong)virtualCpu << 48) + number);
        long hot = pages / HotEvery;
        return pattern == AccessPattern.Hot && hot > 0 && random % HotEvery != 0
            ? (long)Below(random, (ulong)hot) * HotEvery
            : (long)Below(random, (ulong)pages);
    }

    // The high half of the product; the remainder above looks at the low bits.
    private static ulong Below(ulong random, ulong limit) => Math.BigMul(random, limit, out _);

    // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    private ulong Mixed(ulong number)
    {
        ulong mixed = seed + ((number + 1) * 0x9e3779b97f4a7c15);
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
}

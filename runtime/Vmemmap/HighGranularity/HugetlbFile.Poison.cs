using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Memory errors.</content>
public sealed partial class HugetlbFile<TArch, TLayout>
{
    /// <summary>
    /// Takes note of a memory error, and takes it out of every mapping of the file: one base page where pieces may be mapped, the whole huge page elsewhere. The
    /// rest stays mapped.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="pfn">The frame.</param>
    /// <returns>What the pool says of the frame, and bytes that each mapping of its huge page lost: 0 where an error before it took them.</returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    public HugetlbMemoryFailure<TArch, TLayout> MemoryFailure(Cpu<TArch> cpu, ulong pfn)
    {
        Machine.RequireOwn(cpu);
        MemoryFailureResult result = Pool.MemoryFailure(pfn, cpu);
        var lost = new Dictionary<HugetlbMapping<TArch, TLayout>, ulong>();
        if (result.Kind == MemoryFailureKind.HugePage)
        {
            // The file's pages stay where they are while it is held.
            using KernelSemaphore.Scope walks = MappingsLock.HoldToWrite(cpu);
            bool isOurs = TryFind(pfn, out long index, out ulong inPage);
            foreach (HugetlbMapping<TArch, TLayout> mapping in Mappings)
            {
                ulong offset = inPage;
                if (mapping.IsShared ? isOurs && mapping.TryAddressOf(index, out ulong address) : mapping.TryAddressOfOwn(pfn, out address, out offset))
                {
                    lost.Add(mapping, mapping.Poison(cpu, address + offset, pfn));
                }
            }
        }

        return new HugetlbMemoryFailure<TArch, TLayout>(result, lost);
    }

    // The huge page that has a frame, and the frame's offset in it, in bytes.
    private bool TryFind(ulong pfn, out long index, out ulong offset)
    {
        lock (_cacheLock)
        {
            foreach ((long at, HugePage<TArch, TLayout> cached) in _cache)
            {
                if (pfn >= cached.HeadPfn && pfn - cached.HeadPfn < (ulong)cached.Count)
                {
                    (index, offset) = (at, (pfn - cached.HeadPfn) << TArch.PageShift);
                    return true;
                }
            }
        }

        (index, offset) = (0, 0);
        return false;
    }
}

/// <summary>What came of a memory error.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
/// <param name="Result">What the pool says of the frame.</param>
/// <param name="Lost">Bytes that cannot be reached any more in each mapping of its huge page.</param>
public sealed record HugetlbMemoryFailure<TArch, TLayout>(MemoryFailureResult Result, IReadOnlyDictionary<HugetlbMapping<TArch, TLayout>, ulong> Lost)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout;

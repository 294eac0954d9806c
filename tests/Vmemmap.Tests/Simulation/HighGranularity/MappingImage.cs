using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>What the tables say of each base page of a mapping.</summary>
internal sealed class MappingImage<TArch, TLayout>(HugetlbMapping<TArch, TLayout> mapping)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    public HugetlbMapping<TArch, TLayout> Mapping => mapping;

    public ulong Start { get; } = mapping.Start;

    public ulong End { get; } = mapping.End;

    /// <summary>By base page: 0 for nothing, its frame and 1, or what <see cref="Shown"/> has for entries that are not present.</summary>
    public ulong[] Pages { get; } = new ulong[(mapping.End - mapping.Start) >> TArch.PageShift];

    /// <summary>By base page: log2 of the leaf that maps it.</summary>
    public byte[] Shifts { get; } = new byte[(mapping.End - mapping.Start) >> TArch.PageShift];

    /// <summary>What has changed since it was compared last.</summary>
    public DirtyRange Changed { get; } = new();

    public int At(ulong address) => (int)((address - Start) >> TArch.PageShift);

    public void Fill(ulong address, ulong bytes, ulong what)
    {
        int first = At(address);
        int count = (int)(bytes >> TArch.PageShift);
        Pages.AsSpan(first, count).Fill(what);
        Shifts.AsSpan(first, count).Clear();
        Changed.Add(first, count);
    }

    public void Map(ulong address, ulong bytes, ulong frame, int shift)
    {
        int first = At(address);
        int count = (int)(bytes >> TArch.PageShift);
        foreach (ref ulong page in Pages.AsSpan(first, count))
        {
            page = ++frame;
        }

        Shifts.AsSpan(first, count).Fill((byte)shift);
        Changed.Add(first, count);
    }
}

/// <summary>What a base page shows that has no frame.</summary>
internal static class Shown
{
    public const ulong Poison = ulong.MaxValue;
    public const ulong Migration = ulong.MaxValue - 1;
    public const ulong Marker = ulong.MaxValue - 2;
}

/// <summary>The smallest range that holds all that was added.</summary>
internal sealed class DirtyRange
{
    public int First { get; private set; } = int.MaxValue;

    public int End { get; private set; }

    public void Add(int first, int count) => (First, End) = (Math.Min(First, first), Math.Max(End, first + count));

    public void Clear() => (First, End) = (int.MaxValue, 0);
}

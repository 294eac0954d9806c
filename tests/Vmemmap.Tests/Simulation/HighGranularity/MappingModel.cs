using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>What a mapping has to show: for each of its addresses the frame, or nothing, or why there is none.</summary>
internal sealed class MappingModel<TArch, TLayout>(HugetlbMapping<TArch, TLayout> mapping)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    public HugetlbMapping<TArch, TLayout> Mapping => mapping;

    public HugetlbFile<TArch, TLayout> File => mapping.File;

    /// <summary>By base page: 0 for nothing, or its frame and 1, or one of <see cref="Shown"/>.</summary>
    public ulong[] Pages { get; } = new ulong[(mapping.End - mapping.Start) >> TArch.PageShift];

    /// <summary>What has changed since it was compared last.</summary>
    public DirtyRange Changed { get; } = new();

    /// <summary>A private mapping's own pages.</summary>
    public Dictionary<long, HugePage<TArch, TLayout>> Own { get; } = [];

    public ulong HugeSize => mapping.Hstate.Size;

    public int HugeShift => System.Numerics.BitOperations.Log2(mapping.Hstate.Size);

    public int At(ulong address) => (int)((address - mapping.Start) >> TArch.PageShift);

    public long IndexOf(ulong address) => mapping.FirstPage + (long)((address - mapping.Start) / HugeSize);

    public bool TryAddressOf(long index, out ulong address)
    {
        address = mapping.Start + ((ulong)(index - mapping.FirstPage) * HugeSize);
        return index >= mapping.FirstPage && index < mapping.FirstPage + mapping.Pages;
    }

    public HugePage<TArch, TLayout>? PageOf(ulong address) =>
        mapping.IsShared ? File.PageAt(IndexOf(address)) : Own.GetValueOrDefault(IndexOf(address));

    public ulong this[ulong address] => Pages[At(address)];

    public bool IsMapped(ulong address) => this[address] is not (0 or Shown.Poison or Shown.Migration);

    public bool IsPoison(ulong address) => this[address] == Shown.Poison;

    public ReadOnlySpan<ulong> Range(ulong address, ulong bytes) => Pages.AsSpan(At(address), (int)(bytes >> TArch.PageShift));

    public void Map(ulong address, ulong bytes, ulong frame)
    {
        foreach (ref ulong page in Change(address, bytes))
        {
            page = ++frame;
        }
    }

    public void Fill(ulong address, ulong bytes, ulong what) => Change(address, bytes).Fill(what);

    public void Copy(ReadOnlySpan<ulong> pages)
    {
        pages.CopyTo(Pages);
        Changed.Add(0, Pages.Length);
    }

    private Span<ulong> Change(ulong address, ulong bytes)
    {
        Span<ulong> range = Pages.AsSpan(At(address), (int)(bytes >> TArch.PageShift));
        Changed.Add(At(address), range.Length);
        return range;
    }
}

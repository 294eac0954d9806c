namespace Vmemmap.HighGranularity;

/// <summary>A size in which a piece of a huge page can be mapped.</summary>
/// <param name="Shift">log2 of its bytes.</param>
/// <param name="TableLevel">Level of its entries, 0 = root.</param>
/// <param name="Entries">Entries that map it together; 1 if one does.</param>
internal readonly record struct MappingSize(int Shift, int TableLevel, int Entries)
{
    public ulong Bytes => 1UL << Shift;
}

/// <summary>The sizes of an architecture, largest first (for_each_hgm_shift over hstates that are sorted, HGM patch 2).</summary>
/// <typeparam name="TArch">The architecture.</typeparam>
internal static class MappingSizes<TArch>
    where TArch : struct, IArchitecture
{
    private static readonly MappingSize[] Sorted = Sort();

    /// <summary>Every registered huge page size, and the base page.</summary>
    public static ReadOnlySpan<MappingSize> All => Sorted;

    /// <summary>The size of a shift.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The architecture does not map so much at once.</exception>
    public static MappingSize Of(int shift)
    {
        foreach (MappingSize size in Sorted)
        {
            if (size.Shift == shift)
            {
                return size;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(shift), shift, $"{TArch.Name} maps nothing of 2^{shift} bytes at once.");
    }

    /// <summary>The largest size that a piece from an address on can have.</summary>
    /// <param name="address">Where it begins, a multiple of the base page.</param>
    /// <param name="end">Where it ends at the latest.</param>
    /// <param name="most">log2 of the most.</param>
    public static MappingSize Largest(ulong address, ulong end, int most)
    {
        foreach (MappingSize size in Sorted)
        {
            if (size.Shift <= most && (address & (size.Bytes - 1)) == 0 && size.Bytes <= end - address)
            {
                return size;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(address), address, $"No page of {TArch.Name} begins at 0x{address:x} and ends by 0x{end:x}.");
    }

    private static MappingSize[] Sort()
    {
        var sizes = new List<MappingSize> { new(TArch.PageShift, TArch.LevelCount - 1, 1) };
        foreach (Hstate hstate in TArch.Hstates)
        {
            sizes.Add(new MappingSize(hstate.Order + TArch.PageShift, hstate.Level, hstate.ContiguousCount));
        }

        return [.. sizes.OrderByDescending(size => size.Shift)];
    }
}

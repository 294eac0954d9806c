using System.Globalization;
using System.Numerics;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>What of a device's vmemmap can be shared (6.12 include/linux/mm.h:3940-3972, vmemmap_can_optimize).</summary>
/// <remarks>
/// powerpc has its own rule and its own populate function (book3s64 radix only: arch/powerpc/mm/book3s64/radix_pgtable.c), because radix
/// maps vmemmap otherwise and hash has no entries to share; it is not modelled. The count is the same: 64K pages give 16 pages of vmemmap
/// for 1G, of which 2 are kept, and nothing for 2M.
/// </remarks>
public static class Deduplication
{
    /// <summary>Pages of vmemmap that each compound page keeps: its head's and one of tails (VMEMMAP_RESERVE_NR).</summary>
    public const int ReservedPages = 2;

    /// <summary>Why the struct pages of a geometry cannot be deduplicated.</summary>
    /// <param name="pageShift">log2 of the base page.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    /// <param name="align">Bytes of a compound page.</param>
    /// <param name="onDevice">Whether struct pages live on the device.</param>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is neither 0 nor a power of two.</exception>
    public static NotDeduplicated Of(int pageShift, int structPageSize, ulong align, bool onDevice)
    {
        if (align != 0 && !BitOperations.IsPow2(align))
        {
            throw new ArgumentOutOfRangeException(nameof(align), align, $"{SizeText.Of(align)}: compound pages are of a power of two.");
        }

        if (align <= 1UL << pageShift)
        {
            return NotDeduplicated.BasePages;
        }

        if (onDevice)
        {
            return NotDeduplicated.OnDevice;
        }

        if (!BitOperations.IsPow2(structPageSize))
        {
            return NotDeduplicated.StructPageSize;
        }

        return PagesOf(pageShift, structPageSize, align) > ReservedPages ? NotDeduplicated.None : NotDeduplicated.TooSmall;
    }

    /// <summary>
    /// Whether last-level tables of a compound page can be shared: there are two whole ones at least behind the first, which has the head's
    /// entry. So not where a compound page covers one (2M, 32M) or a part of one (arm64: 16K pages and 1G, 64K pages and 16G).
    /// </summary>
    /// <typeparam name="TArch">The architecture.</typeparam>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    /// <param name="align">Bytes of a compound page.</param>
    public static bool CanShareTables<TArch>(int structPageSize, ulong align)
        where TArch : struct, IArchitecture =>
        Of(TArch.PageShift, structPageSize, align, onDevice: false) == NotDeduplicated.None
        && PagesOf(TArch.PageShift, structPageSize, align) >= 3 * KernelPageTables<TArch>.TablePages;

    /// <summary>The reason in words, with its numbers; empty for <see cref="NotDeduplicated.None"/>.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="pageShift">log2 of the base page.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    /// <param name="align">Bytes of a compound page.</param>
    public static string Explain(NotDeduplicated reason, int pageShift, int structPageSize, ulong align) => reason switch
    {
        NotDeduplicated.BasePages => "base pages have no tails",
        NotDeduplicated.OnDevice => "struct pages on the device itself are never deduplicated",
        NotDeduplicated.StructPageSize => string.Create(
            CultureInfo.InvariantCulture, $"a struct page of {structPageSize} bytes is no power of two, which switches deduplication off"),
        NotDeduplicated.TooSmall => string.Create(
            CultureInfo.InvariantCulture,
            $"{SizeText.Of(align)}: {(align >> pageShift) * (ulong)structPageSize} bytes of struct pages "
                + $"are no more than the two pages of {1UL << pageShift} bytes that are kept"),
        _ => string.Empty,
    };

    /// <summary>Whole pages of vmemmap of one compound page.</summary>
    internal static long PagesOf(int pageShift, int structPageSize, ulong align) =>
        (long)(((align >> pageShift) * (ulong)structPageSize) >> pageShift);
}

using System.Numerics;

namespace Vmemmap;

/// <summary>The two ways in which a tail struct page leads to its head.</summary>
/// <remarks>
/// Pointer form: address of the head, bit 0 set (compound_head, all kernels). Mask form: GENMASK(63, order + log2 sizeof(struct page)),
/// bit 0 set; the tail's own address under the mask is the head, so every tail of an order is the same (compound_info, v7.1 on, where
/// struct page is a power of two and vmemmap is aligned to the largest folio's struct pages). All members are pure and may be called
/// from any thread.
/// </remarks>
public static class CompoundInfo
{
    /// <summary>Bit 0: the struct page is a tail.</summary>
    public const ulong TailBit = 1;

    // A mask covers at most the struct pages of a 16G folio: 2^22 of them at 4K, 512 MiB at 128 bytes each. Nothing maps vmemmap as high
    // as that: since v6.9 arm64's ends at -1 GiB (6.12 arch/arm64/include/asm/memory.h), all others lie lower.
    private const int MaximumMaskShift = 30;

    private const ulong LowestMask = ulong.MaxValue << MaximumMaskShift;

    /// <summary>The pointer form.</summary>
    /// <param name="headAddress">Virtual address of the head struct page.</param>
    public static ulong TailOf(ulong headAddress) => headAddress | TailBit;

    /// <summary>The mask form.</summary>
    /// <param name="order">Order of the compound page.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes, a power of two.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is no power of two (such a kernel uses pointers), or the struct pages of
    /// the order are more than 1 GiB, above which a mask could not be told from a pointer.</exception>
    public static ulong TailMask(int order, int structPageSize)
    {
        if (structPageSize <= 0 || !BitOperations.IsPow2(structPageSize))
        {
            throw new ArgumentOutOfRangeException(nameof(structPageSize), structPageSize, "Masks need struct pages of a power of two.");
        }

        int shift = BitOperations.Log2((uint)structPageSize);
        if ((uint)order > (uint)(MaximumMaskShift - shift))
        {
            throw new ArgumentOutOfRangeException(
                nameof(order), order, $"The order is from 0 to {MaximumMaskShift - shift} with struct pages of {structPageSize} bytes.");
        }

        return (ulong.MaxValue << (order + shift)) | TailBit;
    }

    /// <summary>Whether a tail's word is in the mask form.</summary>
    /// <param name="info">The word of a tail.</param>
    public static bool IsMask(ulong info) => info >= LowestMask;

    /// <summary>Virtual address of the head that a struct page's word leads to, in either form.</summary>
    /// <param name="address">Virtual address of the struct page itself; aligned to its size for the mask form.</param>
    /// <param name="info">Its word.</param>
    /// <returns><paramref name="address"/> if the word is no tail's. It does not see through a fake head.</returns>
    public static ulong Head(ulong address, ulong info)
    {
        if ((info & TailBit) == 0)
        {
            return address;
        }

        return IsMask(info) ? address & info : info & ~TailBit;
    }
}

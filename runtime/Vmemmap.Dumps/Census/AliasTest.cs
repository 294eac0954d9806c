using System.Numerics;
using System.Runtime.CompilerServices;

namespace Vmemmap.Dumps;

/// <summary>How neighbouring last-level entries of a format are compared.</summary>
/// <param name="Compare">Bits that are equal in valid entries of one frame.</param>
/// <param name="Test">Bits of an entry that say whether its address bits are its own frame's.</param>
/// <param name="Expected">What <paramref name="Test"/> then reads.</param>
/// <param name="WritableShift">Moves the bit that decides writing to the top.</param>
/// <param name="WritableKeep">All ones; 0 if no bit decides.</param>
/// <param name="WritableFlip">All ones if the bit takes permission away, or none decides and all is writable.</param>
internal readonly record struct AliasTest(
    ulong Compare, ulong Test, ulong Expected, int WritableShift, ulong WritableKeep, ulong WritableFlip)
{
    /// <summary>The test for a format.</summary>
    public static AliasTest For<TFormat>(TFormat format)
        where TFormat : struct, IPageTableFormat
    {
        // The one bit that decides writing, found by asking the format itself: set in x86 and RISC-V, clear in Arm.
        ulong writableMask = 0;
        bool writableWhenZero = format.IsWritable(0);
        for (int bit = 0; bit < 64; bit++)
        {
            if (format.IsWritable(1UL << bit) != writableWhenZero)
            {
                writableMask |= 1UL << bit;
            }
        }

        // Valid, and not one of a group that shares its address bits: that bit is compared too, so it is the same in a whole run.
        return new AliasTest(
            format.AddressMask | format.ValidMask | format.SharedAddressMask,
            format.ValidMask | format.SharedAddressMask,
            format.ValidMask,
            BitOperations.LeadingZeroCount(writableMask) & 63,
            writableMask != 0 ? ulong.MaxValue : 0,
            writableWhenZero ? ulong.MaxValue : 0);
    }

    /// <summary>Whether two entries agree in what is compared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsEqual(ulong entry, ulong before) => ((entry ^ before) & Compare) == 0;

    /// <summary>Whether the address bits of an entry are its own frame's; the same for all entries that are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MapsOneFrame(ulong entry) => (entry & Test) == Expected;

    /// <summary>Bits of permission as they are, from the bits that were found at the top of entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Permissions(ulong bits) => (bits & WritableKeep) ^ WritableFlip;

    /// <summary>1 if a leaf itself allows writes, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint IsWritable(ulong entry) => (uint)Permissions((entry << WritableShift) >> 63) & 1;
}

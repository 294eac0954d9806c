using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vmemmap.Dumps;

/// <summary>How many entries are compared in a step. All give the same bits.</summary>
internal interface IAliasWidth
{
    /// <summary>Compares up to 64 entries, each with the one before it, which stands before <paramref name="start"/> for the first.</summary>
    /// <param name="test">What is compared.</param>
    /// <param name="start">The first entry.</param>
    /// <param name="count">Entries, 1 to 64.</param>
    /// <param name="top">Bit i: what <see cref="AliasTest.WritableShift"/> moves to the top of entry i. Unspecified from bit
    /// <paramref name="count"/> on.</param>
    /// <returns>Bit i: entry i is equal to the one before, in the bits compared. 0 from bit <paramref name="count"/> on.</returns>
    static abstract ulong Compare(in AliasTest test, ref ulong start, int count, out ulong top);
}

/// <summary>One entry a step.</summary>
internal readonly struct AliasWidth1 : IAliasWidth
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Compare(in AliasTest test, ref ulong start, int count, out ulong top)
    {
        ulong compare = test.Compare;
        int shift = test.WritableShift;
        ulong equal = 0;
        ulong tops = 0;
        ulong before = Unsafe.Add(ref start, -1);
        for (int index = 0; index < count; index++)
        {
            ulong entry = Unsafe.Add(ref start, index);
            equal |= (((entry ^ before) & compare) == 0 ? 1UL : 0) << index;
            tops |= (entry << shift) >> 63 << index;
            before = entry;
        }

        top = tops;
        return equal;
    }
}

/// <summary>Four entries a step.</summary>
internal readonly struct AliasWidth4 : IAliasWidth
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compare(in AliasTest test, ref ulong start, int count, out ulong top)
    {
        if (count < 4)
        {
            return AliasWidth1.Compare(in test, ref start, count, out top);
        }

        Vector256<ulong> compare = Vector256.Create(test.Compare);
        int shift = test.WritableShift;
        ulong equal = 0;
        ulong tops = 0;
        int index = 0;
        for (; index <= count - 16; index += 16)
        {
            ref ulong here = ref Unsafe.Add(ref start, index);
            uint equal16 = Four(ref here, compare, shift, out uint top16);
            equal16 |= Four(ref Unsafe.Add(ref here, 4), compare, shift, out uint bits) << 4;
            top16 |= bits << 4;
            equal16 |= Four(ref Unsafe.Add(ref here, 8), compare, shift, out bits) << 8;
            top16 |= bits << 8;
            equal16 |= Four(ref Unsafe.Add(ref here, 12), compare, shift, out bits) << 12;
            top16 |= bits << 12;
            equal |= (ulong)equal16 << index;
            tops |= (ulong)top16 << index;
        }

        while (index < count)
        {
            // The last step goes back to end with the last entry: what it compares again gives the same bits again.
            index = Math.Min(index, count - 4);
            equal |= (ulong)Four(ref Unsafe.Add(ref start, index), compare, shift, out uint bits) << index;
            tops |= (ulong)bits << index;
            index += 4;
        }

        top = tops;
        return equal;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Four(ref ulong first, Vector256<ulong> compare, int shift, out uint top)
    {
        Vector256<ulong> here = Vector256.LoadUnsafe(ref first);
        top = Vector256.ShiftLeft(here, shift).ExtractMostSignificantBits();
        return Vector256.Equals(here & compare, Vector256.LoadUnsafe(ref Unsafe.Add(ref first, -1)) & compare).ExtractMostSignificantBits();
    }
}

/// <summary>Eight entries a step.</summary>
internal readonly struct AliasWidth8 : IAliasWidth
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compare(in AliasTest test, ref ulong start, int count, out ulong top)
    {
        if (count < 8)
        {
            return AliasWidth1.Compare(in test, ref start, count, out top);
        }

        Vector512<ulong> compare = Vector512.Create(test.Compare);
        int shift = test.WritableShift;
        ulong equal = 0;
        ulong tops = 0;
        for (int index = 0; index < count; index += 8)
        {
            // As in AliasWidth4: the last step ends with the last entry.
            index = Math.Min(index, count - 8);
            ref ulong first = ref Unsafe.Add(ref start, index);
            Vector512<ulong> here = Vector512.LoadUnsafe(ref first);
            Vector512<ulong> before = Vector512.LoadUnsafe(ref Unsafe.Add(ref first, -1));
            tops |= Vector512.ShiftLeft(here, shift).ExtractMostSignificantBits() << index;
            equal |= Vector512.Equals((here ^ before) & compare, Vector512<ulong>.Zero).ExtractMostSignificantBits() << index;
        }

        top = tops;
        return equal;
    }
}

using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.Analyzers.Flow;

/// <summary>The numbers that a type can hold.</summary>
internal static class TypeRanges
{
    /// <summary>Whether values of a type are integers that fit what is followed, and which.</summary>
    public static bool TryOf(ITypeSymbol? type, out Interval range) =>
        TryOfInteger(type is INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying } ? underlying : type, out range);

    /// <summary>The same of a value that comes from elsewhere: an enum of sub-page indexes has one of those that it declares.</summary>
    public static bool TryOfIncoming(ITypeSymbol? type, MarkReader marks, out Interval range) =>
        (type is not null && marks.TrySubpageIndexes(type, out range)) || TryOf(type, out range);

    /// <summary>Bits of the type that holds a range.</summary>
    public static int BitsOf(Interval range)
    {
        if (range.Low == long.MinValue || range.High == long.MaxValue)
        {
            return 64;
        }

        int bits = 1;
        while (1L << bits <= range.High - range.Low)
        {
            bits++;
        }

        return bits;
    }

    private static bool TryOfInteger(ITypeSymbol? type, out Interval range)
    {
        Interval? found = type?.SpecialType switch
        {
            SpecialType.System_SByte => new(sbyte.MinValue, sbyte.MaxValue),
            SpecialType.System_Byte => new(byte.MinValue, byte.MaxValue),
            SpecialType.System_Int16 => new(short.MinValue, short.MaxValue),
            SpecialType.System_UInt16 => new(ushort.MinValue, ushort.MaxValue),
            SpecialType.System_Char => new(char.MinValue, char.MaxValue),
            SpecialType.System_Int32 => new(int.MinValue, int.MaxValue),
            SpecialType.System_UInt32 => new(uint.MinValue, uint.MaxValue),
            SpecialType.System_Int64 or SpecialType.System_IntPtr => Interval.All,
            SpecialType.System_UInt64 or SpecialType.System_UIntPtr => Interval.NotNegative,
            _ => null,
        };
        range = found ?? Interval.All;
        return found is not null;
    }
}

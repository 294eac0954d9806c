using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Vmemmap;

/// <summary>
/// The exceptions of <see cref="IArchitecture.MakeTable"/>, <see cref="IArchitecture.MakeLeaf"/> and their likes for user memory, made
/// out of line so that the code of an entry stays a test and an or. For generated code.
/// </summary>
/// <remarks>All members are pure and may be called from any thread.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class EntryEncodingError
{
    /// <summary>An address that an entry cannot hold.</summary>
    /// <param name="parameter">Name of the parameter.</param>
    /// <param name="address">The physical address.</param>
    /// <param name="alignmentShift">log2 of the bytes that it must be a multiple of.</param>
    /// <param name="physicalAddressBits">Physical address bits that an entry can express.</param>
    /// <returns>
    /// <see cref="ArgumentOutOfRangeException"/> for a bit above the highest, else <see cref="ArgumentException"/> for its alignment.
    /// </returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ArgumentException Address(string parameter, ulong address, int alignmentShift, int physicalAddressBits)
    {
        ulong highest = ulong.MaxValue >> (64 - physicalAddressBits);
        return address > highest
            ? new ArgumentOutOfRangeException(parameter, address, string.Create(
                CultureInfo.InvariantCulture,
                $"Physical address 0x{address:x} has bits above the {physicalAddressBits} of an entry; the highest is 0x{highest:x}."))
            : new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture, $"Physical address 0x{address:x} is not aligned to 0x{1UL << alignmentShift:x} bytes."),
                parameter);
    }

    /// <summary>A level that has no leaf.</summary>
    /// <param name="parameter">Name of the parameter.</param>
    /// <param name="level">0 = root.</param>
    /// <param name="architecture">Canonical name of the architecture.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ArgumentOutOfRangeException NoLeaf(string parameter, int level, string architecture) =>
        new(parameter, level, string.Create(CultureInfo.InvariantCulture, $"{architecture} has no leaf on level {level}; 0 is the root."));

    /// <summary>A level that has leaves and no contiguous groups of them.</summary>
    /// <param name="parameter">Name of the parameter.</param>
    /// <param name="level">0 = root.</param>
    /// <param name="architecture">Canonical name of the architecture.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ArgumentOutOfRangeException NoGroups(string parameter, int level, string architecture) => new(
        parameter,
        level,
        string.Create(CultureInfo.InvariantCulture, $"{architecture} has no contiguous groups on level {level}; 0 is the root."));

    /// <summary>An entry format that does not say what entries of user memory are like.</summary>
    /// <param name="architecture">Canonical name of the architecture.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static NotSupportedException NoUserEntries(string architecture) => new(
        $"{architecture} makes no entries of user memory: its entry format has no userLeaf=. Add it to the <entry> of the table.");

    /// <summary>
    /// An architecture that was generated before entries could be made. Which one is not said: the body of a static interface member
    /// does not know the type that it stands in for.
    /// </summary>
    internal static NotSupportedException Version1() => new(
        "This architecture was generated for contract version 1, which cannot make entries: rebuild the assembly that declares it "
        + "with the current package.");

    /// <summary>An architecture that was generated before entries of user memory could be made.</summary>
    internal static NotSupportedException Version2() => new(
        "This architecture was generated for contract version 2 or 1, which cannot make entries of user memory: rebuild the assembly "
        + "that declares it with the current package.");
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Vmemmap;

/// <summary>Why an address has no translation.</summary>
public enum TranslationFault : byte
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>The address is outside what the root translates (not canonical, or not in the kernel's half).</summary>
    NotCanonical,

    /// <summary>The entry's valid bit is clear.</summary>
    NotPresent,

    /// <summary>The entry is valid and has a pattern that the architecture reserves, such as a block on a level that has none.</summary>
    Reserved,

    /// <summary>The memory that holds the entry is absent, so nothing is known.</summary>
    Absent,

    /// <summary>The table is its own ancestor. Only a walk over a range reports this: one address always ends.</summary>
    Cycle,
}

/// <summary>Where one virtual address leads, or at which level and why it leads nowhere.</summary>
public readonly struct Translation
{
    private const int FaultShift = 8;
    private const int SizeShift = 16;
    private const int WritableShift = 24;
    private const int ContiguousShift = 25;

    // Level, fault, log2 of the size and two flags in one word: a walker stores them at once, and most are its constants.
    private readonly uint _facts;

    /// <summary>Makes the translation of a leaf. For generated walkers.</summary>
    /// <param name="physicalAddress">Physical address of the byte, offset included.</param>
    /// <param name="entryAddress">Physical address of the leaf entry.</param>
    /// <param name="entry">The raw leaf entry.</param>
    /// <param name="level">Level of the leaf, 0 = root.</param>
    /// <param name="sizeShift">log2 of the bytes that the leaf, or its contiguous group, maps.</param>
    /// <param name="writable">Whether a supervisor write is allowed by the leaf and every table above it.</param>
    /// <param name="contiguous">Whether the leaf is part of a contiguous group.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Translation(
        ulong physicalAddress, ulong entryAddress, ulong entry, int level, int sizeShift, bool writable, bool contiguous)
    {
        PhysicalAddress = physicalAddress;
        EntryAddress = entryAddress;
        Entry = entry;
        // A bool that is shifted needs no branch and no second test.
        _facts = (uint)level
            | ((uint)sizeShift << SizeShift)
            | ((uint)Unsafe.BitCast<bool, byte>(writable) << WritableShift)
            | ((uint)Unsafe.BitCast<bool, byte>(contiguous) << ContiguousShift);
    }

    private Translation(TranslationFault fault, int level, ulong entryAddress, ulong entry)
    {
        _facts = (uint)level | ((uint)fault << FaultShift);
        EntryAddress = entryAddress;
        Entry = entry;
    }

    /// <summary>Physical address, offset included; 0 on a fault.</summary>
    public ulong PhysicalAddress { get; }

    /// <summary>The leaf entry, or the entry at which the walk ended; 0 if it is absent.</summary>
    public ulong Entry { get; }

    /// <summary>Physical address of <see cref="Entry"/>; 0 for <see cref="TranslationFault.NotCanonical"/>.</summary>
    public ulong EntryAddress { get; }

    /// <summary>Level of <see cref="Entry"/>, 0 = root.</summary>
    public byte Level => (byte)_facts;

    /// <summary>Why there is no translation, or <see cref="TranslationFault.None"/>.</summary>
    public TranslationFault Fault => (TranslationFault)(byte)(_facts >> FaultShift);

    /// <summary>Bytes that the leaf maps, or its whole contiguous group; 0 on a fault.</summary>
    public ulong Size => Fault == TranslationFault.None ? 1UL << (byte)(_facts >> SizeShift) : 0;

    /// <summary>Whether a supervisor write is allowed by the leaf and by every table entry above it.</summary>
    public bool IsWritable => (_facts & (1u << WritableShift)) != 0;

    /// <summary>Whether the leaf is one of a contiguous group (Arm contiguous bit, RISC-V Svnapot).</summary>
    public bool IsContiguous => (_facts & (1u << ContiguousShift)) != 0;

    /// <summary>Makes a fault. For generated walkers, which keep it off their straight path.</summary>
    /// <param name="translation">The fault.</param>
    /// <param name="fault">Why.</param>
    /// <param name="level">Level of the entry, 0 = root.</param>
    /// <param name="entryAddress">Physical address of the entry.</param>
    /// <param name="entry">The raw entry, 0 if it is absent.</param>
    /// <returns>Always false.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool FaultAt(
        [NotNull] out Translation translation, TranslationFault fault, int level, ulong entryAddress, ulong entry)
    {
        translation = new Translation(fault, level, entryAddress, entry);
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Fault == TranslationFault.None
        ? string.Create(CultureInfo.InvariantCulture, $"0x{PhysicalAddress:x} (level {Level}, {Size} bytes, {(IsWritable ? "writable" : "read-only")})")
        : string.Create(CultureInfo.InvariantCulture, $"{Fault} at level {Level}: entry 0x{Entry:x} at 0x{EntryAddress:x}");
}

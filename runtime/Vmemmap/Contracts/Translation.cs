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
    private const byte WritableFlag = 1;
    private const byte ContiguousFlag = 2;

    private readonly byte _sizeShift;
    private readonly byte _flags;

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
        Level = (byte)level;
        _sizeShift = (byte)sizeShift;
        _flags = (byte)((writable ? WritableFlag : 0) | (contiguous ? ContiguousFlag : 0));
        Fault = TranslationFault.None;
    }

    private Translation(TranslationFault fault, int level, ulong entryAddress, ulong entry)
    {
        Fault = fault;
        Level = (byte)level;
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
    public byte Level { get; }

    /// <summary>Why there is no translation, or <see cref="TranslationFault.None"/>.</summary>
    public TranslationFault Fault { get; }

    /// <summary>Bytes that the leaf maps, or its whole contiguous group; 0 on a fault.</summary>
    public ulong Size => Fault == TranslationFault.None ? 1UL << _sizeShift : 0;

    /// <summary>Whether a supervisor write is allowed by the leaf and by every table entry above it.</summary>
    public bool IsWritable => (_flags & WritableFlag) != 0;

    /// <summary>Whether the leaf is one of a contiguous group (Arm contiguous bit, RISC-V Svnapot).</summary>
    public bool IsContiguous => (_flags & ContiguousFlag) != 0;

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

namespace Vmemmap.Devmap;

/// <summary>What became of a memory error in a device.</summary>
public enum DaxMemoryFailureKind : byte
{
    /// <summary>The frame is not the device's (get_dev_pagemap finds nothing).</summary>
    NotOfDevice,

    /// <summary>It describes the device or holds its struct pages: -ENXIO.</summary>
    NotRecoverable,

    /// <summary>Its head is marked; no file has mapped it.</summary>
    NotMapped,

    /// <summary>Its head is marked, and the part of the file that it backs is unmapped.</summary>
    Unmapped,
}

/// <summary>How a memory error in a device was handled.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Head">First frame of its compound page; the frame itself with base pages.</param>
/// <param name="FileOffset">First byte of the file that is unmapped.</param>
/// <param name="Bytes">Bytes that are.</param>
public readonly record struct DaxMemoryFailure(DaxMemoryFailureKind Kind, ulong Head, ulong FileOffset, ulong Bytes);

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Vmemmap.Dumps;

/// <summary>
/// Memory with some bits of every entry cleared. AMD's memory encryption puts a bit of its own into the address of every entry,
/// which VMCOREINFO names as NUMBER(sme_mask) (Linux 6.12 arch/x86/kernel/vmcore_info_64.c) and no walker may take for an address.
/// </summary>
/// <typeparam name="TMemory">The memory.</typeparam>
/// <param name="inner">The memory.</param>
/// <param name="mask">The bits to clear.</param>
public readonly struct MaskedMemory<TMemory>(TMemory inner, ulong mask) : IPhysicalMemory
    where TMemory : struct, IPhysicalMemory
{
    private readonly TMemory _inner = inner;
    private readonly ulong _kept = ~mask;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadEntry(ulong address, out ulong entry)
    {
        bool there = _inner.TryReadEntry(address, out entry);
        entry &= _kept;
        return there;
    }

    /// <inheritdoc/>
    /// <remarks>Always copies to <paramref name="scratch"/>.</remarks>
    public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
    {
        TableRead read = _inner.ReadTable(address, scratch, out ReadOnlySpan<ulong> unmasked);
        // The memory may have handed out the scratch itself: reading and writing at the same index allows that.
        Mask(unmasked.Slice(read.Start, read.Length), scratch.Slice(read.Start, read.Length), _kept);
        table = scratch;
        return read;
    }

    private static void Mask(ReadOnlySpan<ulong> from, Span<ulong> to, ulong kept)
    {
        int i = 0;
        var keptVector = new Vector<ulong>(kept);
        for (; i <= from.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
        {
            (new Vector<ulong>(from[i..]) & keptVector).CopyTo(to[i..]);
        }

        for (; i < from.Length; i++)
        {
            to[i] = from[i] & kept;
        }
    }
}

namespace Vmemmap.Benchmarks.Memory;

/// <summary>The bits that a kernel sets besides the address.</summary>
/// <param name="TableBits">In a table entry.</param>
/// <param name="PageBits">In the leaf of a read-only page.</param>
/// <param name="WritableSet">Set where a page is writable.</param>
/// <param name="WritableClear">Clear where a page is writable.</param>
internal readonly record struct EntryBits(ulong TableBits, ulong PageBits, ulong WritableSet, ulong WritableClear)
{
    /// <summary>x86-64: present, accessed, dirty; tables writable.</summary>
    public static EntryBits X64 => new(0x63, 0x61, 0x2, 0);

    /// <summary>arm64: valid, table or page, accessed, inner shareable.</summary>
    public static EntryBits Arm64 => new(0x3, 0x703 | 0x80, 0, 0x80);

    /// <summary>A table entry.</summary>
    public ulong Table(ulong address) => address | TableBits;

    /// <summary>A leaf of the last level.</summary>
    public ulong Page(ulong frame, bool writable) => frame | (writable ? (PageBits | WritableSet) & ~WritableClear : PageBits);
}

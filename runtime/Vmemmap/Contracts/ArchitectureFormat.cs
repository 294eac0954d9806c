namespace Vmemmap;

/// <summary>A generated architecture as a value: every member forwards to <typeparamref name="TArch"/> and folds.</summary>
/// <typeparam name="TArch">The generated architecture.</typeparam>
public readonly struct ArchitectureFormat<TArch> : IPageTableFormat
    where TArch : struct, IArchitecture
{
    /// <inheritdoc/>
    public int PageShift => TArch.PageShift;

    /// <inheritdoc/>
    public int LevelCount => TArch.LevelCount;

    /// <inheritdoc/>
    public ulong ValidMask => TArch.ValidMask;

    /// <inheritdoc/>
    public ulong AddressMask => TArch.AddressMask;

    /// <inheritdoc/>
    public ulong SharedAddressMask => TArch.SharedAddressMask;

    /// <inheritdoc/>
    public int LevelShift(int level) => TArch.LevelShift(level);

    /// <inheritdoc/>
    public int LevelIndexBits(int level) => TArch.LevelIndexBits(level);

    /// <inheritdoc/>
    public bool IsCanonical(ulong virtualAddress) => TArch.IsCanonical(virtualAddress);

    /// <inheritdoc/>
    public EntryKind Classify(int level, ulong entry) => TArch.Classify(level, entry);

    /// <inheritdoc/>
    public ulong TableAddress(ulong entry) => TArch.TableAddress(entry);

    /// <inheritdoc/>
    public ulong PhysicalAddress(int level, ulong entry, ulong virtualAddress) => TArch.PhysicalAddress(level, entry, virtualAddress);

    /// <inheritdoc/>
    public int LeafSizeShift(int level, ulong entry) => TArch.LeafSizeShift(level, entry);

    /// <inheritdoc/>
    public bool IsWritable(ulong entry) => TArch.IsWritable(entry);

    /// <inheritdoc/>
    public bool TableAllowsWrite(ulong entry) => TArch.TableAllowsWrite(entry);

    /// <inheritdoc/>
    public bool TryTranslate<TMemory>(in TMemory memory, ulong root, ulong virtualAddress, out Translation translation)
        where TMemory : struct, IPhysicalMemory, allows ref struct =>
        TArch.TryTranslate(in memory, root, virtualAddress, out translation);
}

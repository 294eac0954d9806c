namespace Vmemmap;

/// <summary>
/// A page-table architecture as a value, so that algorithms over tables serve the generated architectures
/// (<see cref="ArchitectureFormat{TArch}"/>, an empty struct whose members fold to constants) and those loaded from a table at run
/// time (<c>TableFormat</c>) with one source.
/// </summary>
/// <remarks>The members mean what those of <see cref="IArchitecture"/> mean.</remarks>
public interface IPageTableFormat
{
    /// <inheritdoc cref="IArchitecture.PageShift"/>
    int PageShift { get; }

    /// <inheritdoc cref="IArchitecture.LevelCount"/>
    int LevelCount { get; }

    /// <inheritdoc cref="IArchitecture.ValidMask"/>
    ulong ValidMask { get; }

    /// <inheritdoc cref="IArchitecture.AddressMask"/>
    ulong AddressMask { get; }

    /// <inheritdoc cref="IArchitecture.SharedAddressMask"/>
    ulong SharedAddressMask { get; }

    /// <inheritdoc cref="IArchitecture.LevelShift"/>
    int LevelShift(int level);

    /// <inheritdoc cref="IArchitecture.LevelIndexBits"/>
    int LevelIndexBits(int level);

    /// <inheritdoc cref="IArchitecture.IsCanonical"/>
    bool IsCanonical(ulong virtualAddress);

    /// <inheritdoc cref="IArchitecture.Classify"/>
    EntryKind Classify(int level, ulong entry);

    /// <inheritdoc cref="IArchitecture.TableAddress"/>
    ulong TableAddress(ulong entry);

    /// <inheritdoc cref="IArchitecture.PhysicalAddress"/>
    ulong PhysicalAddress(int level, ulong entry, ulong virtualAddress);

    /// <inheritdoc cref="IArchitecture.LeafSizeShift"/>
    int LeafSizeShift(int level, ulong entry);

    /// <inheritdoc cref="IArchitecture.IsWritable"/>
    bool IsWritable(ulong entry);

    /// <inheritdoc cref="IArchitecture.TableAllowsWrite"/>
    bool TableAllowsWrite(ulong entry);

    /// <inheritdoc cref="IArchitecture.TryTranslate"/>
    bool TryTranslate<TMemory>(in TMemory memory, ulong root, ulong virtualAddress, out Translation translation)
        where TMemory : struct, IPhysicalMemory, allows ref struct;
}

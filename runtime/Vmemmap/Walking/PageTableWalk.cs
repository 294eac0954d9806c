using System.Buffers;

namespace Vmemmap;

/// <summary>Walks the tables under a range of virtual addresses, a table at a time.</summary>
/// <remarks>
/// Written once for every architecture: over <see cref="ArchitectureFormat{TArch}"/> the JIT folds shifts and masks to constants.
/// A table reached by several entries is visited for each of them, as the hardware would; a table that is its own ancestor is
/// reported and not entered.
/// </remarks>
public static class PageTableWalk
{
    // A table of levels may have as many as there are index bits.
    private const int MaximumLevels = 64;

    /// <summary>Visits everything that is mapped, or not, from one address to another.</summary>
    /// <typeparam name="TFormat">The page-table format.</typeparam>
    /// <typeparam name="TMemory">The memory that holds the tables.</typeparam>
    /// <typeparam name="TVisitor">The visitor.</typeparam>
    /// <param name="format">The page-table format.</param>
    /// <param name="memory">The memory that holds the tables.</param>
    /// <param name="root">Physical address of the root table.</param>
    /// <param name="first">First virtual address. Rounded down to a base page.</param>
    /// <param name="last">Last virtual address, inclusive. Rounded up to the end of its base page.</param>
    /// <param name="visitor">The visitor.</param>
    /// <returns>False if the visitor ended the walk.</returns>
    /// <exception cref="ArgumentException">The root does not translate the range, or the range is empty.</exception>
    public static bool Walk<TFormat, TMemory, TVisitor>(
        TFormat format, in TMemory memory, ulong root, ulong first, ulong last, ref TVisitor visitor)
        where TFormat : struct, IPageTableFormat
        where TMemory : struct, IPhysicalMemory, allows ref struct
        where TVisitor : struct, IPageTableVisitor, allows ref struct
    {
        if (first > last || !format.IsCanonical(first) || !format.IsCanonical(last) || (first ^ last) >> 63 != 0)
        {
            throw new ArgumentException($"The range 0x{first:x} to 0x{last:x} is not within one half of the address space.", nameof(first));
        }

        ulong pageMask = (1UL << format.PageShift) - 1;
        int largestTable = 0;
        for (int level = 0; level < format.LevelCount; level++)
        {
            largestTable = Math.Max(largestTable, 1 << format.LevelIndexBits(level));
        }

        ulong[] scratch = ArrayPool<ulong>.Shared.Rent(largestTable * format.LevelCount);
        try
        {
            Span<ulong> ancestors = stackalloc ulong[MaximumLevels];
            return WalkTable(
                format, in memory, new Place(0, root, true), first & ~pageMask, last | pageMask, ancestors, scratch, largestTable, ref visitor);
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(scratch);
        }
    }

    private static bool WalkTable<TFormat, TMemory, TVisitor>(
        TFormat format,
        in TMemory memory,
        Place place,
        ulong first,
        ulong last,
        scoped Span<ulong> ancestors,
        Span<ulong> scratch,
        int scratchPerLevel,
        ref TVisitor visitor)
        where TFormat : struct, IPageTableFormat
        where TMemory : struct, IPhysicalMemory, allows ref struct
        where TVisitor : struct, IPageTableVisitor, allows ref struct
    {
        int shift = format.LevelShift(place.Level);
        ulong indexMask = (1UL << format.LevelIndexBits(place.Level)) - 1;
        int index = (int)((first >> shift) & indexMask);
        int lastIndex = (int)((last >> shift) & indexMask);
        ulong address = first & ~((1UL << shift) - 1);
        Span<ulong> own = scratch[..scratchPerLevel];
        ancestors[place.Level] = place.Table;

        while (index <= lastIndex)
        {
            int wanted = lastIndex - index + 1;
            ulong entryAddress = place.Table + ((ulong)index * sizeof(ulong));
            TableRead read = memory.ReadTable(entryAddress, own[..wanted], out ReadOnlySpan<ulong> entries);
            int skipped = read.IsAbsent ? wanted : read.Start;
            if (skipped > 0)
            {
                var fault = new WalkFault(TranslationFault.Absent, place.Level, address, (ulong)skipped << shift, entryAddress, 0);
                if (!visitor.VisitFault(in fault))
                {
                    return false;
                }
            }

            if (!read.IsAbsent)
            {
                entries = entries.Slice(read.Start, read.Length);
                ulong runAddress = address + ((ulong)skipped << shift);
                ulong runEntryAddress = entryAddress + ((ulong)skipped * sizeof(ulong));
                bool more = place.Level == format.LevelCount - 1
                    ? visitor.VisitPages(runAddress, runEntryAddress, entries, place.Writable)
                    : WalkEntries(
                        format, in memory, place, runAddress, runEntryAddress, entries, first, last, ancestors, scratch, scratchPerLevel, ref visitor);
                if (!more)
                {
                    return false;
                }
            }

            int done = skipped + read.Length;
            index += done;
            address += (ulong)done << shift;
        }

        return true;
    }

    private static bool WalkEntries<TFormat, TMemory, TVisitor>(
        TFormat format,
        in TMemory memory,
        Place place,
        ulong address,
        ulong entryAddress,
        ReadOnlySpan<ulong> entries,
        ulong first,
        ulong last,
        scoped Span<ulong> ancestors,
        Span<ulong> scratch,
        int scratchPerLevel,
        ref TVisitor visitor)
        where TFormat : struct, IPageTableFormat
        where TMemory : struct, IPhysicalMemory, allows ref struct
        where TVisitor : struct, IPageTableVisitor, allows ref struct
    {
        int shift = format.LevelShift(place.Level);
        int index = 0;
        while (index < entries.Length)
        {
            ulong here = address + ((ulong)index << shift);
            ulong hereEntry = entryAddress + ((ulong)index * sizeof(ulong));
            ulong entry = entries[index];
            EntryKind kind = format.Classify(place.Level, entry);
            int run = 1;
            bool more;
            switch (kind)
            {
                case EntryKind.Table:
                    ulong child = format.TableAddress(entry);
                    if (ancestors[..(place.Level + 1)].Contains(child))
                    {
                        var cycle = new WalkFault(TranslationFault.Cycle, place.Level, here, 1UL << shift, hereEntry, entry);
                        more = visitor.VisitFault(in cycle);
                        break;
                    }

                    more = WalkTable(
                        format,
                        in memory,
                        new Place(place.Level + 1, child, place.Writable && format.TableAllowsWrite(entry)),
                        Math.Max(first, here),
                        Math.Min(last, here + (1UL << shift) - 1),
                        ancestors,
                        scratch[scratchPerLevel..],
                        scratchPerLevel,
                        ref visitor);
                    break;

                case EntryKind.Leaf:
                    run = RunLength(format, place.Level, entries, index, kind);
                    more = visitor.VisitBlocks(place.Level, here, hereEntry, entries.Slice(index, run), place.Writable);
                    break;

                case EntryKind.NotPresent:
                    run = RunLength(format, place.Level, entries, index, kind);
                    more = visitor.VisitHole(place.Level, here, (ulong)run << shift);
                    break;

                default:
                    var reserved = new WalkFault(TranslationFault.Reserved, place.Level, here, 1UL << shift, hereEntry, entry);
                    more = visitor.VisitFault(in reserved);
                    break;
            }

            if (!more)
            {
                return false;
            }

            index += run;
        }

        return true;
    }

    private static int RunLength<TFormat>(TFormat format, int level, ReadOnlySpan<ulong> entries, int index, EntryKind kind)
        where TFormat : struct, IPageTableFormat
    {
        if (entries[index] == 0)
        {
            // Upper tables are mostly empty: leave the zeros to the vectorised search.
            int zeros = entries[index..].IndexOfAnyExcept(0UL);
            return zeros < 0 ? entries.Length - index : zeros;
        }

        int end = index + 1;
        while (end < entries.Length && format.Classify(level, entries[end]) == kind)
        {
            end++;
        }

        return end - index;
    }

    /// <summary>The table being walked.</summary>
    private readonly record struct Place(int Level, ulong Table, bool Writable);
}

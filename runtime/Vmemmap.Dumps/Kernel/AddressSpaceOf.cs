namespace Vmemmap.Dumps;

/// <summary><see cref="AddressSpace"/> over one format, so that everything below it is direct calls.</summary>
/// <typeparam name="TFormat">The page-table format.</typeparam>
/// <typeparam name="TMemory">The memory as the page tables are read from it.</typeparam>
internal sealed class AddressSpaceOf<TFormat, TMemory>(Architecture architecture, TFormat format, TMemory tables, PhysicalImage image, ulong root)
    : AddressSpace
    where TFormat : struct, IPageTableFormat
    where TMemory : struct, IPhysicalMemory
{
    private VmemmapMap<TFormat, TMemory>? _map;

    public TFormat Format => format;

    public override bool TryTranslate(ulong address, out Translation translation) =>
        format.TryTranslate(in tables, root, address, out translation);

    public override bool TryRead(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (!TryTranslate(address, out Translation translation))
            {
                return false;
            }

            int inPage = (int)Math.Min((1UL << format.PageShift) - (address & ((1UL << format.PageShift) - 1)), (ulong)destination.Length);
            if (!image.TryRead(translation.PhysicalAddress, destination[..inPage]))
            {
                return false;
            }

            destination = destination[inPage..];
            address += (ulong)inPage;
        }

        return true;
    }

    public override IReadOnlyList<TraceStep> Trace(ulong address)
    {
        var steps = new List<TraceStep>();
        if (!format.IsCanonical(address))
        {
            return steps;
        }

        ulong table = root;
        for (int level = 0; level < format.LevelCount; level++)
        {
            int index = (int)((address >> format.LevelShift(level)) & ((1UL << format.LevelIndexBits(level)) - 1));
            ulong entryAddress = table + ((ulong)index * sizeof(ulong));
            string name = architecture.Levels[level].Name;
            if (!tables.TryReadEntry(entryAddress, out ulong entry))
            {
                steps.Add(new TraceStep(level, name, index, entryAddress, null, null));
                break;
            }

            // Shown as it is in memory, an encryption bit included.
            EntryKind kind = format.Classify(level, entry);
            steps.Add(new TraceStep(level, name, index, entryAddress, image.TryReadEntry(entryAddress, out ulong raw) ? raw : entry, kind));
            if (kind != EntryKind.Table)
            {
                break;
            }

            table = format.TableAddress(entry);
        }

        return steps;
    }

    public override CensusResult TakeCensus(KernelImage kernel, IProgress<ImageProgress>? progress) =>
        new Census<TFormat, TMemory>(kernel, this, image, progress).Take(MapOf(kernel));

    public override Slot[] ReadSlots(KernelImage kernel, ulong first, int count)
    {
        var slots = new Slot[count];
        MapOf(kernel).ReadSlots(first, slots);
        return slots;
    }

    public override (IReadOnlyList<ulong> First, long Count) FindPagesOf(KernelImage kernel, ulong frame, int limit) =>
        MapOf(kernel).FindPagesOf(frame, limit);

    /// <summary>Walks vmemmap once, and refuses when nothing of it can be seen.</summary>
    private VmemmapMap<TFormat, TMemory> MapOf(KernelImage kernel)
    {
        if (_map is not null)
        {
            return _map;
        }

        VmemmapMap<TFormat, TMemory> map = VmemmapMap<TFormat, TMemory>.Build(
            format, tables, root, kernel.Vmemmap.First, kernel.Vmemmap.Last, WalkBudget.For(image.PresentBytes), kernel.MayHoldStructPages);
        if (map.IsTruncated)
        {
            throw new ImageFormatException(
                kernel.Path,
                $"the page tables under the root at 0x{root:x} describe more vmemmap than an image of {image.PresentBytes} bytes can hold; they are corrupt, or the root is wrong");
        }

        if (map.Extents.Count == 0)
        {
            string range = $"vmemmap (0x{kernel.Vmemmap.First:x} to 0x{kernel.Vmemmap.Last:x})";
            throw new ImageFormatException(
                kernel.Path,
                map.Faults.Count > 0
                    ? $"nothing of {range} can be walked: {FaultText.Of(map.Faults[0], architecture)}; take a dump that keeps the kernel's page tables"
                    : $"nothing of {range} is mapped under the root at 0x{root:x}; the root or vmemmap's address is wrong");
        }

        return _map = map;
    }
}

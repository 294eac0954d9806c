using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// Finds the huge pages whose struct pages are in a frame, or are reached through it: by a walk over all page tables of vmemmap, and by struct pages alone, so
/// that it does not matter which pool they are of. In a read section.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal readonly ref struct VmemmapFrameUsers<TArch, TLayout>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, ulong smallestHugePage)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly SortedSet<ulong> _heads = [];

    /// <summary>Finds them.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="heads">First frames of the huge pages, in ascending order.</param>
    /// <returns>What the frame is: <see cref="MemoryFailureKind.PageTable"/>, <see cref="MemoryFailureKind.VmemmapFrame"/> or <see cref="MemoryFailureKind.Other"/>.</returns>
    public MemoryFailureKind Find(ulong frame, out List<ulong> heads)
    {
        MemoryFailureKind kind = MemoryFailureKind.Other;
        Walk(vmemmap.Machine.PageTables.Root, 0, 0, frame, ref kind);
        heads = [.. _heads];
        return kind;
    }

    private void Walk(ulong table, int level, ulong tableAddress, ulong frame, ref MemoryFailureKind kind)
    {
        bool isTable = table >> TArch.PageShift == frame;
        if (isTable)
        {
            kind = MemoryFailureKind.PageTable;
        }

        ulong reach = 1UL << TArch.LevelShift(level);
        int entries = 1 << TArch.LevelIndexBits(level);
        for (int i = 0; i < entries; i++)
        {
            ulong entry = vmemmap.Machine.Memory.ReadWord(table + ((ulong)i * sizeof(ulong)));
            EntryKind entryKind = TArch.Classify(level, entry);
            ulong address = Canonical(level, tableAddress, (ulong)i);
            if (entryKind == EntryKind.Table)
            {
                if (isTable)
                {
                    AddAll(address, reach);
                }
                else
                {
                    Walk(TArch.TableAddress(entry), level + 1, address, frame, ref kind);
                }
            }
            else if (entryKind == EntryKind.Leaf)
            {
                ulong first = TArch.PhysicalAddress(level, entry, address) >> TArch.PageShift;
                if (isTable)
                {
                    AddAll(address, reach);
                }
                else if (frame >= first && frame - first < reach >> TArch.PageShift)
                {
                    kind = MemoryFailureKind.VmemmapFrame;
                    AddAll(address + ((frame - first) << TArch.PageShift), 1UL << TArch.PageShift);
                }
            }
        }
    }

    // vmemmap is in the upper half: the bits above the root's index are set.
    private static ulong Canonical(int level, ulong tableAddress, ulong index)
    {
        ulong address = tableAddress + (index << TArch.LevelShift(level));
        return level == 0 ? address | (ulong.MaxValue << (TArch.LevelShift(0) + TArch.LevelIndexBits(0))) : address;
    }

    /// <summary>Adds the huge pages that have struct pages in a range of addresses.</summary>
    private void AddAll(ulong address, ulong bytes)
    {
        VmemmapRegion region = vmemmap.Machine.Vmemmap;
        if (address < region.Start)
        {
            bytes = address + bytes > region.Start ? address + bytes - region.Start : 0;
            address = region.Start;
        }

        if (bytes == 0)
        {
            return;
        }

        // A struct page may begin in the page before.
        ulong pfn = region.PfnOf(address);
        ulong last = region.PfnOf(address + bytes - 1);
        while (pfn <= last)
        {
            ulong next = (pfn | (smallestHugePage - 1)) + 1;
            if (!vmemmap.Machine.Sections.IsOnline(pfn))
            {
                ulong sectionEnd = (pfn | (vmemmap.Machine.Sections.PageCount - 1)) + 1;
                if (sectionEnd >> vmemmap.Machine.Sections.PagesShift >= (ulong)vmemmap.Machine.Sections.Count)
                {
                    break;
                }

                next = sectionEnd;
            }
            else if (TLayout.TryCompoundHead(vmemmap, cpu, pfn, out ulong head) == AccessResult.Done
                && new FolioHead<TArch>(cpu, head).IsHugeTlb)
            {
                _heads.Add(head);
                byte order = cpu.ReadStructPage(head + 1).FolioOrder;
                next = Math.Max(next, head + (1UL << order));
            }

            pfn = next;
        }
    }
}

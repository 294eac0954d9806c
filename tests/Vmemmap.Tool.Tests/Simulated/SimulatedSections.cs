using System.Globalization;
using Vmemmap.Simulation;
using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Simulated;

/// <summary>
/// mem_section of a simulated machine, which has no such array in its memory: written into frames above the machine's, and mapped in the image's copy of
/// its page tables, one root entry below vmemmap.
/// </summary>
/// <param name="machine">The machine.</param>
/// <param name="memory">The image of its memory.</param>
internal sealed class SimulatedSections<TArch>(Machine<TArch> machine, PhysicalMemory memory)
    where TArch : struct, IArchitecture
{
    // Bits of section_mem_map (include/linux/mmzone.h): present, has a map, online, early.
    private const ulong Device = 0b0011;
    private const ulong HotAdded = 0b0111;
    private const ulong Boot = 0b1111;
    private const int EntrySize = 32;
    private const int PhysicalBits = 40;

    private readonly ulong _address = machine.Vmemmap.Start - (1UL << TArch.LevelShift(0));
    private ulong _next = machine.Memory.FrameCount << TArch.PageShift;
    private ulong _mapped;

    /// <summary>Writes it.</summary>
    /// <returns>The lines of VMCOREINFO that lead to it.</returns>
    internal IReadOnlyList<string> Write()
    {
        int shift = machine.Sections.PagesShift + TArch.PageShift;
        ulong perRoot = (1UL << TArch.PageShift) / EntrySize;
        ulong roots = ((1UL << (PhysicalBits - shift)) + perRoot - 1) / perRoot;
        Assert.True(roots * 8 <= 1UL << TArch.PageShift);
        ulong array = Map(out _);
        for (ulong root = 0; root * perRoot < (ulong)machine.Sections.Count; root++)
        {
            ulong page = Map(out ulong address);
            memory.Write64(array + (root * 8), address);
            for (ulong i = 0; i < perRoot && (root * perRoot) + i < (ulong)machine.Sections.Count; i++)
            {
                Section section = machine.Sections[(int)((root * perRoot) + i)];
                ulong flags = section.State switch
                {
                    SectionState.Absent => 0,
                    SectionState.Online => section.IsEarly ? Boot : HotAdded,
                    _ => Device,
                };
                memory.Write64(page + (i * EntrySize), flags == 0 ? 0 : machine.Vmemmap.Start | flags);
            }
        }

        return
        [
            $"SYMBOL(mem_section)={_address:x}",
            string.Create(CultureInfo.InvariantCulture, $"LENGTH(mem_section)={roots}"),
            string.Create(CultureInfo.InvariantCulture, $"SIZE(mem_section)={EntrySize}"),
            "OFFSET(mem_section.section_mem_map)=0",
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(SECTION_SIZE_BITS)={shift}"),
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(MAX_PHYSMEM_BITS)={PhysicalBits}"),
        ];
    }

    // A frame of its own, mapped behind those before it.
    private ulong Map(out ulong address)
    {
        address = _address + (_mapped++ << TArch.PageShift);
        ulong table = machine.PageTables.Root;
        for (int level = 0; ; level++)
        {
            ulong index = (address >> TArch.LevelShift(level)) & ((1UL << TArch.LevelIndexBits(level)) - 1);
            ulong entryAddress = table + (index * 8);
            if (level == TArch.LevelCount - 1)
            {
                ulong frame = Take();
                memory.Write64(entryAddress, TArch.MakeLeaf(level, frame, writable: true));
                return frame;
            }

            ulong entry = memory.Read64(entryAddress) ?? 0;
            if (TArch.Classify(level, entry) == EntryKind.NotPresent)
            {
                entry = TArch.MakeTable(Take());
                memory.Write64(entryAddress, entry);
            }

            table = TArch.TableAddress(entry);
        }
    }

    private ulong Take()
    {
        ulong frame = _next;
        _next += 1UL << TArch.PageShift;
        memory.Include(frame);
        return frame;
    }
}

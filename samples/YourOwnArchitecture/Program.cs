// An architecture that this project adds by a file, arm64-va42.pagetables.xml: the generator makes the type Arm64K4Va42 of it.
using Vmemmap;
using YourOwnArchitecture;

Console.WriteLine($"{Arm64K4Va42.Name}: {Arm64K4Va42.LevelCount} levels, {1 << Arm64K4Va42.LevelIndexBits(0)} entries in the root, {Arm64K4Va42.VirtualAddressBits} bits");
foreach (Hstate hstate in Arm64K4Va42.Hstates)
{
    Console.WriteLine($"{hstate.Name}: {hstate.StructPages} struct pages, {hstate.FreedPages(VmemmapLayout.ReserveOne, 64)} pages of vmemmap freed by reserve-one");
}

// Four tables, one after the other, that map one address by a page and one by a block.
const ulong Page = 4096;
const ulong Mapped = 0xffff_fe80_4060_3000;
const ulong Block = 0xffff_fe80_4080_0000;
var tables = new ulong[4 * 512];
Set(0, 5, Arm64K4Va42.MakeTable(1 * Page));                              // bits 41:39 of both addresses are 5
Set(1, 1, Arm64K4Va42.MakeTable(2 * Page));                              // bits 38:30 are 1
Set(2, 3, Arm64K4Va42.MakeTable(3 * Page));                              // bits 29:21 of the first are 3
Set(2, 4, Arm64K4Va42.MakeLeaf(2, 0x8000_0000, writable: true));         // and of the second 4
Set(3, 3, Arm64K4Va42.MakeLeaf(3, 0x1234_5000, writable: false));        // bits 20:12 of the first are 3

var memory = new TableMemory(tables);
foreach (ulong address in (ulong[])[Mapped + 0xabc, Block + 0x1_2345, Mapped + Page, 0xffff_8000_0000_0000])
{
    Arm64K4Va42.TryTranslate(in memory, root: 0, address, out Translation translation);
    Console.WriteLine($"0x{address:x} -> {translation}");
}

void Set(int table, int index, ulong entry) => tables[(table * 512) + index] = entry;

namespace YourOwnArchitecture
{
    /// <summary>Physical memory from address 0 on, as long as the array; what is beyond is absent.</summary>
    internal readonly struct TableMemory(ulong[] entries) : IPhysicalMemory
    {
        public bool TryReadEntry(ulong address, out ulong entry)
        {
            ulong index = address / sizeof(ulong);
            bool present = index < (ulong)entries.Length;
            entry = present ? entries[index] : 0;
            return present;
        }

        public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
        {
            ulong index = address / sizeof(ulong);
            int present = index < (ulong)entries.Length ? Math.Min(scratch.Length, entries.Length - (int)index) : 0;
            table = entries.AsSpan((int)Math.Min(index, (ulong)entries.Length), present);
            return present == 0 ? TableRead.Absent : TableRead.Present(present);
        }
    }
}

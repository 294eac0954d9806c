using Vmemmap;
using Vmemmap.Simulation;

// One block of 2M at 1 GiB, three tables deep.
var memory = new SparseMemory(X64.PageShift, 16);
memory.WriteWord(0x1000, X64.MakeTable(0x2000));
memory.WriteWord(0x2000, X64.MakeTable(0x3000));
memory.WriteWord(0x3000, X64.MakeLeaf(2, 0x40000000, writable: true));

X64.TryTranslate(memory.View, root: 0x1000, 0x1234, out Translation translation);
Console.WriteLine($"0x{translation.PhysicalAddress:x} {translation.Size} {translation.IsWritable}");
Console.WriteLine(X64.TryTranslate(memory.View, 0x1000, 0x200000, out translation) ? "mapped" : translation.Fault.ToString());
Console.WriteLine(X64.Huge2M.FreedPagesReserveOne);

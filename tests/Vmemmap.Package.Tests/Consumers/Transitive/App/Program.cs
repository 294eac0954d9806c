using System;
using Vmemmap;
using Vmemmap.Simulation;

var memory = new SparseMemory(X64.PageShift, 4);
memory.WriteWord(0x1000, X64.MakeTable(0x2000));
memory.WriteWord(0x2000, X64.MakeLeaf(1, 0, writable: false));
Console.WriteLine(Library.Walker.IsMapped<X64, SparseMemoryView>(memory.View, 0x1000, 0x12345));
Console.WriteLine(Library.Walker.IsMapped<Library.Narrow, SparseMemoryView>(memory.View, 0x2000, 1UL << 33));

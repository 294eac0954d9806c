using System.Reflection;
using Earlier;
using Vmemmap;
using Vmemmap.Simulation;

var memory = new SparseMemory(Narrow.PageShift, 8);
memory.WriteWord(0x2000, Narrow.MakeTable(0x4000));
memory.WriteWord(0x4008, Narrow.MakeLeaf(1, 0x800000, writable: true));
Narrow.TryTranslate(memory.View, 0x2000, 0x812345, out Translation translation);
Console.WriteLine($"0x{translation.PhysicalAddress:x} {Architectures.Of<Narrow>().DefaultHstate.Name}");

// A member that the contract had not when this was compiled.
MethodInfo? later = typeof(Architectures).GetMethod("LaterOf");
Console.WriteLine(later?.MakeGenericMethod(typeof(Narrow)).Invoke(null, null) ?? "the package that this was compiled against");

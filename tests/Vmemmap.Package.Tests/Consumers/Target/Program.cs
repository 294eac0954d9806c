using Vmemmap;
using Vmemmap.Simulation;

// The last page is a kernel's on any architecture. The root has no entry, so the walk ends there.
var memory = new SparseMemory(Target.PageShift, 4);
bool mapped = Target.TryTranslate(memory.View, root: 1UL << Target.PageShift, ulong.MaxValue - Target.PageSize + 1, out Translation translation);
Console.WriteLine($"{Target.Name} {Target.PageSize} {mapped} {translation.Fault} {translation.Level}");
Console.WriteLine($"{TargetHugePage.Size} {TargetHugePage.FreedPagesReserveTwo} {TargetHugePage.FreedPagesReserveOne}");

using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>Which page tables the kernel may have.</summary>
/// <param name="PageShift">log2 of the base page.</param>
/// <param name="VirtualAddressBits">Bits that it was built for.</param>
/// <param name="Candidates">The architectures, the one it was built for first.</param>
/// <param name="Selections">How to tell which.</param>
internal sealed record PageTables(int PageShift, int VirtualAddressBits, CandidateSpec[] Candidates, SelectionSpec[] Selections);

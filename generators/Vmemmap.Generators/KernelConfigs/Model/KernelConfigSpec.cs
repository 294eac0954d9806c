using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.KernelConfigs.Model;

/// <summary>The instruction sets that built-in architectures cover.</summary>
internal enum ArchitectureFamily
{
    X64,
    Arm64,
    RiscV64,
}

/// <summary>The runtime's VmemmapLayout, by the same names.</summary>
internal enum ConfigLayout
{
    None,
    ReserveTwo,
    ReserveOne,
    SharedTail,
}

/// <summary>An architecture that the kernel may run with.</summary>
/// <param name="Name">"arm64-4k-va52".</param>
/// <param name="TypeName">Its type in namespace Vmemmap: "Arm64K4Va52".</param>
/// <param name="When">When the kernel runs with it; empty if it always does.</param>
internal sealed record CandidateSpec(string Name, string TypeName, string When);

/// <summary>A way to tell which candidate a running kernel has.</summary>
/// <param name="Method">"Select", "SelectByT1sz".</param>
/// <param name="Parameter">"virtualAddressBits".</param>
/// <param name="Meaning">What the parameter is and where a running kernel or its image tells it.</param>
/// <param name="Plural">What the numbers are, for messages: "bits of virtual address".</param>
/// <param name="Choices">The numbers that this kernel can have.</param>
internal sealed record SelectionSpec(string Method, string Parameter, string Meaning, string Plural, EquatableArray<ChoiceSpec> Choices);

/// <summary>One number of a <see cref="SelectionSpec"/>.</summary>
/// <param name="Value">The number.</param>
/// <param name="Candidate">Index of the candidate that it means.</param>
internal sealed record ChoiceSpec(int Value, int Candidate);

/// <summary>Whether and how the kernel optimizes the vmemmap of its huge pages.</summary>
/// <param name="IsBuiltIn">The configuration has it.</param>
/// <param name="IsOnAtBoot">It is on unless the command line says otherwise.</param>
/// <param name="Layout">The layout of that release; none before v5.14.</param>
/// <param name="Absence">Why it is not built in; empty if it is.</param>
internal sealed record HvoSpec(bool IsBuiltIn, bool IsOnAtBoot, ConfigLayout Layout, string Absence);

/// <summary>sizeof(struct page), as far as it follows from the configuration.</summary>
/// <param name="Size">Bytes; 0 if it does not follow.</param>
/// <param name="Reason">What it follows from, or why it does not.</param>
internal sealed record StructPageSpec(int Size, string Reason);

/// <summary>A huge page size that the kernel registers.</summary>
/// <param name="SizeShift">log2 of its bytes.</param>
/// <param name="Condition">What the CPU must have besides; empty if nothing.</param>
internal sealed record ConfigHstateSpec(int SizeShift, string Condition);

/// <summary>
/// What a kernel configuration decides. This is the incremental cache boundary: it compares by value, is small, and holds neither text nor positions,
/// so an edit of any other line emits nothing.
/// </summary>
/// <param name="Release">"6.12.117".</param>
/// <param name="Family">The instruction set.</param>
/// <param name="PageShift">log2 of the base page.</param>
/// <param name="VirtualAddressBits">Bits of a virtual address that the kernel was built for; at boot they may become fewer.</param>
/// <param name="Candidates">The architectures that it may run with, the one it was built for first.</param>
/// <param name="Selections">How to tell which; the one by address bits first.</param>
/// <param name="HasHugeTlb">CONFIG_HUGETLB_PAGE.</param>
/// <param name="HasVmemmap">CONFIG_SPARSEMEM_VMEMMAP.</param>
/// <param name="Hvo">The optimization.</param>
/// <param name="StructPage">The size of a struct page.</param>
/// <param name="Hstates">The huge page sizes in the order of registration.</param>
/// <param name="DefaultSizeShift">log2 of the bytes of the default huge page.</param>
internal sealed record KernelConfigSpec(
    string Release,
    ArchitectureFamily Family,
    int PageShift,
    int VirtualAddressBits,
    EquatableArray<CandidateSpec> Candidates,
    EquatableArray<SelectionSpec> Selections,
    bool HasHugeTlb,
    bool HasVmemmap,
    HvoSpec Hvo,
    StructPageSpec StructPage,
    EquatableArray<ConfigHstateSpec> Hstates,
    int DefaultSizeShift);

using Vmemmap.Generators.KernelConfigs.Pipeline;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.KernelConfigs.Model;

/// <summary>A huge page size with its arithmetic done.</summary>
/// <param name="Name">"2M".</param>
/// <param name="Size">Bytes.</param>
/// <param name="Order">log2 of its base pages.</param>
/// <param name="Condition">What the CPU must have besides; empty if nothing.</param>
/// <param name="VmemmapPages">Pages that its struct pages fill; a fraction where they are less than a page; 0 without vmemmap.</param>
/// <param name="FreedPages">Vmemmap pages that an optimized one gives back.</param>
/// <param name="FirstReadOnlyIndex">Index of the first struct page that is an alias; the number of struct pages if there is none.</param>
/// <param name="ReasonForZero">Why nothing is given back; empty if something is.</param>
internal sealed record ResolvedHstate(
    string Name, ulong Size, int Order, string Condition, double VmemmapPages, long FreedPages, long FirstReadOnlyIndex, string ReasonForZero);

/// <summary>A class and its kernel: all that its source depends on.</summary>
/// <param name="Target">The class.</param>
/// <param name="FileName">Last component of the configuration's path.</param>
/// <param name="Spec">What the configuration decides.</param>
/// <param name="Layout">The release's layout, or the given one.</param>
/// <param name="StructPageSize">The derived size, or the given one; 0 if it is unknown.</param>
/// <param name="Hstates">The huge page sizes; their counts are void if the size of a struct page is unknown.</param>
/// <param name="HintName">Name of the source.</param>
internal sealed record ResolvedConfig(
    ConfigTarget Target,
    string FileName,
    KernelConfigSpec Spec,
    ConfigLayout Layout,
    int StructPageSize,
    EquatableArray<ResolvedHstate> Hstates,
    string HintName);

using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Emission;

/// <content>A nested type for each huge page size.</content>
internal sealed partial class ArchitectureEmitter
{
    private void WriteHstate(HstateSpec hstate)
    {
        LevelSpec level = _spec.Levels[hstate.Level];
        string leaves = hstate.ContiguousCount == 1
            ? $"one leaf of {level.Name}"
            : $"{Literal.Int(hstate.ContiguousCount)} leaves of {level.Name} in a contiguous group";
        _writer.Line();
        _writer.Summary($"Huge pages of {hstate.Name}: {leaves}. Counts are for a struct page of 64 bytes.");
        _writer.Line(GeneratedCode);
        _writer.Line(NoCoverage);
        _writer.Open($"public readonly struct {HugePageBinder.TypeName(hstate.Name)} : {Library}IHstate");
        Constant("string", "Name", Literal.Text(hstate.Name), "The size as the kernel's users write it.");
        Constant("ulong", "Size", Literal.Mask(hstate.Size), $"Bytes: {hstate.Name}.");
        Constant("int", "Order", Literal.Int(hstate.Order), "log2 of its base pages.");
        Constant("int", "Level", Literal.Int(hstate.Level), $"Level whose leaves map it: {level.Name}.");
        Constant("int", "ContiguousCount", Literal.Int(hstate.ContiguousCount), "Leaves that map it together.");
        Constant("long", "StructPages", Literal.Long(1L << hstate.Order), "Struct pages, one for each base page.");
        Constant("long", "StructPageBytes", Literal.Long(hstate.StructPageBytes), "Bytes of these.");
        Constant(
            "double", "VmemmapPages", Literal.Double(hstate.VmemmapPages),
            "Vmemmap pages that these fill; a fraction where they are less than a page.");
        Constant(
            "long", "FreedPagesReserveTwo", Literal.Long(hstate.FreedReserveTwo),
            "Vmemmap pages given back by v5.14 to v5.17, which keep two.");
        Constant(
            "long", "FreedPagesReserveOne", Literal.Long(hstate.FreedReserveOne),
            "Vmemmap pages given back by v5.18 to v7.0, which keep one.");
        Constant(
            "long", "FreedPagesSharedTail", Literal.Long(hstate.FreedReserveOne),
            "Vmemmap pages given back by v7.1 on, which keep one and share a tail page.");
        FirstReadOnly(hstate, "ReserveTwo", 2, "v5.14 to v5.17");
        FirstReadOnly(hstate, "ReserveOne", 1, "v5.18 to v7.0");
        FirstReadOnly(hstate, "SharedTail", 1, "v7.1 on");
        _writer.Summary("The size as a value.");
        _writer.Line($"public static {Library}Hstate Value => new {Library}Hstate(Name, Size, Order, Level, ContiguousCount);");
        _writer.Close();
    }

    private void FirstReadOnly(HstateSpec hstate, string layout, int reservedPages, string kernels)
    {
        long structPages = 1L << hstate.Order;
        int structPageSize = (int)(hstate.StructPageBytes >> hstate.Order);
        long index = FirstReadOnlyIndex.Of(1L << _spec.PageShift, structPageSize, hstate.Order, reservedPages);
        Constant(
            "long", "FirstReadOnlyIndex" + layout, Literal.Long(index == FirstReadOnlyIndex.None ? structPages : index),
            $"Index of the first struct page that is an alias ({kernels}); StructPages if there is none.");
    }
}

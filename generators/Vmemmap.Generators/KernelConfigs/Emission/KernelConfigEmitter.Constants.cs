using System.Collections.Generic;
using System.Linq;
using Vmemmap.Generators.Emission;
using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Emission;

/// <content>Constants, lists, and a nested type for each huge page size.</content>
internal sealed partial class KernelConfigEmitter
{
    private void WriteConstants()
    {
        Constant("string", "ConfigFile", Quoted.Literal(_config.FileName), "Name of the configuration file.");
        Constant("string", "KernelRelease", Quoted.Literal(_spec.Release), "The kernel's release, as the configuration's header gives it.");
        Constant("string", "ArchitectureFamily", Quoted.Literal(Family), "The instruction set.");
        Constant("int", "PageShift", Literal.Int(_spec.PageShift), "log2 of the base page.");
        Constant("ulong", "PageSize", Literal.Mask(1UL << _spec.PageShift), $"Bytes of a base page: {Words.Size(_spec.PageShift)}.");
        Constant(
            "int", "VirtualAddressBits", Literal.Int(_spec.VirtualAddressBits),
            "Bits of a virtual address that the kernel was built for" + (_spec.Candidates.Count > 1 ? "; at boot they may become fewer." : "."));
        if (_spec.Candidates.Count == 1)
        {
            Constant("string", "ArchitectureName", Quoted.Literal(_spec.Candidates[0].Name), "The architecture: the configuration leaves no choice to the boot.");
        }

        WriteOptimization();
        if (HasCounts)
        {
            string source = _config.Target.StructPageSize > 0 ? "as the attribute gives it" : "from " + _spec.StructPage.Reason;
            Constant("int", "StructPageSize", Literal.Int(_config.StructPageSize), $"sizeof(struct page) in bytes, {Quoted.Docs(source)}.");
        }
        else
        {
            _writer.Line($"// No StructPageSize and no counts: {_spec.StructPage.Reason}.");
            _writer.Line("// Give it in the attribute: StructPageSize = 80.");
            _writer.Line();
        }

        Constant("bool", "HasHugeTlb", Literal.Bool(_spec.HasHugeTlb), "Whether the kernel has HugeTLB pages: CONFIG_HUGETLB_PAGE.");
        if (_spec.HasHugeTlb)
        {
            Constant("string", "DefaultHstate", Quoted.Literal(SizeText.Format(_spec.DefaultSizeShift)), "The default huge page size, unless default_hugepagesz= says otherwise.");
        }
    }

    private void WriteOptimization()
    {
        HvoSpec hvo = _spec.Hvo;
        Constant("bool", "HasVmemmap", Literal.Bool(_spec.HasVmemmap), "Whether struct pages lie in a vmemmap: CONFIG_SPARSEMEM_VMEMMAP.");
        Constant("bool", "HasHvo", Literal.Bool(hvo.IsBuiltIn), "Whether HVO, the HugeTLB vmemmap optimization, is built in.");
        Constant("bool", "IsHvoOnAtBoot", Literal.Bool(hvo.IsOnAtBoot), "Whether HVO is on unless the command line says otherwise: hugetlb_free_vmemmap=.");
        Constant("string", "HvoAbsence", Quoted.Literal(hvo.Absence), "Why HVO is not built in; empty if it is.");
        string source = _config.Target.Layout != ConfigLayout.None ? "as the attribute gives it" : _config.Layout switch
        {
            ConfigLayout.ReserveTwo => "v5.14 to v5.17",
            ConfigLayout.ReserveOne => "v5.18 to v7.0",
            ConfigLayout.SharedTail => "v7.1 on",
            _ => "before v5.14 there is none",
        };
        Constant(
            $"{Library}VmemmapLayout", "Layout", $"{Library}VmemmapLayout.{_config.Layout}",
            $"What an optimized huge page of that release looks like ({source}), whether or not HVO is built in.");
    }

    private void WriteLists()
    {
        _writer.Summary("The architectures that the kernel may run with, the one that it was built for first.");
        WriteList("Architecture", "Candidates", _spec.Candidates.Select(c => $"{Library}Architectures.Of<{Library}{c.TypeName}>()"));
        if (HasCounts)
        {
            _writer.Summary("The huge page sizes in the order in which the kernel registers them, unless hugepagesz= changes it.");
            WriteList("ConfiguredHstate", "Hstates", _config.Hstates.Select(h =>
                $"new {Library}ConfiguredHstate({Nested(h)}.Name, {Nested(h)}.Size, {Nested(h)}.Order, {Nested(h)}.VmemmapPages, {Nested(h)}.FreedPages, "
                + $"{Nested(h)}.FirstReadOnlyIndex, {Nested(h)}.ReasonForZero)"));
        }
    }

    private void WriteList(string type, string name, IEnumerable<string> items)
    {
        _writer.Open($"public static global::System.Collections.Generic.IReadOnlyList<{Library}{type}> {name} {{ get; }} = global::System.Array.AsReadOnly(new {Library}{type}[]");
        foreach (string item in items)
        {
            _writer.Line(item + ",");
        }

        _writer.Close(");");
        _writer.Line();
    }

    private static string Nested(ResolvedHstate hstate) => "Huge" + hstate.Name;

    private void WriteHstate(ResolvedHstate hstate)
    {
        string condition = hstate.Condition.Length > 0 ? $" Registered only if {hstate.Condition}." : "";
        _writer.Summary($"Huge pages of {hstate.Name}.{condition}");
        _writer.Line(GeneratedCode);
        _writer.Open($"public static class Huge{hstate.Name}");
        Constant("string", "Name", Quoted.Literal(hstate.Name), "The size as the kernel's users write it.");
        Constant("ulong", "Size", Literal.Mask(hstate.Size), $"Bytes: {hstate.Name}.");
        Constant("int", "Order", Literal.Int(hstate.Order), "log2 of its base pages.");
        Constant("long", "StructPages", Literal.Long(1L << hstate.Order), "Struct pages, one for each base page.");
        if (HasCounts)
        {
            Constant(
                "double", "VmemmapPages", Literal.Double(hstate.VmemmapPages),
                _spec.HasVmemmap ? "Vmemmap pages that these fill; a fraction where they are less than a page." : "Vmemmap pages: the kernel has no vmemmap.");
            Constant("long", "FreedPages", Literal.Long(hstate.FreedPages), "Vmemmap pages that an optimized one gives back.");
            Constant("long", "FreedBytes", Literal.Long(hstate.FreedPages << _spec.PageShift), "The same in bytes.");
            Constant(
                "long", "FirstReadOnlyIndex", Literal.Long(hstate.FirstReadOnlyIndex),
                "Index of the first struct page of an optimized one that is an alias; StructPages if there is none.");
            _writer.Summary("Why nothing is given back; empty if something is.");
            _writer.Line($"public const string ReasonForZero = {Quoted.Literal(hstate.ReasonForZero)};");
        }

        _writer.Close();
    }
}

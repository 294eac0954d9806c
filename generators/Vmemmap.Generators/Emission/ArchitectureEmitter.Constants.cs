using System.Collections.Generic;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Emission;

/// <content>Constants, and the interface members over them: analyzers read a const from metadata, but no property.</content>
internal sealed partial class ArchitectureEmitter
{
    private void WriteConstants()
    {
        Constant("string", "Name", Literal.Text(_spec.Name), "Canonical name.");
        Constant("string", "Alias", Literal.Text(_spec.Alias), "Second name; empty if there is none.");
        Constant(
            "string", "DefaultHstateName", Literal.Text(_spec.Hstates[_spec.DefaultHstate].Name), "Default huge page size, as the kernel's users write it.");
        Constant("int", "PageShift", Literal.Int(_spec.PageShift), "log2 of the base page.");
        Constant("ulong", "PageSize", Literal.Mask(1UL << _spec.PageShift), $"Bytes of a base page: {Words.Size(_spec.PageShift)}.");
        Constant("int", "VirtualAddressBits", Literal.Int(_spec.VirtualAddressBits), "Virtual address bits that the tree translates.");
        Constant("int", "PhysicalAddressBits", Literal.Int(_spec.PhysicalAddressBits), "Physical address bits that an entry can express.");
        Constant("int", "LevelCount", Literal.Int(_spec.Levels.Count), "Number of levels; 0 is the root.");
        Constant(
            "bool", "HasReadOnlyKernelMappings", Literal.Bool(_spec.HasReadOnlyKernelMappings),
            "Whether the kernel has read-only mappings of its own memory; if not, aliases of struct pages stay writable.");
        foreach (LevelSpec level in _spec.Levels)
        {
            Constant(
                "int", level.Identifier + "Shift", Literal.Int(level.Shift),
                $"Lowest index bit of {level.Name}: an entry reaches {Words.Size(level.Shift)}.");
            Constant(
                "int", level.Identifier + "IndexBits", Literal.Int(level.IndexBits),
                $"Index bits of {level.Name}: a table has {Literal.Int(1 << level.IndexBits)} entries.");
            if (level.Leaf != LeafUse.None)
            {
                Constant(
                    "ulong", level.Identifier + "AddressMask", Literal.Mask(level.LeafAddressMask),
                    $"Raw address bits of a leaf of {level.Name}.");
            }
        }

        Constant("ulong", "ValidMask", Literal.Mask(_entry.ValidMask), "Raw valid bit.");
        Constant("ulong", "AddressMask", Literal.Mask(_entry.AddressMask), "Raw address bits of a table, and of a last-level page.");
        Constant(
            "ulong", "SharedAddressMask", Literal.Mask(SharedAddressMask),
            "Raw bit that makes neighbours with equal addresses map different frames; 0 if there is none.");
        Constant("ulong", "AccessedMask", Literal.Mask(_entry.AccessedMask), "Raw accessed flag of a leaf; 0 if there is none.");
        Constant("ulong", "DirtyMask", Literal.Mask(_entry.DirtyMask), "Raw dirty flag of a leaf; 0 if there is none.");
    }

    private ulong SharedAddressMask => _spec.Levels[Last].NapotMask != 0 ? _entry.ContiguousMask : 0;

    private void Constant(string type, string name, string value, string summary)
    {
        _writer.Summary(summary);
        _writer.Line($"public const {type} {name} = {value};");
        _writer.Line();
    }

    private void WriteLists()
    {
        WriteArray("Level", "LevelArray", Levels());
        WriteArray("Hstate", "HstateArray", Hstates());
        _writer.Summary("The levels, root first.");
        _writer.Line($"public static global::System.ReadOnlySpan<{Library}Level> Levels => LevelArray;");
        _writer.Line();
        _writer.Summary("The huge page sizes in the kernel's registration order.");
        _writer.Line($"public static global::System.ReadOnlySpan<{Library}Hstate> Hstates => HstateArray;");
        _writer.Line();
    }

    private void WriteArray(string type, string name, IEnumerable<string> items)
    {
        _writer.Open($"private static readonly {Library}{type}[] {name} = new {Library}{type}[]");
        foreach (string item in items)
        {
            _writer.Line(item + ",");
        }

        _writer.CloseStatement();
        _writer.Line();
    }

    private IEnumerable<string> Levels()
    {
        foreach (LevelSpec level in _spec.Levels)
        {
            yield return $"new {Library}Level({Literal.Text(level.Name)}, {level.Identifier}Shift, {level.Identifier}IndexBits, "
                + $"{Library}LeafUse.{level.Leaf}, {Literal.Int(1 << level.ContiguousShift)})";
        }
    }

    private IEnumerable<string> Hstates()
    {
        foreach (HstateSpec hstate in _spec.Hstates)
        {
            yield return HugePageBinder.TypeName(hstate.Name) + ".Value";
        }
    }

    private void WriteInterface()
    {
        Member("int", "ContractVersion", Literal.Int(ContractVersion));
        foreach ((string type, string name) in Forwarded)
        {
            Member(type, name, name);
        }

        Member($"{Library}CanonicalRule", "Canonical", $"{Library}CanonicalRule.{_spec.Canonical}");
        Member("bool", "HasReadOnlyKernelMappings", "HasReadOnlyKernelMappings");
        Member("bool", "RequiresBreakBeforeMake", Literal.Bool(_spec.RequiresBreakBeforeMake));
        Member("bool", "MapsVmemmapByBlocks", Literal.Bool(_spec.MapsVmemmapByBlocks));
        Member($"{Library}Hstate", "DefaultHstate", HugePageBinder.TypeName(_spec.Hstates[_spec.DefaultHstate].Name) + ".Value");
        _writer.Line();
    }

    private static readonly (string Type, string Name)[] Forwarded =
    [
        ("string", "Name"), ("string", "Alias"), ("int", "PageShift"), ("int", "VirtualAddressBits"), ("int", "PhysicalAddressBits"),
        ("int", "LevelCount"), ("ulong", "ValidMask"), ("ulong", "AddressMask"), ("ulong", "SharedAddressMask"),
        ("ulong", "AccessedMask"), ("ulong", "DirtyMask"),
    ];

    private void Member(string type, string name, string value) =>
        _writer.Line($"static {type} {Library}IArchitecture.{name} => {value};");
}

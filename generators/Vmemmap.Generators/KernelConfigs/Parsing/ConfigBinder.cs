using System.Linq;
using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>Works out what a configuration decides: the architecture first, for everything else depends on it.</summary>
internal sealed class ConfigBinder(ConfigText config, KernelHeader header, ConfigErrors errors)
{
    private static readonly (string Symbol, ArchitectureFamily Family, string[] Headers)[] Covered =
    [
        ("X86_64", ArchitectureFamily.X64, ["x86", "x86_64"]),
        ("ARM64", ArchitectureFamily.Arm64, ["arm64"]),
        ("RISCV", ArchitectureFamily.RiscV64, ["riscv"]),
    ];

    /// <summary>Binds.</summary>
    /// <returns>Null, or something incomplete, after a fatal mistake.</returns>
    public KernelConfigSpec? Bind()
    {
        if (FamilyOf() is not { } family)
        {
            return null;
        }

        PageTables? tables = PageTableBinder.Bind(family, config, header, errors);
        bool hasHugeTlb = config.IsOn("HUGETLB_PAGE");
        HvoSpec hvo = HvoBinder.Bind(family, config, header, errors);
        if (tables == null)
        {
            return null;
        }

        (ConfigHstateSpec[] hstates, int defaultSizeShift) = hasHugeTlb ? HstateBinder.Bind(family, tables.PageShift, config, header.Version) : ([], 0);
        return new KernelConfigSpec(
            header.Release,
            family,
            tables.PageShift,
            tables.VirtualAddressBits,
            new(tables.Candidates),
            new(tables.Selections),
            hasHugeTlb,
            config.IsOn("SPARSEMEM_VMEMMAP"),
            hvo,
            StructPageBinder.Bind(config, header.Version),
            new(hstates),
            defaultSizeShift);
    }

    private ArchitectureFamily? FamilyOf()
    {
        // It has its host's symbol besides: X86_64.
        if (config["UML"] is { IsOn: true } uml)
        {
            errors.Add(ConfigRules.NotCovered, uml.Location, NotCovered("this is User Mode Linux, a process of its host without page tables of the CPU"));
            return null;
        }

        var on = Covered.Select(c => (config[c.Symbol], c.Family, c.Headers)).Where(c => c.Item1 is { IsOn: true })
            .Select(c => (Symbol: c.Item1!, c.Family, c.Headers)).OrderBy(c => c.Symbol.Line).ToArray();
        if (on.Length > 1)
        {
            errors.Add(ConfigRules.Contradiction, on[1].Symbol.Location, $"{on[1].Symbol} and {on[0].Symbol.InLine}; a kernel is for one architecture");
            return null;
        }

        if (on.Length == 0)
        {
            bool is32Bit = config.IsOn("X86_32") || config.IsOn("ARM");
            errors.Add(
                ConfigRules.NotCovered, (config["X86_32"] is { IsOn: true } x86 ? x86.Location : header.Location),
                NotCovered(is32Bit ? $"this is a 32-bit {header.Architecture} kernel" : $"this is a kernel for {header.Architecture}"));
            return null;
        }

        (ConfigSymbol symbol, ArchitectureFamily family, string[] headers) = on[0];
        if (!headers.Contains(header.Architecture))
        {
            errors.Add(
                ConfigRules.Contradiction, symbol.Location,
                $"{symbol}, but the header in line {Number.Text(header.Line)} says {header.Architecture}; make the file again for one architecture");
            return null;
        }

        if (config["64BIT"] is not { IsOn: true } and var bits && (bits != null || family == ArchitectureFamily.RiscV64))
        {
            errors.Add(ConfigRules.NotCovered, (bits ?? symbol).Location, NotCovered($"this is a 32-bit {header.Architecture} kernel"));
            return null;
        }

        if (config["MMU"] is { IsOn: false } mmu)
        {
            errors.Add(ConfigRules.NotCovered, mmu.Location, NotCovered("this kernel uses no MMU, so it has no page tables"));
            return null;
        }

        return family;
    }

    private static string NotCovered(string what) =>
        $"{what}; the built-in architectures are x86-64, arm64 and riscv64, others are described by a *.pagetables.xml of your own";
}

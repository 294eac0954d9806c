using System.Linq;
using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>Page size, address bits and levels of a configuration, and with them the architectures that the kernel may run with.</summary>
internal static class PageTableBinder
{
    /// <summary>Binds.</summary>
    /// <returns>Null if a mistake leaves it open.</returns>
    public static PageTables? Bind(ArchitectureFamily family, ConfigText config, KernelHeader header, ConfigErrors errors)
    {
        int? pageShift = PageSizeBinder.Bind(family, config, header, errors);
        return pageShift is not { } shift ? null : family switch
        {
            ArchitectureFamily.X64 => X64(config, errors),
            ArchitectureFamily.Arm64 => Arm64Binder.Bind(shift, config, header, errors),
            _ => RiscV64(config, header, errors),
        };
    }

    // 6.12 arch/x86/Kconfig X86_5LEVEL, PGTABLE_LEVELS; in a configuration without the first, the second says it alone.
    private static PageTables? X64(ConfigText config, ConfigErrors errors)
    {
        ConfigSymbol? five = config["X86_5LEVEL"];
        ConfigSymbol? levels = config["PGTABLE_LEVELS"];
        int? count = config.NumberOf("PGTABLE_LEVELS");
        bool hasFive = five?.IsOn ?? count == 5;
        if (levels != null && count != (hasFive ? 5 : 4))
        {
            (ConfigSymbol first, ConfigSymbol second) = five == null || five.Line < levels.Line ? (five ?? levels, levels) : (levels, five);
            errors.Add(
                ConfigRules.Contradiction, second.Location,
                five == null ? $"{levels}: x86-64 has 4 or 5 levels" : $"{second}, but {first.InLine}; five levels need both, four need neither");
            return null;
        }

        CandidateSpec four = new("x86-64", "X64", hasFive ? "the CPU has no LA57, or the command line says no5lvl" : "");
        CandidateSpec[] candidates = hasFive
            ? [new CandidateSpec("x86-64-la57", "X64La57", "the CPU has LA57 and the command line does not say no5lvl"), four]
            : [four];
        return new PageTables(12, hasFive ? 57 : 48, candidates,
        [
            ByBits(
                "57 with 5-level paging, else 48: VMCOREINFO NUMBER(pgtable_l5_enabled), live CR4.LA57 (bit 12)",
                hasFive ? [(57, 0), (48, 1)] : [(48, 0)]),
            Choice(
                "SelectByLevels", "levels", "Levels of the page tables: 5 if VMCOREINFO NUMBER(pgtable_l5_enabled) is 1, else 4", "levels",
                hasFive ? [(5, 0), (4, 1)] : [(4, 0)]),
        ]);
    }

    // 6.12 arch/riscv/mm/init.c: the kernel tries Sv57, Sv48 and Sv39, as far as it has levels; an XIP kernel is Sv39.
    private static PageTables? RiscV64(ConfigText config, KernelHeader header, ConfigErrors errors)
    {
        ConfigSymbol? symbol = config["PGTABLE_LEVELS"];
        if (symbol == null)
        {
            errors.Add(ConfigRules.MissingSymbol, header.Location, "no line sets CONFIG_PGTABLE_LEVELS, so sv39, sv48 and sv57 cannot be told apart; take a whole .config");
            return null;
        }

        if (config.NumberOf("PGTABLE_LEVELS") is not (>= 3 and <= 5 and int levels))
        {
            errors.Add(ConfigRules.Impossible, symbol.Location, $"{symbol}: a 64-bit riscv kernel has 3, 4 or 5 levels");
            return null;
        }

        int most = config.IsOn("XIP_KERNEL") ? 3 : levels;
        (string Name, string Type, int Bits, int Mode)[] modes = [("sv57", "RiscV64Sv57", 57, 10), ("sv48", "RiscV64Sv48", 48, 9), ("sv39", "RiscV64Sv39", 39, 8)];
        var possible = modes.Skip(5 - most).ToArray();
        return new PageTables(12, possible[0].Bits,
            [.. possible.Select(m => new CandidateSpec("riscv64-" + m.Name, m.Type, possible.Length == 1 ? "" : $"satp.MODE is {Number.Text(m.Mode)}: the largest that the CPU has, unless the command line forbids it"))],
            [
                ByBits("what satp.MODE translates: VMCOREINFO NUMBER(VA_BITS)", [.. possible.Select((m, i) => (m.Bits, i))]),
                Choice("SelectBySatpMode", "satpMode", "satp.MODE, bits 63:60 of the register: 8 is Sv39, 9 is Sv48, 10 is Sv57", "in satp.MODE", [.. possible.Select((m, i) => (m.Mode, i))]),
            ]);
    }

    /// <summary>The selection that every family has.</summary>
    public static SelectionSpec ByBits(string meaning, params (int Value, int Candidate)[] choices) =>
        Choice("Select", "virtualAddressBits", "Bits of virtual address that the kernel runs with, " + meaning, "bits of virtual address", choices);

    /// <summary>Another one.</summary>
    public static SelectionSpec Choice(string method, string parameter, string meaning, string plural, params (int Value, int Candidate)[] choices) =>
        new(method, parameter, meaning, plural, new EquatableArray<ChoiceSpec>(choices.Select(c => new ChoiceSpec(c.Value, c.Candidate))));
}

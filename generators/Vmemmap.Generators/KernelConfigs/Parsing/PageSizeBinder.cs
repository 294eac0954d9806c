using System.Collections.Generic;
using System.Linq;
using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>The base page: up to three symbols say it, and they must say the same.</summary>
internal static class PageSizeBinder
{
    // PAGE_SHIFT and PAGE_SIZE_* are of all architectures (v6.10 on), the others are arm64's own.
    private static readonly (string Symbol, int Shift)[] Switches =
    [
        ("ARM64_4K_PAGES", 12), ("ARM64_16K_PAGES", 14), ("ARM64_64K_PAGES", 16),
        ("PAGE_SIZE_4KB", 12), ("PAGE_SIZE_8KB", 13), ("PAGE_SIZE_16KB", 14), ("PAGE_SIZE_32KB", 15), ("PAGE_SIZE_64KB", 16), ("PAGE_SIZE_256KB", 18),
    ];

    private static readonly string[] Shifts = ["PAGE_SHIFT", "ARM64_PAGE_SHIFT"];

    /// <summary>Binds.</summary>
    /// <returns>log2 of its bytes, or null after a mistake.</returns>
    public static int? Bind(ArchitectureFamily family, ConfigText config, KernelHeader header, ConfigErrors errors)
    {
        (ConfigSymbol Symbol, int Shift)[] claims = [.. Claims(family, config).OrderBy(c => c.Symbol.Line)];
        if (claims.Length == 0)
        {
            if (family != ArchitectureFamily.Arm64)
            {
                return 12;
            }

            errors.Add(ConfigRules.MissingSymbol, header.Location, "no line says how large a page is, such as CONFIG_ARM64_4K_PAGES=y; take a whole .config");
            return null;
        }

        (ConfigSymbol first, int shift) = claims[0];
        foreach ((ConfigSymbol symbol, int other) in claims.Where(c => c.Shift != shift))
        {
            errors.Add(
                ConfigRules.Contradiction, symbol.Location,
                $"{symbol} is {Name(other)} pages, but {first.InLine} is {Name(shift)} pages; make the file again with make olddefconfig");
            return null;
        }

        bool isPossible = family == ArchitectureFamily.Arm64 ? shift is 12 or 14 or 16 : shift == 12;
        if (!isPossible)
        {
            string possible = family switch
            {
                ArchitectureFamily.Arm64 => "arm64 has pages of 4K, 16K and 64K",
                ArchitectureFamily.X64 => "x86-64 has pages of 4K",
                _ => "riscv64 has pages of 4K",
            };
            errors.Add(ConfigRules.Impossible, first.Location, $"{first} is {Name(shift)} pages; {possible}");
            return null;
        }

        return shift;
    }

    private static IEnumerable<(ConfigSymbol Symbol, int Shift)> Claims(ArchitectureFamily family, ConfigText config)
    {
        bool IsRead(string name) => family == ArchitectureFamily.Arm64 || !name.StartsWith("ARM64_", System.StringComparison.Ordinal);
        foreach ((string name, int shift) in Switches.Where(s => IsRead(s.Symbol)))
        {
            if (config[name] is { IsOn: true } symbol)
            {
                yield return (symbol, shift);
            }
        }

        foreach (string name in Shifts.Where(IsRead))
        {
            if (config[name] is { } symbol && config.NumberOf(name) is { } shift)
            {
                yield return (symbol, shift);
            }
        }
    }

    private static string Name(int shift) => shift is >= 10 and < 40 ? SizeText.Format(shift) : "2^" + Number.Text(shift) + "-byte";
}

using System.Collections.Generic;
using System.Linq;
using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>Addresses of arm64 (6.12 arch/arm64/Kconfig ARM64_VA_BITS, ARM64_PA_BITS, PGTABLE_LEVELS).</summary>
internal sealed class Arm64Binder
{
    private static readonly KernelVersion Lpa2 = new(6, 9);

    private readonly int _pageShift;
    private readonly ConfigText _config;
    private readonly KernelHeader _header;
    private readonly ConfigErrors _errors;
    private readonly string _pages;
    private readonly string _pagesInLine;

    private Arm64Binder(int pageShift, ConfigText config, KernelHeader header, ConfigErrors errors)
    {
        (_pageShift, _config, _header, _errors) = (pageShift, config, header, errors);
        _pages = Number.Text(1 << (pageShift - 10)) + "K";
        ConfigSymbol? symbol = config[$"ARM64_{_pages}_PAGES"] is { IsOn: true } on ? on : config["PAGE_SHIFT"] ?? config["ARM64_PAGE_SHIFT"];
        _pagesInLine = symbol == null ? "" : $" ({symbol.InLine})";
    }

    /// <summary>Binds.</summary>
    /// <returns>Null if a mistake leaves it open.</returns>
    public static PageTables? Bind(int pageShift, ConfigText config, KernelHeader header, ConfigErrors errors) =>
        new Arm64Binder(pageShift, config, header, errors).Bind();

    private PageTables? Bind()
    {
        if (Claimed("ARM64_VA_BITS", [36, 39, 42, 47, 48, 52]) is not (ConfigSymbol symbol, int bits))
        {
            return null;
        }

        int[] possible = _pageShift switch { 12 => [39, 48, 52], 14 => [36, 47, 48, 52], _ => [42, 48, 52] };
        if (!possible.Contains(bits))
        {
            Impossible(symbol, $"{_pages} pages{_pagesInLine} have {List(possible)} bits of virtual address");
            return null;
        }

        bool isLpa2 = bits == 52 && _pageShift != 16;
        if (isLpa2 && _header.Version < Lpa2)
        {
            _errors.Tell(
                ConfigRules.ForeignSymbol, symbol.Location,
                $"{symbol}: 52 bits with {_pages} pages (LPA2) came with {Lpa2}, but the header in line {Number.Text(_header.Line)} says {_header.Release}; "
                + "it was ported back, so it counts");
        }

        if (bits == 36 && !_config.IsOn("EXPERT"))
        {
            Impossible(symbol, "36 bits are for CONFIG_EXPERT=y only");
            return null;
        }

        return ArePhysicalBitsSound(symbol, isLpa2) & AreLevelsSound(symbol, bits) & IsContiguousSound("PTE", _pageShift switch { 12 => 4, 14 => 7, _ => 5 })
            & IsContiguousSound("PMD", _pageShift == 12 ? 4 : 5)
            ? Tables(bits)
            : null;
    }

    // A number, and a switch for each: ARM64_VA_BITS=48 and ARM64_VA_BITS_48=y.
    private (ConfigSymbol Symbol, int Bits)? Claimed(string name, int[] switches)
    {
        List<(ConfigSymbol Symbol, int Bits)> claims = [];
        if (_config[name] is { } number && _config.NumberOf(name) is { } value)
        {
            claims.Add((number, value));
        }

        claims.AddRange(
            from bits in switches
            let symbol = _config[$"{name}_{Number.Text(bits)}"]
            where symbol is { IsOn: true }
            select (symbol, bits));
        claims.Sort((a, b) => a.Symbol.Line.CompareTo(b.Symbol.Line));
        if (claims.Count == 0)
        {
            if (name == "ARM64_VA_BITS")
            {
                _errors.Add(ConfigRules.MissingSymbol, _header.Location, "no line sets CONFIG_ARM64_VA_BITS; take a whole .config");
            }

            return null;
        }

        (ConfigSymbol Symbol, int Bits) first = claims[0];
        foreach ((ConfigSymbol symbol, int bits) in claims)
        {
            if (bits != first.Bits)
            {
                _errors.Add(ConfigRules.Contradiction, symbol.Location, $"{symbol}, but {first.Symbol.InLine}; make the file again with make olddefconfig");
                return null;
            }
        }

        return first;
    }

    // With 4K and 16K pages 52 bits are LPA2, which is both or neither; with 64K pages each is chosen alone.
    private bool ArePhysicalBitsSound(ConfigSymbol virtualBits, bool isLpa2)
    {
        if (_config["ARM64_PA_BITS"] == null && _config["ARM64_PA_BITS_48"] == null && _config["ARM64_PA_BITS_52"] == null)
        {
            return true;
        }

        if (Claimed("ARM64_PA_BITS", [48, 52]) is not (ConfigSymbol symbol, int bits))
        {
            return !_errors.IsFatal;
        }

        if (bits is not (48 or 52))
        {
            return Impossible(symbol, "arm64 has 48 or 52 bits of physical address");
        }

        return _pageShift == 16
            || isLpa2 == (bits == 52)
            || Impossible(symbol, $"with {_pages} pages{_pagesInLine} physical and virtual addresses have 52 bits together (LPA2) or not at all, and {virtualBits.InLine}");
    }

    private bool AreLevelsSound(ConfigSymbol virtualBits, int bits)
    {
        int levels = (bits - 4) / (_pageShift - 3);
        if (_config["PGTABLE_LEVELS"] is not { } symbol || _config.NumberOf("PGTABLE_LEVELS") == levels)
        {
            return true;
        }

        _errors.Add(
            ConfigRules.Contradiction, symbol.Location,
            $"{symbol}, but {Number.Text(bits)} bits ({virtualBits.InLine}) with {_pages} pages{_pagesInLine} have {Number.Text(levels)} levels");
        return false;
    }

    private bool IsContiguousSound(string level, int shift)
    {
        if (_config[$"ARM64_CONT_{level}_SHIFT"] is not { } symbol || _config.NumberOf(symbol.Name) == shift)
        {
            return true;
        }

        _errors.Add(ConfigRules.Contradiction, symbol.Location, $"{symbol}, but with {_pages} pages{_pagesInLine} it is {Number.Text(shift)}");
        return false;
    }

    private PageTables Tables(int bits)
    {
        // A 52-bit kernel on a CPU without LPA2 folds a level at boot (VA_BITS_MIN, 6.12 arch/arm64/include/asm/memory.h:56-64); with 64K pages it
        // keeps its table's shape (pgtable-hwdef.h:333-337).
        int folded = bits != 52 ? bits : _pageShift switch { 12 => 48, 14 => 47, _ => 52 };
        bool isFolding = folded != bits;
        List<CandidateSpec> candidates = [Candidate(bits, isFolding ? "the CPU has LPA2" : "")];
        if (isFolding)
        {
            candidates.Add(Candidate(folded, "the CPU has no LPA2: the kernel folds its tables at boot"));
        }

        List<(int Bits, int Candidate)> choices = [(bits, 0)];
        if (bits == 52)
        {
            choices.Add(_pageShift == 16 ? (48, 0) : (folded, 1));
        }

        string root = bits == 52 && _pageShift == 16
            ? ". With 48 the table keeps its 52-bit shape: the root is swapper_pg_dir, and TTBR1_EL1 points to its last 64 entries"
            : "";
        return new PageTables(_pageShift, bits, [.. candidates],
        [
            PageTableBinder.ByBits("64 - TCR_EL1.T1SZ: VMCOREINFO NUMBER(TCR_EL1_T1SZ). NUMBER(VA_BITS) is what it was built for" + root, [.. choices]),
            PageTableBinder.Choice(
                "SelectByT1sz", "t1sz", "TCR_EL1.T1SZ, bits 21:16 of the register: VMCOREINFO NUMBER(TCR_EL1_T1SZ)" + root, "in TCR_EL1.T1SZ",
                [.. choices.Select(c => (64 - c.Bits, c.Candidate))]),
        ]);
    }

    private CandidateSpec Candidate(int bits, string when) => new(
        $"arm64-{_pages.ToLowerInvariant()}-va{Number.Text(bits)}", $"Arm64K{Number.Text(1 << (_pageShift - 10))}Va{Number.Text(bits)}", when);

    private bool Impossible(ConfigSymbol symbol, string why)
    {
        _errors.Add(ConfigRules.Impossible, symbol.Location, $"{symbol}: {why}");
        return false;
    }

    private static string List(int[] numbers) =>
        string.Join(", ", numbers.Take(numbers.Length - 1).Select(Number.Text)) + " or " + Number.Text(numbers[numbers.Length - 1]);
}

using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>
/// Whether HVO is built in. The configuration decides; the version says what its symbol is called, which layout that source has, and
/// why it may be missing.
/// </summary>
internal sealed class HvoBinder
{
    /// <summary>To v5.18.</summary>
    private const string OldName = "HUGETLB_PAGE_FREE_VMEMMAP";

    /// <summary>v5.19 on.</summary>
    private const string NewName = "HUGETLB_PAGE_OPTIMIZE_VMEMMAP";

    private static readonly KernelVersion First = new(5, 14);
    private static readonly KernelVersion FirstReserveOne = new(5, 18);
    private static readonly KernelVersion Renamed = new(5, 19);
    private static readonly KernelVersion Arm64DroppedByStable = new(6, 1);
    private static readonly KernelVersion Arm64Dropped = new(6, 3);
    private static readonly KernelVersion FirstSharedTail = new(7, 1);

    private readonly ArchitectureFamily _family;
    private readonly ConfigText _config;
    private readonly KernelHeader _header;
    private readonly ConfigErrors _errors;

    private HvoBinder(ArchitectureFamily family, ConfigText config, KernelHeader header, ConfigErrors errors) =>
        (_family, _config, _header, _errors) = (family, config, header, errors);

    /// <summary>Binds.</summary>
    public static HvoSpec Bind(ArchitectureFamily family, ConfigText config, KernelHeader header, ConfigErrors errors) =>
        new HvoBinder(family, config, header, errors).Bind();

    /// <summary>The layout that a release's source has.</summary>
    public static ConfigLayout LayoutOf(KernelVersion version) =>
        version < First ? ConfigLayout.None
        : version < FirstReserveOne ? ConfigLayout.ReserveTwo
        : version < FirstSharedTail ? ConfigLayout.ReserveOne
        : ConfigLayout.SharedTail;

    private HvoSpec Bind()
    {
        KernelVersion version = _header.Version;
        ConfigLayout layout = LayoutOf(version);
        string name = version < Renamed ? OldName : NewName;
        if (version < Renamed && _config[NewName] is { IsOn: true } ported)
        {
            // The symbol was renamed after the second page was given back, so a source that has the name has that too.
            bool isOldOn = _config.IsOn(OldName) && layout != ConfigLayout.None;
            layout = isOldOn ? layout : ConfigLayout.ReserveOne;
            name = isOldOn ? OldName : NewName;
            Foreign(
                ported, $"is called so from {Renamed} on",
                isOldOn ? $"{_config[OldName]!.InLine} counts" : "it was ported back, so the layout is taken to be ReserveOne");
        }
        else if (version >= Renamed && _config[OldName] is { IsOn: true } old)
        {
            Foreign(old, $"is called {NewName} from {Renamed} on", "the kernel's build ignores it");
        }
        else if (version < First && _config[OldName] is { IsOn: true } early)
        {
            layout = ConfigLayout.ReserveTwo;
            Foreign(early, $"came with {First}", "it was ported back, so the layout is taken to be ReserveTwo");
        }

        ConfigSymbol? symbol = _config[name];
        bool isOn = symbol is { IsOn: true };
        if (isOn)
        {
            Needs(symbol!, "HUGETLB_PAGE");
            Needs(symbol!, "SPARSEMEM_VMEMMAP");
        }
        else if (_config[name + "_DEFAULT_ON"] is { IsOn: true } orphan)
        {
            Needs(orphan, name);
        }

        return new HvoSpec(isOn, isOn && _config.IsOn(name + "_DEFAULT_ON"), layout, isOn ? "" : Absence(name, symbol));
    }

    private string Absence(string name, ConfigSymbol? symbol)
    {
        KernelVersion version = _header.Version;
        if (!_config.IsOn("HUGETLB_PAGE"))
        {
            return "CONFIG_HUGETLB_PAGE is not set";
        }

        if (!_config.IsOn("SPARSEMEM_VMEMMAP"))
        {
            return "the kernel has no vmemmap, CONFIG_SPARSEMEM_VMEMMAP is not set";
        }

        if (version < First)
        {
            return $"HVO came with {First}";
        }

        bool isSelected = _config.IsOn("ARCH_WANT_OPTIMIZE_HUGETLB_VMEMMAP") || _config.IsOn("ARCH_WANT_HUGETLB_PAGE_OPTIMIZE_VMEMMAP");
        if (_family == ArchitectureFamily.Arm64 && symbol == null && !isSelected)
        {
            // 1e63ac088f20 (v5.19), 060a2c92d1b6 (v6.3 and the stable 6.1.y).
            return version < Renamed ? $"arm64 selects it from {Renamed} to v6.2 only"
                : version >= Arm64Dropped || version == Arm64DroppedByStable ? "arm64 selects it no more since v6.3, and 6.1.y by stable"
                : $"CONFIG_{name} is missing, though arm64 selects it from {Renamed} to v6.2: this source was changed";
        }

        return _family == ArchitectureFamily.RiscV64 && symbol == null && !isSelected
            ? "riscv64 does not select it in this configuration"
            : $"CONFIG_{name} is not set";
    }

    private void Needs(ConfigSymbol symbol, string needed)
    {
        if (!_config.IsOn(needed))
        {
            _errors.Add(
                ConfigRules.Contradiction, symbol.Location,
                $"{symbol} needs CONFIG_{needed}=y, "
                + (_config[needed] is { } off ? $"but {off.InLine}" : $"which no line sets (the header is in line {Number.Text(_header.Line)})")
                + "; make the file again with make olddefconfig");
        }
    }

    private void Foreign(ConfigSymbol symbol, string why, string consequence) => _errors.Tell(
        ConfigRules.ForeignSymbol, symbol.Location,
        $"CONFIG_{symbol.Name} {why}, but the header in line {Number.Text(_header.Line)} says {_header.Release}; {consequence}");
}

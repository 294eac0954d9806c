using System.Globalization;
using System.Numerics;

namespace Vmemmap.Dumps;

/// <summary>Which architecture a kernel's tables have: e_machine, PAGESIZE, and what the kernel says of its address width.</summary>
internal static class ArchitectureSelection
{
    /// <summary>Selects.</summary>
    /// <returns>The architecture whose tables are walked, the address bits the kernel runs at, and where that is from.</returns>
    /// <exception cref="ImageFormatException">No architecture fits.</exception>
    public static (Architecture Architecture, int VirtualAddressBits, string Source) Select(
        string path, ElfMachine machine, Vmcoreinfo info, KernelImageOptions options)
    {
        IReadOnlyList<Architecture> candidates = options.Architectures ?? Architectures.BuiltIn;
        int pageShift = PageShift(path, info);
        if (options.ArchitectureName is { } wanted)
        {
            Architecture chosen = candidates.FirstOrDefault(a => a.Name == wanted || (a.Alias.Length > 0 && a.Alias == wanted))
                ?? throw new ImageFormatException(path, $"there is no architecture '{wanted}'; choose one of {Names(candidates)}");
            return WithPageSize(path, pageShift, (chosen, RunningBits(machine, info) ?? chosen.VirtualAddressBits, "--architecture"));
        }

        (string name, int shape, int running, string source) = Detect(path, machine, info, pageShift);
        if (options.Architectures is null)
        {
            Architecture builtIn = candidates.FirstOrDefault(a => a.Name == name)
                ?? throw new ImageFormatException(path, $"no built-in architecture is {name} ({source}); give its page tables with --tables, or choose one of {Names(candidates)} with --architecture");
            return WithPageSize(path, pageShift, (builtIn, running, source));
        }

        Architecture[] fitting = [.. candidates.Where(a => a.Name == name)];
        if (fitting.Length == 0)
        {
            fitting = [.. candidates.Where(a => a.PageShift == pageShift && a.VirtualAddressBits == shape)];
        }

        return fitting.Length switch
        {
            1 => (fitting[0], running, $"--tables, {source}"),
            0 => throw new ImageFormatException(path, $"the kernel has {1 << pageShift >> 10}K pages and {shape}-bit addresses ({source}); none of {Names(candidates)} has; choose one with --architecture"),
            _ => throw new ImageFormatException(path, $"{Names(fitting)} all fit ({source}); choose one with --architecture"),
        };
    }

    private static (string Name, int Shape, int Running, string Source) Detect(string path, ElfMachine machine, Vmcoreinfo info, int pageShift)
    {
        string kilobytes = ((1 << pageShift) >> 10).ToString(CultureInfo.InvariantCulture);
        switch (machine)
        {
            case ElfMachine.X64:
                bool told = info.TryGetNumber("pgtable_l5_enabled", out long l5);
                bool fiveLevels = told && l5 != 0;
                // Kernels that can have five levels export the key.
                return (
                    fiveLevels ? "x86-64-la57" : "x86-64",
                    fiveLevels ? 57 : 48,
                    fiveLevels ? 57 : 48,
                    told ? "VMCOREINFO NUMBER(pgtable_l5_enabled)" : "ELF header e_machine, VMCOREINFO has no NUMBER(pgtable_l5_enabled)");

            case ElfMachine.Arm64:
                bool hasConfigured = info.TryGetNumber("VA_BITS", out long configured);
                bool hasRunning = info.TryGetNumber("TCR_EL1_T1SZ", out long t1sz);
                if (!hasConfigured && !hasRunning)
                {
                    throw new ImageFormatException(path, $"VMCOREINFO has neither NUMBER(TCR_EL1_T1SZ) nor NUMBER(VA_BITS), so the width of addresses is unknown; choose one with --architecture");
                }

                long running = hasRunning ? 64 - t1sz : configured;
                // 4K and 16K kernels fold levels at boot when the CPU has no 52-bit addresses; a 64K kernel keeps its table's shape
                // and only enters it further on (kernel.md 1.2), so there the configured width is the shape.
                long shape = pageShift == 16 && hasConfigured ? configured : running;
                return (
                    string.Create(CultureInfo.InvariantCulture, $"arm64-{kilobytes}k-va{shape}"),
                    (int)shape,
                    (int)running,
                    hasRunning ? "VMCOREINFO PAGESIZE, NUMBER(TCR_EL1_T1SZ), NUMBER(VA_BITS)" : "VMCOREINFO PAGESIZE, NUMBER(VA_BITS)");

            case ElfMachine.RiscV:
                if (!info.TryGetNumber("VA_BITS", out long bits))
                {
                    throw new ImageFormatException(path, $"VMCOREINFO has no NUMBER(VA_BITS), so sv39, sv48 and sv57 cannot be told apart; choose one with --architecture");
                }

                return (string.Create(CultureInfo.InvariantCulture, $"riscv64-sv{bits}"), (int)bits, (int)bits, "VMCOREINFO NUMBER(VA_BITS)");

            default:
                return (
                    string.Create(CultureInfo.InvariantCulture, $"e_machine {(int)machine}"),
                    info.TryGetNumber("VA_BITS", out long other) ? (int)other : 0,
                    info.TryGetNumber("VA_BITS", out other) ? (int)other : 0,
                    "ELF header e_machine");
        }
    }

    private static (Architecture Architecture, int VirtualAddressBits, string Source) WithPageSize(
        string path, int pageShift, (Architecture Architecture, int VirtualAddressBits, string Source) chosen) =>
        chosen.Architecture.PageShift == pageShift
            ? chosen
            : throw new ImageFormatException(
                path, $"{chosen.Architecture.Name} has {chosen.Architecture.PageSize >> 10}K pages, and VMCOREINFO says PAGESIZE={1 << pageShift}; choose another with --architecture");

    /// <summary>What an arm64 kernel runs at, where it says so; elsewhere it is what the tables translate.</summary>
    private static int? RunningBits(ElfMachine machine, Vmcoreinfo info) =>
        machine == ElfMachine.Arm64 && info.TryGetNumber("TCR_EL1_T1SZ", out long t1sz) && t1sz is >= 12 and <= 39 ? (int)(64 - t1sz) : null;

    private static int PageShift(string path, Vmcoreinfo info)
    {
        int shift = info.TryGetPageSize(out long size) && size is > 0 and <= 1 << 24 ? BitOperations.Log2((uint)size) : 0;
        return shift >= 12 && 1L << shift == size
            ? shift
            : throw new ImageFormatException(path, $"VMCOREINFO PAGESIZE is missing or no page size; give a good one with --vmcoreinfo");
    }

    private static string Names(IEnumerable<Architecture> architectures) => string.Join(", ", architectures.Select(a => a.Name));
}

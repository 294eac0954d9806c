namespace Vmemmap.Dumps;

/// <summary>Where the kernel's root table is: its symbol, through what the kernel says of where its image was loaded.</summary>
internal static class RootTable
{
    /// <summary>x86-64 __START_KERNEL_map (v6.12 arch/x86/include/asm/page_64_types.h): kernel text less phys_base.</summary>
    private const ulong StartKernelMap = 0xffffffff80000000;

    /// <summary>Finds it.</summary>
    /// <exception cref="ImageFormatException">A key is missing, or the address cannot be a table's.</exception>
    public static (ulong Address, string Source) Locate(string path, ElfMachine machine, Vmcoreinfo info, KernelImageOptions options, int pageShift)
    {
        (ulong address, string source) = options.RootTable is { } given ? (given, "--root") : FromKernel(path, machine, info);
        // A root of few entries (arm64 16K with 48 bits has two) is still a page in Linux.
        return (address & ((1UL << pageShift) - 1)) == 0
            ? (address, source)
            : throw new ImageFormatException(path, $"the root table would be at 0x{address:x} ({source}), which is no page; VMCOREINFO does not belong to this image");
    }

    private static (ulong Address, string Source) FromKernel(string path, ElfMachine machine, Vmcoreinfo info)
    {
        switch (machine)
        {
            case ElfMachine.X64:
                string symbol = info.TryGetSymbol("init_top_pgt", out ulong root) ? "init_top_pgt" : "swapper_pg_dir";
                if (symbol == "swapper_pg_dir")
                {
                    root = Symbol(path, info, symbol);
                }

                return (root - StartKernelMap + (ulong)Number(path, info, "phys_base"), $"VMCOREINFO SYMBOL({symbol}), NUMBER(phys_base)");

            case ElfMachine.Arm64:
                return (
                    Symbol(path, info, "swapper_pg_dir") - (ulong)Number(path, info, "kimage_voffset"),
                    "VMCOREINFO SYMBOL(swapper_pg_dir), NUMBER(kimage_voffset)");

            case ElfMachine.RiscV:
                return (
                    Symbol(path, info, "swapper_pg_dir") - (ulong)Number(path, info, "va_kernel_pa_offset"),
                    "VMCOREINFO SYMBOL(swapper_pg_dir), NUMBER(va_kernel_pa_offset)");

            default:
                throw new ImageFormatException(path, $"where kernels of e_machine {(int)machine} keep their root table is not known; give its physical address with --root");
        }
    }

    private static ulong Symbol(string path, Vmcoreinfo info, string name) => info.TryGetSymbol(name, out ulong value)
        ? value
        : throw new ImageFormatException(path, $"VMCOREINFO has no SYMBOL({name}), so the root table is unknown; give its physical address with --root");

    private static long Number(string path, Vmcoreinfo info, string name) => info.TryGetNumber(name, out long value)
        ? value
        : throw new ImageFormatException(path, $"VMCOREINFO has no NUMBER({name}), so the root table is unknown; give its physical address with --root");
}

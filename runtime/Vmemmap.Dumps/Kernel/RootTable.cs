namespace Vmemmap.Dumps;

/// <summary>Where the kernel's root table is: its symbol, through what the kernel says of where its image was loaded.</summary>
internal static class RootTable
{
    /// <summary>x86-64 __START_KERNEL_map (v6.12 arch/x86/include/asm/page_64_types.h): kernel text less phys_base.</summary>
    private const ulong StartKernelMap = 0xffffffff80000000;

    /// <summary>Finds it.</summary>
    /// <returns>Its physical address, the virtual one that the kernel knows it by (null if --root gave it), and where they are from.</returns>
    /// <exception cref="ImageFormatException">A key is missing, or the address cannot be a table's.</exception>
    public static (ulong Address, ulong? VirtualAddress, string Source) Locate(
        string path, ElfMachine machine, Vmcoreinfo info, KernelImageOptions options, int pageShift)
    {
        (ulong address, ulong? symbol, string source) = options.RootTable is { } given ? (given, null, "--root") : FromKernel(path, machine, info);
        // A root of few entries (arm64 16K with 48 bits has two) is still a page in Linux.
        return (address & ((1UL << pageShift) - 1)) == 0
            ? (address, symbol, source)
            : throw new ImageFormatException(
                path,
                $"the root table would be at 0x{address:x} ({source}), which is no page; "
                + (symbol is null ? "give the address of a page, of a CR3 or TTBR value without its low bits" : "VMCOREINFO does not belong to this image"));
    }

    private static (ulong Address, ulong? VirtualAddress, string Source) FromKernel(string path, ElfMachine machine, Vmcoreinfo info)
    {
        string name = machine == ElfMachine.X64 && info.TryGetSymbol("init_top_pgt", out _) ? "init_top_pgt" : "swapper_pg_dir";
        (string number, ulong linked) = machine switch
        {
            ElfMachine.X64 => ("phys_base", StartKernelMap),
            ElfMachine.Arm64 => ("kimage_voffset", 0UL),
            ElfMachine.RiscV => ("va_kernel_pa_offset", 0UL),
            _ => throw new ImageFormatException(path, $"where kernels of e_machine {(int)machine} keep their root table is not known; give its physical address with --root"),
        };
        ulong symbol = Symbol(path, info, name);
        ulong moved = (ulong)Number(path, info, number);
        // x86 adds where the image was loaded; the others subtract the distance between the two addresses.
        ulong address = machine == ElfMachine.X64 ? symbol - linked + moved : symbol - moved;
        return (address, symbol, $"VMCOREINFO SYMBOL({name}), NUMBER({number})");
    }

    private static ulong Symbol(string path, Vmcoreinfo info, string name) => info.TryGetSymbol(name, out ulong value)
        ? value
        : throw new ImageFormatException(path, $"VMCOREINFO has no SYMBOL({name}), so the root table is unknown; give its physical address with --root");

    private static long Number(string path, Vmcoreinfo info, string name) => info.TryGetNumber(name, out long value)
        ? value
        : throw new ImageFormatException(path, $"VMCOREINFO has no NUMBER({name}), so the root table is unknown; give its physical address with --root");
}

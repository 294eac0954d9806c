using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>
/// A Linux kernel in a memory image, found with VMCOREINFO and page tables alone: architecture, root table, vmemmap. No symbols, no
/// debug information.
/// </summary>
/// <remarks>Not for use by several threads at once: look-ups are cached.</remarks>
public sealed class KernelImage : IDisposable
{
    private readonly ElfCore _core;
    private readonly List<KernelFact> _facts;
    private readonly List<string> _warnings;
    private long _sectionNumber = -1;
    private SectionInfo _section;

    private KernelImage(ElfCore core, Vmcoreinfo info, string infoSource, KernelImageOptions options)
    {
        _core = core;
        _facts = [];
        _warnings = [.. core.Warnings, .. info.Warnings];
        Vmcoreinfo = info;
        Fact("VMCOREINFO", info.OsRelease ?? "without OSRELEASE", infoSource);
        if (info.OsRelease is null)
        {
            _warnings.Add("kernelRelease is unknown: VMCOREINFO has no OSRELEASE");
        }


        (Architecture, VirtualAddressBits, string architectureSource) = ArchitectureSelection.Select(Path, core.Machine, info, options);
        Fact("architecture", Architecture.Name, architectureSource);
        Fact("page size", Architecture.PageSize.ToString(CultureInfo.InvariantCulture), "VMCOREINFO PAGESIZE");
        Fact("virtual address bits", VirtualAddressBits.ToString(CultureInfo.InvariantCulture), architectureSource);

        (RootTable, ulong? rootSymbol, string rootSource) = Dumps.RootTable.Locate(Path, core.Machine, info, options, Architecture.PageShift);
        // With AMD SME the C-bit is part of every entry, and of a root that was read from CR3, and no part of the address.
        ulong encryption = info.TryGetNumber("sme_mask", out long mask) ? (ulong)mask : 0;
        RootTable &= ~encryption;
        Fact("root table", Hex(RootTable), rootSource);
        if (encryption != 0)
        {
            Fact("memory encryption mask", Hex(encryption), "VMCOREINFO NUMBER(sme_mask)");
        }


        StructPages = StructPageFormat.Read(Path, info, _warnings);
        Fact("sizeof(struct page)", StructPages.Size.ToString(CultureInfo.InvariantCulture), "VMCOREINFO SIZE(page)");
        if (StructPages.Mark is { } mark)
        {
            Fact("HugeTLB mark", mark.Kind, $"VMCOREINFO {mark.Key}");
        }

        Space = MakeSpace(core, encryption);
        if (!core.Memory.IsPresent(RootTable, sizeof(ulong)))
        {
            throw new ImageFormatException(
                Path, $"the root table at 0x{RootTable:x} ({rootSource}) is not in the image; take a dump that keeps the kernel's page tables, or VMCOREINFO does not belong to this image");
        }

        CheckRoot(rootSymbol, rootSource);
        Sections = SectionTable.TryCreate(Space, info, Architecture.PageSize);
        if (Sections is null)
        {
            _warnings.Add("VMCOREINFO does not describe mem_section: RAM and device memory cannot be told apart by it");
        }
        else
        {
            Fact("sections", $"of {1L << (Sections.SizeShift - 20)} MiB", "VMCOREINFO SYMBOL(mem_section) and its keys, mem_section");
        }

        Vmemmap = VmemmapLocation.Find(Path, core.Machine, info, Architecture, StructPages.Size, Sections, core.Memory, _warnings);
        Fact("vmemmap (PFN 0)", Hex(Vmemmap.Base), Vmemmap.Source);

        KaslrOffset = FindKaslrOffset(core.Machine, info, out string kaslrSource);
        Fact("KASLR offset", KaslrOffset is { } offset ? Hex(offset) : "unknown", kaslrSource);
        if (KaslrOffset is null)
        {
            _warnings.Add($"kaslrOffset is unknown: {kaslrSource}");
        }
    }

    /// <summary>The path as given.</summary>
    public string Path => _core.Path;

    /// <summary>The kernel's own description of itself.</summary>
    public Vmcoreinfo Vmcoreinfo { get; }

    /// <summary>The architecture whose tables are walked.</summary>
    public Architecture Architecture { get; }

    /// <summary>The physical memory, to walk any tables in it (<see cref="ImageMemory"/>). Disposed with the kernel.</summary>
    /// <remarks>With AMD SME entries are as they stand in memory: their address bits include NUMBER(sme_mask).</remarks>
    public PhysicalImage Memory => _core.Memory;

    /// <summary>Address bits that the kernel runs at; fewer than the table's for a 64K kernel of 52 bits on a CPU of 48.</summary>
    public int VirtualAddressBits { get; }

    /// <summary>Physical address of the kernel's root table.</summary>
    public ulong RootTable { get; }

    /// <summary>sizeof(struct page), bytes.</summary>
    public int StructPageSize => StructPages.Size;

    /// <summary>Virtual address of PFN 0's struct page.</summary>
    public ulong VmemmapBase => Vmemmap.Base;

    /// <summary>How far KASLR moved the kernel; null if unknown.</summary>
    public ulong? KaslrOffset { get; }

    /// <summary>What was learnt and from where, in the order it was learnt.</summary>
    public IReadOnlyList<KernelFact> Facts => _facts;

    /// <summary>What the reader must know.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    internal AddressSpace Space { get; }

    internal SectionTable? Sections { get; }

    internal StructPageFormat StructPages { get; }

    internal VmemmapLocation Vmemmap { get; }


    /// <summary>Opens an image and finds the kernel in it.</summary>
    /// <param name="path">An ELF core, plain or gzip.</param>
    /// <param name="options">What the caller knows better.</param>
    /// <returns>The kernel; dispose it.</returns>
    /// <exception cref="ImageFormatException">The file is no such image, or the kernel in it cannot be found.</exception>
    public static KernelImage Open(string path, KernelImageOptions? options = null)
    {
        options ??= new KernelImageOptions();
        ElfCore core = ElfCore.Open(path, options.Progress);
        try
        {
            if (options.Vmcoreinfo is { } given)
            {
                return new KernelImage(core, given, "--vmcoreinfo", options);
            }

            return VmcoreinfoNote.TryFind(core, out Vmcoreinfo? note)
                ? new KernelImage(core, note, "ELF note VMCOREINFO", options)
                : OpenByScan(core, options);
        }
        catch
        {
            core.Dispose();
            throw;
        }
    }

    /// <summary>Walks the whole vmemmap and counts what HVO gave back.</summary>
    /// <exception cref="ImageFormatException">Nothing of vmemmap can be walked.</exception>
    public CensusResult TakeCensus(IProgress<ImageProgress>? progress = null) => Space.TakeCensus(this, progress);

    /// <summary>Translates a kernel address.</summary>
    /// <param name="address">A virtual address.</param>
    /// <param name="translation">The translation, or the fault.</param>
    public bool TryTranslate(ulong address, out Translation translation) => Space.TryTranslate(address, out translation);

    /// <summary>The raw entries on the way to an address, root first; empty if the root does not translate it at all.</summary>
    /// <param name="address">A virtual address.</param>
    public IReadOnlyList<TraceStep> Trace(ulong address) => Space.Trace(address);

    /// <inheritdoc/>
    public void Dispose() => _core.Dispose();

    /// <summary>The section of a PFN.</summary>
    internal SectionInfo SectionOf(ulong pfn)
    {
        if (Sections is null)
        {
            return SectionInfo.Unknown;
        }

        long number = (long)(pfn >> (Sections.SizeShift - Architecture.PageShift));
        if (number != _sectionNumber)
        {
            _section = Sections.Find(number);
            _sectionNumber = number;
        }

        return _section;
    }

    /// <summary>Whether a part of vmemmap that cannot be walked may be the struct pages of memory that exists.</summary>
    internal bool MayHoldStructPages(WalkFault fault)
    {
        if (Sections is null)
        {
            return true;
        }

        ulong first = Math.Max(fault.Address, VmemmapBase) - VmemmapBase;
        ulong last = fault.Address + (fault.Length - 1) - VmemmapBase;
        int shift = Sections.SizeShift - Architecture.PageShift;
        return Sections.AnyPresent((long)(first / (ulong)StructPageSize >> shift), (long)(last / (ulong)StructPageSize >> shift)) != false;
    }

    /// <summary>Memory may hold the notes of other kernels too: the first whose root table is there, and whose vmemmap is found, is this one's.</summary>
    private static KernelImage OpenByScan(ElfCore core, KernelImageOptions options)
    {
        IReadOnlyList<VmcoreinfoCandidate> candidates = VmcoreinfoScan.Find(core.Memory, options.Progress);
        ImageFormatException? first = null;
        foreach (VmcoreinfoCandidate candidate in candidates)
        {
            try
            {
                var kernel = new KernelImage(core, candidate.Vmcoreinfo, $"scan of memory, found at 0x{candidate.PhysicalAddress:x}", options);
                if (candidates.Count > 1)
                {
                    kernel._warnings.Add(
                        $"memory holds {candidates.Count} different VMCOREINFO notes; the one at 0x{candidate.PhysicalAddress:x} was used, because its root table is in the image");
                }

                return kernel;
            }
            catch (ImageFormatException exception)
            {
                first ??= exception;
            }
        }

        throw first ?? new ImageFormatException(
            core.Path, "there is no VMCOREINFO note, and a scan of the image's memory found none; give it with --vmcoreinfo (the kernel shows where it is in /sys/kernel/vmcoreinfo)");
    }

    private static ulong? FindKaslrOffset(ElfMachine machine, Vmcoreinfo info, out string source)
    {
        if (info.TryGetKernelOffset(out ulong offset))
        {
            source = "VMCOREINFO KERNELOFFSET";
            return offset;
        }

        // riscv64 exports no KERNELOFFSET, but MODULES_END is the kernel's first page and KERNEL_LINK_ADDR where it was linked
        // (v6.12 arch/riscv/include/asm/pgtable.h:23-31, kernel/vmcore_info.c).
        if (machine == ElfMachine.RiscV && info.TryGetNumber("MODULES_END", out long start) && info.TryGetNumber("KERNEL_LINK_ADDR", out long linked))
        {
            source = "VMCOREINFO NUMBER(MODULES_END), NUMBER(KERNEL_LINK_ADDR)";
            return (ulong)(start - linked);
        }

        source = "VMCOREINFO has no KERNELOFFSET";
        return null;
    }

    /// <summary>
    /// The kernel's own address of its root table must lead back to it: tables of another format, or of another kernel, do not.
    /// A filtered image may lack the tables to tell.
    /// </summary>
    private void CheckRoot(ulong? symbol, string source)
    {
        if (symbol is not { } address)
        {
            return;
        }

        bool translated = Space.TryTranslate(address, out Translation translation);
        bool reserved = translation.Fault is TranslationFault.Reserved or TranslationFault.NotCanonical;
        if (reserved || (translated && translation.PhysicalAddress != RootTable))
        {
            string found = translated
                ? $"leads to 0x{translation.PhysicalAddress:x}"
                : $"ends at {Architecture.Levels[translation.Level].Name} entry 0x{translation.Entry:x} at 0x{translation.EntryAddress:x}, a pattern that it reserves";
            throw new ImageFormatException(
                Path, $"walked as {Architecture.Name}, the kernel's address of its root table, 0x{address:x}, {found} and not to 0x{RootTable:x} ({source}); the tables are of another architecture, or VMCOREINFO is of another kernel");
        }

        Fact("root table check", translated ? "its own address leads back to it" : "not possible, its tables are not in the image", "tables");
    }

    private AddressSpace MakeSpace(ElfCore core, ulong encryption) =>
        new AddressSpaceMaker(Architecture, core.Memory, RootTable, encryption).Make();

    private void Fact(string name, string value, string source) => _facts.Add(new KernelFact(name, value, source));

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}

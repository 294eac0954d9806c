using System.Globalization;
using System.Text;
using System.Text.Json;
using Vmemmap.Simulation;
using Vmemmap.SyntheticImages;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.Simulated;

/// <summary>The memory of a simulated machine as an image of a kernel: what <c>inspect</c> says of it.</summary>
internal static class SimulatedImage
{
    /// <summary>Writes the machine's memory as an ELF core and inspects it.</summary>
    /// <param name="machine">The machine; nothing runs on it.</param>
    /// <param name="release">The kernel's version, which says how a tail leads to its head.</param>
    /// <param name="withSections">Whether the image has mem_section, which tells RAM from a device's memory.</param>
    internal static JsonElement Inspect<TArch>(Machine<TArch> machine, string release, bool withSections = false)
        where TArch : struct, IArchitecture
    {
        PhysicalMemory memory = new(TArch.PageShift);
        byte[] frame = new byte[1 << TArch.PageShift];
        foreach (NodeMemory range in machine.Options.Memory)
        {
            for (ulong address = range.Start; address < range.Start + range.Bytes; address += 1UL << TArch.PageShift)
            {
                memory.Include(address);
                machine.Memory.ReadFrame(address >> TArch.PageShift, frame);
                if (frame.AsSpan().ContainsAnyExcept((byte)0))
                {
                    memory.Write(address, frame);
                }
            }
        }

        IReadOnlyList<string> sections = withSections ? new SimulatedSections<TArch>(machine, memory).Write() : [];
        using TemporaryImage file = new(stream => CoreFile.Write(memory, FamilyOf<TArch>(), VmcoreInfo(machine, release, sections), stream));
        ToolRun run = ToolRun.Of(
            "inspect", file.Path, "--json", "--architecture", TArch.Name, "--root", $"0x{machine.PageTables.Root:x}");
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return document.RootElement.Clone();
    }

    private static CpuFamily FamilyOf<TArch>()
        where TArch : struct, IArchitecture => TArch.Name switch
        {
            ['x', ..] => CpuFamily.X64,
            ['a', ..] => CpuFamily.Arm64,
            _ => CpuFamily.RiscV64,
        };

    private static string VmcoreInfo<TArch>(Machine<TArch> machine, string release, IReadOnlyList<string> sections)
        where TArch : struct, IArchitecture
    {
        string head = release.StartsWith('7') ? "compound_info" : "compound_head";
        int bits = TArch.VirtualAddressBits;
        string[] lines =
        [
            $"OSRELEASE={release}",
            string.Create(CultureInfo.InvariantCulture, $"PAGESIZE={1 << TArch.PageShift}"),
            $"SYMBOL(vmemmap)={machine.Vmemmap.Start:x}",
            string.Create(CultureInfo.InvariantCulture, $"SIZE(page)={machine.Vmemmap.StructPageSize}"),
            "SIZE(list_head)=16",
            "OFFSET(page.flags)=0",
            "OFFSET(page._refcount)=52",
            "OFFSET(page.mapping)=24",
            "OFFSET(page.lru)=8",
            "OFFSET(page._mapcount)=48",
            "OFFSET(page.private)=40",
            $"OFFSET(page.{head})=8",
            "NUMBER(PG_lru)=5",
            "NUMBER(PG_private)=14",
            "NUMBER(PG_head_mask)=64",
            "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456",
            "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592",
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(VA_BITS)={bits}"),
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(TCR_EL1_T1SZ)=0x{64 - bits:x}"),
            string.Create(CultureInfo.InvariantCulture, $"NUMBER(pgtable_l5_enabled)={(bits == 57 ? 1 : 0)}"),
            "NUMBER(phys_base)=0",
            .. sections,
        ];
        return new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
    }
}

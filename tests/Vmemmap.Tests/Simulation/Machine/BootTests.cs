using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Simulation.Checking;

namespace Vmemmap.Tests.Simulation.Machine;

/// <summary>Every architecture boots: the books, the struct pages, and the tables as its manual has them.</summary>
public class BootTests
{
    public static TheoryData<string, int, VmemmapMapping> Machines()
    {
        var data = new TheoryData<string, int, VmemmapMapping>();
        foreach (string name in Facts.ArchitectureNames.All)
        {
            // Only kernels with 4K pages have sections whose struct pages fill blocks.
            bool blocks = !name.Contains("16k", StringComparison.Ordinal) && !name.Contains("64k", StringComparison.Ordinal);
            foreach (int size in new[] { 56, 64, 80, 128 })
            {
                data.Add(name, size, VmemmapMapping.Default);
            }

            data.Add(name, 64, VmemmapMapping.BasePages);
            if (blocks)
            {
                data.Add(name, 128, VmemmapMapping.Blocks);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void AMachineBoots(string architecture, int structPageSize, VmemmapMapping mapping) =>
        OnMachine.Run(architecture, new Booting(structPageSize, mapping));

    // 512M below 4G and 128M above, struct pages of 1024 bytes: their 160M reach from the top down over the border of the zones at 4G, and not
    // in whole pieces of a section's 32M each, because the root table has the highest frame.
    [Fact]
    public void StructPagesOfVmemmapItself_KnowTheirZone()
    {
        Machine<X64> machine = new(new MachineOptions
        {
            Memory = [new(0, (4UL << 30) - (512UL << 20), 640UL << 20)],
            StructPageSize = 1024,
            VmemmapMapping = VmemmapMapping.BasePages,
            Cpus = 1,
        });
        const ulong Border = 1UL << 20;
        for (ulong pfn = Border - 4096; pfn < Border + 8192; pfn++)
        {
            StructPage page = machine.Cpus[0].ReadStructPage(pfn);
            Assert.Equal(pfn < Border ? 0 : 1, page.Zone);
            Assert.True(page.IsReserved);
        }
    }

    private sealed class Booting(int structPageSize, VmemmapMapping mapping) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            // Node 0 at 0, a hole, node 1, a hole, node 0 again: the last one over 4G, and so in another zone.
            ulong section = OnMachine.Section<TArch>();
            NodeMemory[] memory = [new(0, 0, section), new(1, 2 * section, section), new(0, 4UL << 30, section)];
            Machine<TArch> machine = new(new MachineOptions
            {
                Memory = memory,
                StructPageSize = structPageSize,
                VmemmapMapping = mapping,
                Cpus = 1,
            });
            ulong perSection = section >> TArch.PageShift;
            Assert.Equal((long)(3 * perSection), machine.Books.Total);
            Assert.Equal(machine.Books[FrameUse.Free], OnMachine.FreeInZones(machine));
            Assert.Equal(3 * (long)perSection * structPageSize / (1L << TArch.PageShift), machine.Books[FrameUse.Vmemmap]);

            Manual manual = AllManuals.Of(TArch.Name);
            MachineWords words = new(machine.Memory);
            HashSet<ulong> tables = [];
            HashSet<ulong> vmemmap = [];
            bool blocks = mapping == VmemmapMapping.Blocks
                || (mapping == VmemmapMapping.Default && TArch.PageShift == 12 && perSection * (ulong)structPageSize % (1UL << 21) == 0);
            foreach (NodeMemory range in memory)
            {
                ulong first = range.Start >> TArch.PageShift;
                for (ulong pfn = first; pfn < first + perSection; pfn++)
                {
                    ulong address = machine.Vmemmap.Start + (pfn * (ulong)structPageSize);
                    List<ulong> visited = [];
                    Outcome outcome = manual.Walk(words, machine.PageTables.Root, address, visited);
                    Assert.Equal(TranslationFault.None, outcome.Fault);
                    Assert.True(outcome.IsWritable);
                    Assert.Equal(blocks ? 1UL << 21 : 1UL << TArch.PageShift, outcome.Size);
                    tables.UnionWith(visited);
                    vmemmap.Add(outcome.PhysicalAddress >> TArch.PageShift);

                    // The flags word: node from bit 54, zone from bit 51, PG_reserved 13; the count in the upper half of word 6.
                    ulong flags = machine.Memory.ReadWord(outcome.PhysicalAddress);
                    Assert.Equal(((ulong)range.Node << 54) | ((range.Start >= 4UL << 30 ? 1UL : 0) << 51), flags & (ulong.MaxValue << 51));
                    bool free = machine.Nodes[range.Node].Zones[range.Start >= 4UL << 30 ? 1 : 0].IsFree(pfn);
                    Assert.Equal(free, (flags >> 13 & 1) == 0);
                    manual.Walk(words, machine.PageTables.Root, address + 48, visited);
                    ulong count = machine.Memory.ReadWord(manual.Walk(words, machine.PageTables.Root, address + 48).PhysicalAddress) >> 32;
                    Assert.Equal(free, count == 0);
                }
            }

            Assert.Equal(machine.Books[FrameUse.Vmemmap], vmemmap.Count);
            Assert.Equal(machine.Books[FrameUse.PageTable], tables.Count);
            Assert.All(vmemmap.Concat(tables.Select(table => table >> TArch.PageShift)), pfn =>
            {
                StructPage page = machine.Cpus[0].ReadStructPage(pfn);
                Assert.True(page.IsReserved);
                Assert.Equal(vmemmap.Contains(pfn) ? 2 : 1, page.RefCount);
            });

            // The hole has no struct pages.
            Assert.Equal(TranslationFault.NotPresent, manual.Walk(words, machine.PageTables.Root, machine.Vmemmap.AddressOf(perSection)).Fault);
            Assert.False(machine.Sections.IsOnline(perSection));
            Assert.Equal(0, machine.Violations.Count);
            Assert.Equal(default, machine.Count());
            return true;
        }
    }
}

using Vmemmap.Devmap;
using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Simulation.Checking;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>The compound PUD geometry, entry by entry, and taken apart in every way.</summary>
public class CompoundPudTests
{
    private const ulong Mega = 1UL << 20;
    private const int Pmd = 2;
    private const int Pte = 3;

    /// <summary>PMD0 leads to A: the head's frame and 511 times the tail's. PMD1 to PMD7 lead to B: 512 times the tail's.</summary>
    [Fact]
    public void EachCompoundPage_IsFourPages()
    {
        var rig = new DevmapRig<X64>(PopulateTests.Options(1024, 2048, 1024) with { SharesTables = true });
        DaxDevice<X64> device = rig.Plug();
        Manual manual = AllManuals.Of("x86-64");
        var words = new MachineWords(rig.Machine.Memory);
        var seen = new HashSet<ulong>();
        for (ulong compound = 0; compound < 2; compound++)
        {
            ulong[] pmds = new ulong[8];
            ulong[] tables = new ulong[8];
            for (ulong section = 0; section < 8; section++)
            {
                ulong pfn = ((1024 * Mega) + (compound * 1024 * Mega) + (section * 128 * Mega)) >> 12;
                ulong address = rig.Machine.Vmemmap.Start + (pfn * 64);
                List<ulong> path = [];
                manual.Walk(words, rig.Machine.PageTables.Root, address, path);
                pmds[section] = rig.Machine.Memory.ReadWord(path[Pmd] + ((ulong)manual.Index(Pmd, address) * 8));
                tables[section] = path[Pte];
            }

            Assert.NotEqual(pmds[0], pmds[1]);
            Assert.All(pmds[2..], entry => Assert.Equal(pmds[1], entry));
            ulong[] a = Frames(rig, tables[0]);
            ulong[] b = Frames(rig, tables[1]);
            Assert.NotEqual(a[0], a[1]);
            Assert.All(a[1..], frame => Assert.Equal(a[1], frame));
            Assert.All(b, frame => Assert.Equal(a[1], frame));

            // H, T, A and B, none of which the other compound page has.
            Assert.All([a[0], a[1], tables[0] >> 12, tables[1] >> 12], frame => Assert.True(seen.Add(frame)));
            Assert.Equal(7, References(rig, tables[1] >> 12));
            Assert.Equal(1, References(rig, tables[0] >> 12));
            Assert.Equal(511 + 512, References(rig, a[1]));
        }

        Assert.Equal(2 * 16384, DevmapWalk.Of(device).Bytes);
        rig.Check(device);
    }

    /// <summary>Without sharing: ten pages, 40960 bytes.</summary>
    [Fact]
    public void WithoutSharing_EachCompoundPage_IsTenPages()
    {
        var rig = new DevmapRig<X64>(PopulateTests.Options(1024, 1024, 1024));
        DevmapWalk walk = DevmapWalk.Of(rig.Plug());
        Assert.Equal((2, 8, 40960), (walk.Frames, walk.LastLevelTables, walk.Bytes));
    }

    [Theory]
    [InlineData("x86-64", 1024, true)]
    [InlineData("x86-64", 2, false)]
    [InlineData("arm64-4k", 1024, true)]
    [InlineData("arm64-4k", 32, false)]
    [InlineData("arm64-16k", 1024, false)]
    [InlineData("arm64-16k", 32, false)]
    [InlineData("arm64-64k", 16384, false)]
    [InlineData("riscv64-sv48", 1024, true)]
    public void ItApplies_WhereThreeTablesAreCovered(string architecture, int align, bool applies) =>
        Machine.OnMachine.Run(architecture, new Applies((ulong)align * Mega, applies));

    /// <summary>
    /// Sections go in any order: only their own entries are cleared, B is not touched while an entry leads to it, T goes once.
    /// </summary>
    [Theory]
    [InlineData(1024, true)]
    [InlineData(1024, false)]
    [InlineData(1024 + 384, true)]
    [InlineData(1024 + 64, true)]
    public void SectionsGo_InAnyOrder(int start, bool shares)
    {
        var random = new Random(start);
        var rig = new DevmapRig<X64>(PopulateTests.Options(start, 2048, 1024) with { SharesTables = shares });
        for (int round = 0; round < 2; round++)
        {
            DaxDevice<X64> device = rig.Plug();
            DevmapPiece[] pieces = [.. device.Pieces];
            random.Shuffle(pieces);
            foreach (DevmapPiece piece in pieces)
            {
                device.Remove(rig.Cpu, piece);
                rig.Check(device);
            }

            Assert.True(device.TryUnplug(rig.Cpu));
            rig.AssertAsBefore();
        }

        Assert.Equal(rig.Machine.Count().FramesTaken, rig.Machine.Count().FramesReturned);
    }

    /// <summary>
    /// All 5040 orders of sections 1 to 7, with section 0 before, between or after them: books only, which count every frame once.
    /// </summary>
    [Fact]
    public void EveryOrderOfSections_FreesEverythingOnce()
    {
        var rig = new DevmapRig<X64>(PopulateTests.Options(1024, 1024, 1024) with { SharesTables = true });
        int orders = 0;
        foreach (int[] order in Orders([1, 2, 3, 4, 5, 6, 7]))
        {
            DaxDevice<X64> device = DaxDevice<X64>.Prepare(rig.Machine, rig.Options);
            DevmapPiece[] pieces = [.. device.AllPieces()];
            Assert.All(pieces, piece => Assert.True(device.TryAdd(rig.Cpu, piece)));
            ulong table = rig.Machine.PageTables.Find(PageOf(rig, pieces[1])).Address >> 12;
            int first = orders++ % 8;
            for (int i = 0; i < 8; i++)
            {
                int section = i == first ? 0 : order[i < first ? i : i - 1];
                device.Remove(rig.Cpu, pieces[section]);

                // Sections 1 to 7 that are left: after i + 1 sections, less section 0 if it is still there.
                int left = 7 - (i + 1 - (first <= i ? 1 : 0));
                Assert.Equal(left, References(rig, table));
                Assert.True(left == 0 || rig.Machine.Memory.ReadWord(table << 12) != 0);
            }

            Assert.True(device.TryUnplug(rig.Cpu));
            Assert.Equal(rig.Before[(int)FrameUse.Free], rig.Machine.Books[FrameUse.Free]);
        }

        Assert.Equal(5040, orders);
        rig.AssertAsBefore();
    }

    private static long PageOf(DevmapRig<X64> rig, DevmapPiece piece)
    {
        Assert.True(rig.Machine.Vmemmap.TryPageOf(rig.Machine.Vmemmap.AddressOf(piece.Pfn), out long page));
        return page;
    }

    private static IEnumerable<int[]> Orders(int[] items)
    {
        if (items.Length == 1)
        {
            yield return items;
            yield break;
        }

        foreach (int item in items)
        {
            foreach (int[] rest in Orders([.. items.Where(other => other != item)]))
            {
                yield return [item, .. rest];
            }
        }
    }

    private static ulong[] Frames(DevmapRig<X64> rig, ulong table) =>
        [.. Enumerable.Range(0, 512).Select(i => (rig.Machine.Memory.ReadWord(table + ((ulong)i * 8)) & 0x000ffffffffff000) >> 12)];

    private static int References(DevmapRig<X64> rig, ulong frame) => rig.Cpu.ReadStructPage(frame).RefCount;

    private sealed class Applies(ulong align, bool applies) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            Assert.Equal(applies, Deduplication.CanShareTables<TArch>(64, align));
            return true;
        }
    }
}

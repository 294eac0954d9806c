using System.Buffers.Binary;
using System.Text;
using Vmemmap.SyntheticImages;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.Walking;

/// <summary>The builder of images, checked by walks that share nothing with how it writes tables.</summary>
public sealed class SyntheticImageTests
{
    private const ulong Mega = 1UL << 20;
    private const ulong Giga = 1UL << 30;

    public static TheoryData<string> Names() => [.. Machines.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Build_EveryPageOfVmemmap_LeadsToTheFrameThatWasMeant(string architecture)
    {
        SyntheticImage image = new SyntheticKernel
        {
            Architecture = architecture,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        }.Build();

        int pages = 0;
        bool readOnlyAliases = image.Machine.Family != CpuFamily.RiscV64;
        foreach (VmemmapPage page in image.VmemmapPages())
        {
            ReferenceTranslation translation = Translate(image, page.Address);
            ulong size = page.InBlock ? 1UL << image.Machine.LastTableShift : image.Machine.PageSize;
            Assert.Equal(
                (ReferenceFault.None, page.Frame, size, !(page.Alias && readOnlyAliases)),
                (translation.Fault, translation.PhysicalAddress, translation.Size, translation.Writable));
            pages++;
        }

        Assert.True(pages > 0);
    }

    [Theory]
    [InlineData("x86-64", HvoLayout.ReserveTwo, 2)]
    [InlineData("x86-64", HvoLayout.ReserveOne, 1)]
    [InlineData("x86-64", HvoLayout.SharedTail, 2)]
    [InlineData("arm64-16k-va48", HvoLayout.ReserveOne, 1)]
    [InlineData("arm64-64k-va52", HvoLayout.SharedTail, 2)]
    public void Build_OptimizedPage_TouchesFewFrames(string architecture, HvoLayout layout, int frames)
    {
        HugePagePlaces places = HugePagePlaces.In(architecture);
        ulong size = (1UL << (places.Machine.PageShift - 3)) << places.Machine.PageShift;
        ulong head = places.Next(size);
        SyntheticImage image = new SyntheticKernel
        {
            Architecture = architecture,
            Layout = layout,
            HugePages = [new HugePageRequest(head, size, Optimized: true)],
        }.Build();

        // Every PMD-sized huge page has 8 vmemmap pages.
        HashSet<ulong> seen = [];
        for (ulong page = 0; page < 8; page++)
        {
            seen.Add(Translate(image, image.StructPage(head) + (page << image.Machine.PageShift)).PhysicalAddress);
        }

        Assert.Equal(frames, seen.Count);
        Assert.Equal(frames, image.Expected.HugePages[0].DistinctFrames);
        Assert.Equal(layout == HvoLayout.ReserveTwo ? 6 : 7, image.Expected.FreedPages);
    }

    /// <summary>What a reader needs on its way: the root through the image's mapping, mem_section through the linear map.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Build_KernelsOwnMappings_LeadBack(string architecture)
    {
        SyntheticImage image = new SyntheticKernel { Architecture = architecture }.Build();

        Assert.Equal(image.Root, Translate(image, image.ImageAddress(image.Root)).PhysicalAddress);
        Assert.Equal(image.Root, Translate(image, image.LinearAddress(image.Root)).PhysicalAddress);

        ulong roots = Translate(image, Symbol(image, "SYMBOL(mem_section)")).PhysicalAddress;
        ulong section = (image.Root >> image.Machine.SectionShift) * 16;
        ulong page = Read(image, roots + (section / image.Machine.PageSize * 8));
        ulong map = Read(image, Translate(image, page + (section % image.Machine.PageSize)).PhysicalAddress);
        Assert.Equal(image.Expected.VmemmapBase | 0xf, map);
    }

    /// <summary>Raw entries as real kernels have them, less the address.</summary>
    [Theory]
    [InlineData("x86-64", "6.1.192", 0UL, 0x80000000000001e3, 0x8000000000000163, 0x8000000000000161)]
    [InlineData("x86-64", "6.12.117", 0UL, 0x80000000000001e3, 0x8000000000000163, 0x8000000000000121)]
    [InlineData("arm64-4k-va48", "6.1.192", 2UL << 20, 0x0060000000000f01, 0x00e8000000000f03, 0x00e0000000000f83)]
    [InlineData("arm64-4k-va48", "6.12.117", 2UL << 20, 0x00e8000000000f01, 0x00e8000000000f03, 0x00e0000000000f83)]
    [InlineData("arm64-64k-va48", "6.1.192", 0UL, 0UL, 0x00e8000000000703, 0x00e0000000000783)]
    [InlineData("arm64-16k-va52", "6.12.117", 0UL, 0UL, 0x00e8000000000403, 0x00e0000000000483)]
    [InlineData("arm64-4k-va52", "6.12.117", 2UL << 20, 0x00e8000000000c01, 0x00e8000000000c03, 0x00e0000000000c83)]
    [InlineData("riscv64-sv48", "6.12.117", 0UL, 0xe7UL, 0xe7UL, 0xe7UL)]
    public void Build_Entries_HaveTheBitsOfARealKernel(
        string architecture, string version, ulong offset, ulong block, ulong page, ulong alias)
    {
        SyntheticImage image = new SyntheticKernel
        {
            Architecture = architecture,
            Version = KernelVersion.Parse(version),
            KernelOffset = offset,
            HugePages = HugePagePlaces.In(architecture).EverySize(),
        }.Build();

        foreach (VmemmapPage place in image.VmemmapPages())
        {
            // Frames lie below 8 GiB, so their address bits are these.
            ulong mask = image.Machine.Family == CpuFamily.RiscV64 ? 0x7ffffc00UL : 0x1_ffff_f000UL;
            ulong bits = Translate(image, place.Address).Entry & ~mask;
            Assert.Equal(place.InBlock ? block : place.Alias ? alias : page, bits);
        }
    }

    [Fact]
    public void Write_ElfCore_HasUnalignedSegmentsThatHoldTheMemory()
    {
        SyntheticImage image = new SyntheticKernel { Architecture = "x86-64", WholeVmemmap = false }.Build();
        byte[] file = image.ToArray();

        int segments = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(56));
        bool found = false;
        for (int i = 0; i < segments; i++)
        {
            ReadOnlySpan<byte> header = file.AsSpan(64 + (56 * i), 56);
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == 1)
            {
                Assert.NotEqual(0UL, offset & 0xfff);
                if (image.Root - address < length)
                {
                    ulong inFile = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan((int)(offset + image.Root - address + (511 * 8))));
                    Assert.Equal(image.Memory.Read64(image.Root + (511 * 8)), inFile);
                    found = true;
                }
            }
        }

        Assert.True(found);
    }

    [Fact]
    public void Write_OnlyInRam_LeavesTheKernelsOwnNote()
    {
        SyntheticImage image = new SyntheticKernel { Architecture = "riscv64-sv48", VmcoreInfo = VmcoreInfoPlace.MemoryOnly }.Build();
        ReadOnlySpan<byte> file = image.ToArray();

        // The segment table names no such note; in RAM there are a note header of 12 bytes, the padded name and the text.
        int at = file.IndexOf("VMCOREINFO\0\0OSRELEASE="u8);
        Assert.True(at > 0);
        int length = BinaryPrimitives.ReadInt32LittleEndian(file[(at - 8)..]);
        Assert.Equal(image.VmcoreInfo, Encoding.ASCII.GetString(file.Slice(at + 12, length)));
        Assert.Equal(-1, file[(at + 12)..].IndexOf("VMCOREINFO\0\0OSRELEASE="u8));
    }

    /// <summary>1G DAX on x86: head and tail, then the tail in all eight sections; the posted PUD geometry has two tables of it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Build_1GDevice_CarriesItsTail(bool sharesTables)
    {
        SyntheticImage image = new SyntheticKernel
        {
            Architecture = "x86-64",
            DaxDevices = [new DaxDeviceRequest(new MemoryRange((8 * Giga) + (128 * Mega), Giga), Giga) { SharesTables = sharesTables }],
        }.Build();

        ulong first = image.StructPage(((8 * Giga) + (128 * Mega)) >> 12);
        ulong tail = Translate(image, first + 4096).PhysicalAddress;
        Assert.NotEqual(tail, Translate(image, first).PhysicalAddress);
        HashSet<ulong> tables = [];
        for (ulong page = 1; page < 4096; page++)
        {
            ReferenceTranslation translation = Translate(image, first + (page << 12));
            Assert.Equal((tail, true), (translation.PhysicalAddress, translation.Writable));
            tables.Add(translation.EntryAddress >> 12);
        }

        Assert.Equal(sharesTables ? 2 : 8, tables.Count);
        Assert.Equal(new ExpectedDax(Giga, 1, 4094, sharesTables ? 2 : 8), image.Expected.DevDax.Single());
    }

    /// <summary>The figures of a real machine: 96 optimized pages of 2M and one of 1G free 4767 vmemmap pages.</summary>
    [Fact]
    public void Expected_PoolsOfARealMachine_AreItsFigures()
    {
        HugePagePlaces places = HugePagePlaces.In("x86-64");
        List<HugePageRequest> pages = [new HugePageRequest(places.Next(Giga), Giga, Optimized: true)];
        for (int i = 0; i < 112; i++)
        {
            pages.Add(new HugePageRequest(places.Next(2 * Mega), 2 * Mega, Optimized: i < 96));
        }

        Expected expected = new SyntheticKernel { Architecture = "x86-64", HugePages = pages, WholeVmemmap = false }.Build().Expected;
        Assert.Equal(4767, expected.FreedPages);
        Assert.Equal([4095L, 672L], expected.HugeTlb.Select(size => size.FreedPages));
        Assert.Equal([1L, 112L], expected.HugeTlb.Select(size => size.Pages));
        Assert.Equal(10, expected.SplitPageTables);
        Assert.Equal((4767 - 10) * 4096L, expected.NetBytes);
    }

    private static ReferenceTranslation Translate(SyntheticImage image, ulong address) =>
        ReferenceWalker.Translate(image.Machine.Name, image.Memory.Read64, image.Root, address);

    private static ulong Read(SyntheticImage image, ulong address) => image.Memory.Read64(address)!.Value;

    private static ulong Symbol(SyntheticImage image, string key)
    {
        string line = image.VmcoreInfo.Split('\n').Single(text => text.StartsWith(key + "=", StringComparison.Ordinal));
        return Convert.ToUInt64(line[(key.Length + 1)..], 16);
    }
}

namespace Vmemmap.Tests.StructPages;

/// <summary>Flag bits, zones and nodes, and page types.</summary>
public class PageFlagsTests
{
    // 6.12.117's include/linux/page-flags.h, in order; VMCOREINFO agrees where it speaks (lru, head, swapcache, private, swapbacked, hwpoison).
    [Fact]
    public void Bits_AreInTheKernelsOrder() => Assert.Equal(
        Enumerable.Range(0, 21),
        [
            PageFlags.LockedBit, PageFlags.WritebackBit, PageFlags.ReferencedBit, PageFlags.UpToDateBit, PageFlags.DirtyBit, PageFlags.LruBit,
            PageFlags.HeadBit, PageFlags.WaitersBit, PageFlags.ActiveBit, PageFlags.WorkingSetBit, PageFlags.OwnerPrivateBit,
            PageFlags.OwnerSecondBit, PageFlags.ArchitectureBit, PageFlags.ReservedBit, PageFlags.PrivateBit, PageFlags.PrivateSecondBit,
            PageFlags.ReclaimBit, PageFlags.SwapBackedBit, PageFlags.UnevictableBit, PageFlags.MLockedBit, PageFlags.HwPoisonBit,
        ]);

    [Theory]
    [InlineData(PageFlags.Head, 0x40)] // NUMBER(PG_head_mask)=64
    [InlineData(PageFlags.VmemmapSelfHosted, 0x400)] // PG_owner_priv_1, where NUMBER(PG_swapcache)=10
    [InlineData(PageFlags.Reserved, 0x2000)]
    [InlineData(PageFlags.Private, 0x4000)] // NUMBER(PG_private)=14
    [InlineData(PageFlags.HwPoison, 0x100000)] // NUMBER(PG_hwpoison)=20
    public void Masks_AreThoseOfTheBits(ulong mask, ulong expected) => Assert.Equal(expected, mask);

    [Theory]
    [InlineData(0, 0, 0x0000000000000000)]
    [InlineData(0, 2, 0x0010000000000000)] // the Normal zone of a real x86-64 machine
    [InlineData(1, 2, 0x0050000000000000)]
    [InlineData(0, 7, 0x0038000000000000)]
    [InlineData(1023, 0, 0xffc0000000000000)]
    [InlineData(1023, 7, 0xfff8000000000000)]
    public void NodeAndZone_AreOnTop(int node, int zone, ulong flags)
    {
        Assert.Equal(flags, PageFlags.NodeAndZone(node, zone));
        foreach (ulong others in (ulong[])[0, 0x0007ffffffffffff])
        {
            Assert.Equal((node, zone), (PageFlags.Node(flags | others), PageFlags.Zone(flags | others)));
        }

        Assert.Equal(0xfff8000000000000, PageFlags.NodeAndZoneMask);
    }

    [Theory]
    [InlineData(1024, 0, "node")]
    [InlineData(-1, 0, "node")]
    [InlineData(0, 8, "zone")]
    [InlineData(0, -1, "zone")]
    public void NodeAndZone_RefusesWhatDoesNotFit(int node, int zone, string parameter) =>
        Assert.Equal(parameter, Assert.Throws<ArgumentOutOfRangeException>(() => PageFlags.NodeAndZone(node, zone)).ParamName);

    // NUMBER(PAGE_*_MAPCOUNT_VALUE) of 6.12.117, printed as signed numbers.
    [Theory]
    [InlineData(PageTypes.Buddy, -268435456)]
    [InlineData(PageTypes.Offline, -251658240)]
    [InlineData(PageTypes.HugeTlb, -201326592)]
    [InlineData(PageTypes.Slab, -184549376)]
    [InlineData(PageTypes.None, -1)]
    public void Types_AreWhatVmcoreinfoPrints(uint type, int number) => Assert.Equal(number, unchecked((int)type));

    [Fact]
    public void Type_IsTheTopByteAlone()
    {
        Assert.True(PageTypes.Is(0xf4000000, PageTypes.HugeTlb));
        Assert.True(PageTypes.Is(0xf4001234, PageTypes.HugeTlb));
        Assert.False(PageTypes.Is(0xf5000000, PageTypes.HugeTlb));
        Assert.False(PageTypes.Is(0xffffffff, PageTypes.HugeTlb));
        Assert.False(PageTypes.Is(0, PageTypes.HugeTlb)); // mapped once
    }
}

namespace Vmemmap.Tests.StructPages;

/// <summary>What struct pages of a real kernel say, and what the writing members change.</summary>
public class StructPageTests
{
    [Fact]
    public void Head_OfARealHugePage()
    {
        StructPage head = RealLines.Head;
        Assert.True(head.IsHead);
        Assert.False(head.IsTail);
        Assert.True(head.IsHugeTlb);
        Assert.False(head.IsBuddy);
        Assert.False(head.IsReserved);
        Assert.False(head.IsHwPoisoned);
        Assert.Equal(0, head.Node);
        Assert.Equal(2, head.Zone); // DMA, DMA32, Normal
        Assert.Equal(0, head.RefCount);
        Assert.Equal(HugeTlbFlags.Freed | HugeTlbFlags.VmemmapOptimized, head.HugeTlbFlags);
        Assert.Equal(0xfffff15f85030008, head.LruNext);
        Assert.Equal(0xfffff15f85208008, head.LruPrevious);
    }

    [Fact]
    public void Tails_OfARealHugePage()
    {
        StructPage first = RealLines.FirstTail;
        Assert.Equal(9, first.FolioOrder);
        Assert.Equal(512u, first.FolioPages);
        Assert.Equal((-1, -1, 0, 0), (first.LargeMapCount, first.EntireMapCount, first.PagesMapped, first.PinCount));
        Assert.Equal(RealLines.HeadAddress + (2 * 64) + 16, RealLines.SecondTail.DeferredNext); // an empty list leads to itself
        Assert.Equal(RealLines.HeadAddress + (2 * 64) + 16, RealLines.SecondTail.DeferredPrevious);
        Assert.Equal(StructPage.TailMapping, RealLines.FourthTail.Mapping);

        foreach (StructPage tail in (StructPage[])[first, RealLines.SecondTail, RealLines.FourthTail])
        {
            Assert.True(tail.IsTail);
            Assert.False(tail.IsHead);
            Assert.False(tail.IsHugeTlb);
            Assert.Equal(PageTypes.None, tail.PageType);
            Assert.Equal(-1, tail.MapCount);
            Assert.Equal(0, tail.RefCount);
            Assert.Equal((0, 2), (tail.Node, tail.Zone));
            Assert.Equal(CompoundInfo.TailOf(RealLines.HeadAddress), tail.CompoundInfo);
        }
    }

    [Fact]
    public void SetTail_MakesWhatTheKernelLeft()
    {
        StructPage page = RealLines.FourthTail;
        page.CompoundInfo = 0xfffff15f85020108;
        page.Mapping = 0x1234;
        page.Private = 9;

        page.SetTail(RealLines.HeadAddress | 1);
        Assert.Equal(RealLines.FourthTail, page);
    }

    [Fact]
    public void SetHead_ChangesOneBit()
    {
        StructPage page = RealLines.Head;
        page.ClearHead();
        Assert.Equal(0x0017ffffc0000000UL, page.Flags);
        Assert.False(page.IsHead);

        page.SetHead();
        Assert.Equal(RealLines.Head, page);
    }

    [Fact]
    public void FolioOrder_LeavesTheOtherFlags()
    {
        StructPage page = RealLines.FirstTail;
        page.FolioOrder = 18;
        Assert.Equal(0x0017ffffc0000012UL, page.Flags); // as in the first tail of a real 1G page
    }

    // 6.12 include/linux/hugetlb.h: HPG_restore_reserve = 0, then migratable, temporary, freed, vmemmap_optimized, raw_hwp_unreliable.
    [Theory]
    [InlineData(HugeTlbFlags.RestoreReserve, 0)]
    [InlineData(HugeTlbFlags.Migratable, 1)]
    [InlineData(HugeTlbFlags.Temporary, 2)]
    [InlineData(HugeTlbFlags.Freed, 3)]
    [InlineData(HugeTlbFlags.VmemmapOptimized, 4)]
    [InlineData(HugeTlbFlags.RawHwPoisonUnreliable, 5)]
    public void HugeTlbFlags_AreBitsOfPrivate(HugeTlbFlags flag, int bit)
    {
        StructPage page = default;
        page.HugeTlbFlags |= flag;
        Assert.Equal(1UL << bit, page.Private);
    }

    [Fact]
    public void Flags_AreTheKernelsBits()
    {
        Assert.True(new StructPage { Flags = 1UL << 6 }.IsHead);
        Assert.True(new StructPage { Flags = 1UL << 13 }.IsReserved);
        Assert.True(new StructPage { Flags = 1UL << 20 }.IsHwPoisoned);
        StructPage others = new() { Flags = ~((1UL << 6) | (1UL << 13) | (1UL << 20)) };
        Assert.False(others.IsHead || others.IsReserved || others.IsHwPoisoned);
    }
}

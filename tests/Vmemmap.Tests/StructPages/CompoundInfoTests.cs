using FsCheck;
using FsCheck.Fluent;

namespace Vmemmap.Tests.StructPages;

/// <summary>A tail leads to its head by a pointer or by a mask.</summary>
public class CompoundInfoTests
{
    [Theory]
    [InlineData(4, 64, 0xfffffffffffffc01)]
    [InlineData(9, 64, 0xffffffffffff8001)]
    [InlineData(13, 64, 0xfffffffffff80001)]
    [InlineData(18, 64, 0xffffffffff000001)]
    [InlineData(22, 64, 0xfffffffff0000001)] // 16G of 4K pages, the largest folio
    [InlineData(9, 128, 0xffffffffffff0001)]
    [InlineData(22, 128, 0xffffffffe0000001)]
    public void TailMask_CoversTheStructPagesOfTheOrder(int order, int structPageSize, ulong mask) =>
        Assert.Equal(mask, CompoundInfo.TailMask(order, structPageSize));

    [Theory]
    [InlineData(9, 56, "structPageSize")]
    [InlineData(9, 80, "structPageSize")]
    [InlineData(9, 96, "structPageSize")]
    [InlineData(9, 0, "structPageSize")]
    [InlineData(9, -64, "structPageSize")]
    [InlineData(-1, 64, "order")]
    [InlineData(25, 64, "order")]
    [InlineData(24, 128, "order")]
    [InlineData(64, 64, "order")]
    public void TailMask_RefusesWhatNoKernelHas(int order, int structPageSize, string parameter) =>
        Assert.Equal(parameter, Assert.Throws<ArgumentOutOfRangeException>(() => CompoundInfo.TailMask(order, structPageSize)).ParamName);

    // The 2M page at PA 0x4a6e00000 on x86-64: its head struct page is at 0xffffea00129b8000, the last at 511 x 64 above.
    [Theory]
    [InlineData(0xffffea00129b8000, 0xffffea00129b8008, 0xffffea00129b8000)] // the head: lru.next of an empty list
    [InlineData(0xffffea00129b8000, 0, 0xffffea00129b8000)]
    [InlineData(0xffffea00129b8040, 0xffffea00129b8001, 0xffffea00129b8000)]
    [InlineData(0xffffea00129bffc0, 0xffffea00129b8001, 0xffffea00129b8000)]
    [InlineData(0xffffea00129b8040, 0xffffffffffff8001, 0xffffea00129b8000)]
    [InlineData(0xffffea00129bffc0, 0xffffffffffff8001, 0xffffea00129b8000)]
    public void Head_OfEitherForm(ulong address, ulong info, ulong head) => Assert.Equal(head, CompoundInfo.Head(address, info));

    [Fact]
    public void TailOf_IsTheAddressWithBit0() => Assert.Equal(0xffffea00129b8001, CompoundInfo.TailOf(0xffffea00129b8000));

    [Fact]
    public void Head_OfEveryTail()
    {
        Gen<(int Order, int SizeShift, long Block, long Index)> pages =
            from order in Gen.Choose(1, 22)
            from sizeShift in Gen.Choose(6, 7)
            from block in Gen.Choose(0, 1 << 12)
            from index in Gen.Choose(1, (1 << order) - 1)
            select (order, sizeShift, (long)block, (long)index);
        Repeated.Holds(pages, 500, page =>
        {
            ulong vmemmap = 0xffd4000000000000; // x86-64, five levels
            ulong size = 1UL << page.SizeShift;
            ulong head = vmemmap + ((ulong)page.Block * (size << page.Order));
            ulong tail = head + ((ulong)page.Index * size);
            ulong mask = CompoundInfo.TailMask(page.Order, (int)size);
            Assert.Equal(head, CompoundInfo.Head(tail, head | 1));
            Assert.Equal(head, CompoundInfo.Head(tail, mask));
            Assert.True(CompoundInfo.IsMask(mask));
            Assert.False(CompoundInfo.IsMask(head | 1));
        });
    }

    // The last struct page before the end of vmemmap, for the layouts of kernels that have masks (v7.1; the layouts are v6.9's).
    [Theory]
    [InlineData(0xffffffffbfffffc1)] // arm64, every granule
    [InlineData(0xffffffc5ffffffc1)] // riscv64 sv39: 4G from 0xffffffc500000000
    [InlineData(0xffff8f7fffffffc1)] // riscv64 sv48: 2T from 0xffff8d8000000000
    [InlineData(0xffffeaffffffffc1)] // x86-64, four levels: 1T from 0xffffea0000000000
    [InlineData(0x0000000000000041)]
    public void IsMask_TakesNoPointerForOne(ulong info) => Assert.False(CompoundInfo.IsMask(info));
}

using FsCheck;
using FsCheck.Fluent;
using Vmemmap.Tests.Facts;
using Vmemmap.Tests.Formats;

namespace Vmemmap.Tests.StructPages;

/// <summary>Where the aliases begin, for every architecture, huge page size, layout and size of struct page.</summary>
public class FirstReadOnlyIndexTests
{
    // By size and order, which together name the base page. Struct pages in two pages and in one: at 4K 2 x 64 and 64, at 16K 2 x 256
    // and 256, at 64K 2 x 1024 and 1024, half of that where they have 128 bytes. Sizes of contiguous PTEs have no second vmemmap page.
    private static readonly Dictionary<(string Size, int Order), (long? Two, long? One, long? TwoOf128, long? OneOf128)> Expected = new()
    {
        [("1G", 18)] = (128, 64, 64, 32),
        [("32M", 13)] = (128, 64, 64, 32),
        [("2M", 9)] = (128, 64, 64, 32),
        [("64K", 4)] = (null, null, null, null),
        [("1G", 16)] = (512, 256, 256, 128),
        [("32M", 11)] = (512, 256, 256, 128),
        [("2M", 7)] = (null, null, null, null),
        [("16G", 18)] = (2048, 1024, 1024, 512),
        [("512M", 13)] = (2048, 1024, 1024, 512),
        [("2M", 5)] = (null, null, null, null),
    };

    [Theory]
    [MemberData(nameof(HstateCounts.ForEveryArchitecture), MemberType = typeof(HstateCounts))]
    public void Hstate_OfEveryArchitecture(string name, HstateCounts counts)
    {
        Hstate hstate = Loaded.Generated(name).Hstates.Single(h => h.Name == counts.Size);
        (long? two, long? one, long? twoOf128, long? oneOf128) = Expected[(counts.Size, counts.Order)];
        Assert.Equal(two, hstate.FirstReadOnlyIndex(VmemmapLayout.ReserveTwo, 64));
        Assert.Equal(one, hstate.FirstReadOnlyIndex(VmemmapLayout.ReserveOne, 64));
        Assert.Equal(one, hstate.FirstReadOnlyIndex(VmemmapLayout.SharedTail, 64));
        Assert.Equal(twoOf128, hstate.FirstReadOnlyIndex(VmemmapLayout.ReserveTwo, 128));
        Assert.Equal(oneOf128, hstate.FirstReadOnlyIndex(VmemmapLayout.ReserveOne, 128));
        Assert.Equal(oneOf128, hstate.FirstReadOnlyIndex(VmemmapLayout.SharedTail, 128));
        Assert.Null(hstate.FirstReadOnlyIndex(VmemmapLayout.None, 64));
        foreach (int structPageSize in (int[])[56, 80, 96, 0, -64])
        {
            Assert.All(Enum.GetValues<VmemmapLayout>(), layout => Assert.Null(hstate.FirstReadOnlyIndex(layout, structPageSize)));
        }
    }

    /// <summary>The constants that the analyzer reads of a type: a size without aliases has the number of its struct pages there.</summary>
    [Theory]
    [MemberData(nameof(HstateCounts.ForEveryArchitecture), MemberType = typeof(HstateCounts))]
    public void Constants_OfEveryArchitecture(string name, HstateCounts counts)
    {
        Type hstate = typeof(X64).Assembly.GetTypes()
            .Single(t => t.GetField("VirtualAddressBits") is { IsLiteral: true } && (string?)t.GetField("Name")!.GetRawConstantValue() == name)
            .GetNestedType("Huge" + counts.Size)!;
        (long? two, long? one, _, _) = Expected[(counts.Size, counts.Order)];
        Assert.Equal(two ?? counts.StructPages, Constant("ReserveTwo"));
        Assert.Equal(one ?? counts.StructPages, Constant("ReserveOne"));
        Assert.Equal(one ?? counts.StructPages, Constant("SharedTail"));

        Hstate value = Loaded.Generated(name).Hstates.Single(h => h.Name == counts.Size);
        foreach (VmemmapLayout layout in (VmemmapLayout[])[VmemmapLayout.ReserveTwo, VmemmapLayout.ReserveOne, VmemmapLayout.SharedTail])
        {
            Assert.Equal(value.FirstReadOnlyIndex(layout, StructPage.Size) ?? value.StructPages, Constant(layout.ToString()));
        }

        long Constant(string layout) => (long)hstate.GetField("FirstReadOnlyIndex" + layout)!.GetRawConstantValue()!;
    }

    [Theory]
    [InlineData(4096, 64, 6, 1, FirstReadOnlyIndex.None)] // one vmemmap page: nothing to give back
    [InlineData(4096, 64, 7, 1, 64)] // two pages: one is kept
    [InlineData(4096, 64, 7, 2, FirstReadOnlyIndex.None)] // or both
    [InlineData(4096, 64, 8, 2, 128)] // s390x 1M: four pages
    [InlineData(65536, 64, 14, 2, 2048)] // powerpc 64K, 1G: sixteen pages
    [InlineData(4096, 64, 62, 1, 64)]
    [InlineData(4096, 64, int.MaxValue, 2, 128)]
    [InlineData(4096, 8192, 9, 1, FirstReadOnlyIndex.None)] // from here on nothing that a kernel has
    [InlineData(4095, 64, 9, 1, FirstReadOnlyIndex.None)]
    [InlineData(0, 64, 9, 1, FirstReadOnlyIndex.None)]
    [InlineData(-4096, 64, 9, 1, FirstReadOnlyIndex.None)]
    [InlineData(4096, 0, 9, 1, FirstReadOnlyIndex.None)]
    [InlineData(4096, int.MinValue, 9, 1, FirstReadOnlyIndex.None)]
    [InlineData(4096, 64, -1, 1, FirstReadOnlyIndex.None)]
    [InlineData(4096, 64, 9, 0, FirstReadOnlyIndex.None)]
    [InlineData(4096, 64, 9, -1, FirstReadOnlyIndex.None)]
    public void Of_AtTheEdges(long pageSize, int structPageSize, int order, int reservedPages, long expected) =>
        Assert.Equal(expected, FirstReadOnlyIndex.Of(pageSize, structPageSize, order, reservedPages));

    /// <summary>Naively: walk the struct pages until one begins behind the kept pages; only if a kept page is not all there is.</summary>
    [Fact]
    public void Of_IsWhereTheKeptPagesEnd()
    {
        Gen<(int PageShift, int StructPageSize, int Order, int Reserved)> cases =
            from pageShift in Gen.Elements(12, 14, 16)
            from structPageSize in Gen.OneOf(Gen.Elements(32, 64, 128, 256), Gen.Choose(1, 300))
            from order in Gen.Choose(0, 16)
            from reserved in Gen.Choose(1, 2)
            select (pageShift, structPageSize, order, reserved);
        Repeated.Holds(cases, 500, c =>
        {
            long pageSize = 1L << c.PageShift;
            long expected = -1;
            bool isPowerOfTwo = Enumerable.Range(0, 31).Any(k => 1 << k == c.StructPageSize);
            for (long i = 0; i < 1L << c.Order && isPowerOfTwo && expected < 0; i++)
            {
                if (i * c.StructPageSize >= c.Reserved * pageSize)
                {
                    expected = i;
                }
            }

            Assert.Equal(expected, FirstReadOnlyIndex.Of(pageSize, c.StructPageSize, c.Order, c.Reserved));
        });
    }
}

namespace Vmemmap.Tool.Tests.RealImages;

/// <summary>--address: what is there, and what a write to it does.</summary>
public sealed class AddressTests
{
    private const string X64 = "x86_64-6.12-4level-kaslr";

    [Fact]
    public void Address_OfAReadOnlyTail_SaysThatAWriteFaults()
    {
        string text = Fixture.Inspect(X64, "--address", "fffff15f85029040");
        Assert.Contains("of PFN 0x140a41 (physical 0x140a41000), byte 0 of 64", text);
        Assert.Contains("2M at PFN 0x140a00, tail 65 of 512; optimized", text);
        Assert.Matches(@"section +40: RAM", text);
        Assert.Matches(@"frame +0x17efe6000", text);
        Assert.Matches(@"mapped by +4K, read-only", text);
        Assert.Contains("0xfffff15f85028000, 0xfffff15f8502a000 to 0xfffff15f8502f000 (6 pages)", text);
        Assert.Matches(@"A write faults \(an oops.*shared with 7 other vmemmap pages", text);
    }

    [Fact]
    public void Address_OfTheKeptPage_SaysWhoShowsTheSameBytes()
    {
        string text = Fixture.Inspect(X64, "--address", "0xfffff15f85028008");
        Assert.Contains("head of 512", text);
        Assert.Contains("byte 8 of 64", text);
        Assert.Contains("7 read-only vmemmap pages show the same bytes", text);
    }

    [Fact]
    public void Address_OfAWritableAlias_SaysThatItCorruptsSilently()
    {
        // A tail of the 2M page at PFN 0x101000: 0xffff8d7ffe000000 + 0x101041 * 64.
        string text = Fixture.Inspect("riscv64-6.12-sv48-hvo", "--address", "0xffff8d8002041040");
        Assert.Contains("silently changes the same struct page of 7 other vmemmap pages", text);
    }

    [Fact]
    public void Address_OfAnOrdinaryStructPage_ConcernsItAlone()
    {
        string text = Fixture.Inspect(X64, "--address", "0xfffff15f80000040");
        Assert.Contains("goes through and changes the struct page of PFN 0x1 alone", text);
        Assert.Matches(@"huge page +none", text);
    }

    /// <summary>variable: vmemmap_base va=0xffffffffb55d8598 pa=0x3e7d8598.</summary>
    [Fact]
    public void Address_ElsewhereInTheKernel_IsTranslated()
    {
        string text = Fixture.Inspect(X64, "--address", "0xffffffffb55d8598");
        Assert.Matches(@"physical +0x3e7d8598", text);
        Assert.DoesNotContain("struct page", text);
        Assert.Contains("A write faults: the mapping is read-only.", text);
    }

    [Theory]
    [InlineData("0xfffff25f00000000", "not present")]
    [InlineData("0x0000800000000000", "not an address that x86-64's kernel root table translates")]
    public void Address_WithoutMemory_SaysWhereTheWayEnds(string address, string end)
    {
        string text = Fixture.Inspect(X64, "--address", address);
        Assert.Contains(end, text);
        Assert.Contains("A write faults", text);
    }

    /// <summary>A tag in the top byte of an arm64 pointer is no part of the address.</summary>
    [Fact]
    public void Address_WithATag_IsTheAddressWithoutIt() => Assert.Equal(
        Fixture.Inspect("arm64-6.1-4k-va48-hvo", "--address", "0xfffffc7512000040"),
        Fixture.Inspect("arm64-6.1-4k-va48-hvo", "--address", "0xf4fffc7512000040"));
}

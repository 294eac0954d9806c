using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;

namespace Vmemmap.Tests.Facts;

/// <summary>
/// The edges of what each root translates: both halves with the sign extended on x86-64 and riscv64, PAGE_OFFSET and up on arm64.
/// </summary>
public class CanonicalTests
{
    [Theory]
    [InlineData("x86-64", 0x0000_7fff_ffff_ffff, 0xffff_8000_0000_0000)]
    [InlineData("x86-64-la57", 0x00ff_ffff_ffff_ffff, 0xff00_0000_0000_0000)]
    [InlineData("riscv64-sv39", 0x0000_003f_ffff_ffff, 0xffff_ffc0_0000_0000)]
    [InlineData("riscv64-sv48", 0x0000_7fff_ffff_ffff, 0xffff_8000_0000_0000)]
    [InlineData("riscv64-sv57", 0x00ff_ffff_ffff_ffff, 0xff00_0000_0000_0000)]
    public void SignExtended_HasTwoHalves(string name, ulong lastOfLower, ulong firstOfUpper)
    {
        Assert.Equal(CanonicalRule.SignExtended, Loaded.Generated(name).Canonical);
        Check(name, canonical: [0, lastOfLower, firstOfUpper, ulong.MaxValue], not: [lastOfLower + 1, firstOfUpper - 1, 1UL << 63]);
    }

    [Theory]
    [InlineData("arm64-4k-va39", 0xffff_ff80_0000_0000)]
    [InlineData("arm64-4k-va48", 0xffff_0000_0000_0000)]
    [InlineData("arm64-4k-va52", 0xfff0_0000_0000_0000)]
    [InlineData("arm64-16k-va36", 0xffff_fff0_0000_0000)]
    [InlineData("arm64-16k-va47", 0xffff_8000_0000_0000)]
    [InlineData("arm64-16k-va48", 0xffff_0000_0000_0000)]
    [InlineData("arm64-16k-va52", 0xfff0_0000_0000_0000)]
    [InlineData("arm64-64k-va42", 0xffff_fc00_0000_0000)]
    [InlineData("arm64-64k-va48", 0xffff_0000_0000_0000)]
    [InlineData("arm64-64k-va52", 0xfff0_0000_0000_0000)]
    public void UpperHalf_StartsAtPageOffset(string name, ulong pageOffset)
    {
        Assert.Equal(CanonicalRule.UpperHalf, Loaded.Generated(name).Canonical);
        Check(name, canonical: [pageOffset, ulong.MaxValue], not: [0, pageOffset - 1, 1UL << 55, 1UL << 63]);
    }

    private static void Check(string name, ulong[] canonical, ulong[] not)
    {
        foreach (Format format in (Format[])[Format.Of(Loaded.Generated(name)), Format.Of(Loaded.Walker(name))])
        {
            Assert.All(canonical, address => Assert.True(format.Members.IsCanonical(address), $"0x{address:x}"));
            Assert.All(not, address => Assert.False(format.Members.IsCanonical(address), $"0x{address:x}"));

            // In a memory that holds nothing: the walk ends at the root's entry, or before it.
            TestMemory nothing = new();
            Assert.All(canonical, address => Assert.Equal(TranslationFault.Absent, format.Translate(nothing, 0x1000, address).Fault));
            Outcome refused = new(TranslationFault.NotCanonical, 0, 0, 0);
            Assert.All(not, address => Assert.Equal(refused, format.Translate(nothing, 0x1000, address)));
        }
    }
}

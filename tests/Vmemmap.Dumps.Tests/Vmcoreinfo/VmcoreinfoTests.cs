using System.Text;

namespace Vmemmap.Dumps.Tests;

public sealed class VmcoreinfoTests
{
    [Theory]
    [InlineData("-201326592", -201326592)]
    [InlineData("153092096", 153092096)]
    [InlineData("-1", -1)]
    [InlineData("0", 0)]
    [InlineData("0x10", 16)]
    [InlineData("0X1F", 31)]
    [InlineData("0xffffe2bbc0000000", unchecked((long)0xffffe2bbc0000000))]
    [InlineData("18446744073709551615", -1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Number_IsSignedDecimalOrHexOf64Bits(string text, long expected)
    {
        Assert.True(Parse($"NUMBER(x)={text}\n").TryGetNumber("x", out long number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0x")]
    [InlineData("-0x10")]
    [InlineData("1 ")]
    [InlineData("0x10000000000000000")]
    [InlineData("18446744073709551616")]
    public void NumberThatIsNone_Fails(string text) => Assert.Equal(
        $"a.core: VMCOREINFO (the note): NUMBER(x)={text} is not a decimal or 0x hexadecimal number; the dump is damaged, "
            + $"take it again",
        Assert.Throws<ImageFormatException>(() => Parse($"NUMBER(x)={text}\n").TryGetNumber("x", out _)).Message);

    [Fact]
    public void EachKind_HasItsOwnSpelling()
    {
        Vmcoreinfo info = Parse("""
            OSRELEASE=6.12.117+deb12-amd64
            BUILD-ID=764949bb
            PAGESIZE=16384
            SYMBOL(vmemmap)=fffff15f80000000
            SIZE(page)=64
            OFFSET(page.flags)=0
            LENGTH(mem_section)=2097152
            KERNELOFFSET=33000000

            """);
        Assert.Equal("6.12.117+deb12-amd64", info.OsRelease);
        Assert.Equal("764949bb", info.BuildId);
        Assert.True(info.TryGetPageSize(out long page));
        Assert.Equal(16384, page);
        Assert.True(info.TryGetSymbol("vmemmap", out ulong vmemmap));
        Assert.Equal(0xfffff15f80000000, vmemmap);
        Assert.True(info.TryGetSize("page", out long size));
        Assert.Equal(64, size);
        Assert.True(info.TryGetOffset("page.flags", out long offset));
        Assert.Equal(0, offset);
        Assert.True(info.TryGetLength("mem_section", out long length));
        Assert.Equal(2097152, length);
        Assert.True(info.TryGetKernelOffset(out ulong moved));
        Assert.Equal(0x33000000UL, moved);
        Assert.True(info.TryGetKernelVersion(out KernelVersion version));
        Assert.Equal(new KernelVersion(6, 12), version);
        Assert.Equal("SYMBOL(vmemmap)=fffff15f80000000", info.LineOf("SYMBOL(vmemmap)"));
        Assert.Null(info.LineOf("SYMBOL(mem_map)"));
        Assert.Empty(info.Warnings);
    }

    [Fact]
    public void MissingKeys_AreNoError()
    {
        Vmcoreinfo info = Parse("");
        Assert.False(info.TryGetSymbol("x", out _));
        Assert.False(info.TryGetSize("x", out _));
        Assert.False(info.TryGetOffset("x", out _));
        Assert.False(info.TryGetLength("x", out _));
        Assert.False(info.TryGetNumber("x", out _));
        Assert.False(info.TryGetPageSize(out _));
        Assert.False(info.TryGetKernelOffset(out _));
        Assert.False(info.TryGetKernelVersion(out _));
        Assert.Null(info.OsRelease);
    }

    [Fact]
    public void DamagedValues_FailWhenAskedFor()
    {
        Vmcoreinfo info = Parse("SYMBOL(a)=xyz\nSIZE(b)=-1\nPAGESIZE=4097\nKERNELOFFSET=12345678123456781\nOSRELEASE=six\n");
        Assert.Equal(
            "a.core: VMCOREINFO (the note): SYMBOL(a)=xyz is not a hexadecimal number of 64 bits; the dump is damaged, take it again",
            Assert.Throws<ImageFormatException>(() => info.TryGetSymbol("a", out _)).Message);
        Assert.Equal(
            "a.core: VMCOREINFO (the note): SIZE(b)=-1 is not a decimal number; the dump is damaged, take it again",
            Assert.Throws<ImageFormatException>(() => info.TryGetSize("b", out _)).Message);
        Assert.Equal(
            "a.core: VMCOREINFO (the note): PAGESIZE=4097 is not a power of two; the dump is damaged, take it again",
            Assert.Throws<ImageFormatException>(() => info.TryGetPageSize(out _)).Message);
        Assert.Throws<ImageFormatException>(() => info.TryGetKernelOffset(out _));
        Assert.Equal(
            "a.core: VMCOREINFO (the note): OSRELEASE=six is not a release such as 6.12.117-amd64; the dump is damaged, take it again",
            Assert.Throws<ImageFormatException>(() => info.TryGetKernelVersion(out _)).Message);
    }

    [Fact]
    public void StrangeLines_AreWarnings_AndTheLastOfTwoWins()
    {
        Vmcoreinfo info = Parse("PAGESIZE=4096\nnothing\n=1\nA=\u0001\nPAGESIZE=16384\nB=2=3");
        Assert.Equal(["PAGESIZE", "B"], info.Keys);
        Assert.Equal("B=2=3", info.LineOf("B"));
        Assert.True(info.TryGetPageSize(out long page));
        Assert.Equal(16384, page);
        Assert.Equal(
            [
                "VMCOREINFO line 2 is no KEY=VALUE and was left out: nothing",
                "VMCOREINFO line 3 is no KEY=VALUE and was left out: =1",
                "VMCOREINFO line 4 is no KEY=VALUE and was left out: A=\\x01",
                "VMCOREINFO line 5 gives PAGESIZE again: 16384 replaces 4096",
            ],
            info.Warnings);
    }

    [Fact]
    public void Garbage_GivesFewWarnings()
    {
        Vmcoreinfo info = Parse(string.Concat(Enumerable.Repeat("garbage\n", 1000)));
        Assert.Equal(21, info.Warnings.Count);
        Assert.Equal("VMCOREINFO: 980 more warnings of these kinds", info.Warnings[^1]);
    }

    [Fact]
    public void Text_EndsAtNul() => Assert.Equal(["A"], Parse("A=1\n\0B=2\n").Keys);

    [Theory]
    [InlineData("6.12.117+deb12-amd64", 6, 12)]
    [InlineData("6.1.0-56-amd64", 6, 1)]
    [InlineData("5.14", 5, 14)]
    [InlineData("7.1-rc3", 7, 1)]
    public void KernelVersion_IsTheFirstTwoNumbers(string release, int major, int minor)
    {
        Assert.True(KernelVersion.TryParse(release, out KernelVersion version));
        Assert.Equal(new KernelVersion(major, minor), version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("6")]
    [InlineData("6.")]
    [InlineData(".6")]
    [InlineData("six.one")]
    [InlineData("99999999999.1")]
    [InlineData(null)]
    public void KernelVersion_IsNotGuessed(string? release) => Assert.False(KernelVersion.TryParse(release, out _));

    [Fact]
    public void KernelVersions_AreOrderedByNumber()
    {
        Assert.True(new KernelVersion(6, 2) < new KernelVersion(6, 12));
        Assert.True(new KernelVersion(5, 19) <= new KernelVersion(6, 0));
        Assert.True(new KernelVersion(7, 1) > new KernelVersion(6, 99));
        Assert.True(new KernelVersion(7, 1) >= new KernelVersion(7, 1));
    }

    private static Vmcoreinfo Parse(string text) => Vmcoreinfo.Parse(Encoding.Latin1.GetBytes(text), "a.core", "the note");
}

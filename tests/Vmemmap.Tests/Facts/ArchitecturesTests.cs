using Vmemmap.Tests.Formats;

namespace Vmemmap.Tests.Facts;

/// <summary>Finding an architecture at run time, and what the kernel does on it.</summary>
public class ArchitecturesTests
{
    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Find_KnowsEveryName(string name)
    {
        Architecture? architecture = Architectures.Find(name);
        Assert.NotNull(architecture);
        Assert.Equal(name, architecture.Name);
        Assert.Equal(name, architecture.ToString());
        Assert.Same(architecture, Architectures.BuiltIn.Single(a => a.Name == name));
    }

    [Theory]
    [InlineData("arm64-4k", "arm64-4k-va48")]
    [InlineData("arm64-16k", "arm64-16k-va48")]
    [InlineData("arm64-64k", "arm64-64k-va48")]
    public void Find_KnowsTheAliases(string alias, string name)
    {
        Assert.Equal(name, Architectures.Find(alias)?.Name);
        Assert.Equal(alias, Architectures.Find(name)?.Alias);
    }

    [Fact]
    public void NoOtherArchitecture_HasAnAlias() =>
        Assert.Equal(3, Architectures.BuiltIn.Count(a => a.Alias.Length > 0));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("X86-64")]
    [InlineData("x86_64")]
    [InlineData("arm64")]
    [InlineData("arm64-16k-va48 ")]
    [InlineData("arm64-16k-va39")]
    [InlineData("riscv64-sv32")]
    public void Find_KnowsNoOther(string name) => Assert.Null(Architectures.Find(name));

    // vmemmap by blocks: x86-64 (init_64.c), riscv64, and arm64 with 4K pages only (mmu.c); break-before-make: arm64;
    // PAGE_KERNEL_RO is PAGE_KERNEL on riscv64.
    [Theory]
    [InlineData("x86-64", true, false, true)]
    [InlineData("x86-64-la57", true, false, true)]
    [InlineData("arm64-4k-va39", true, true, true)]
    [InlineData("arm64-4k-va48", true, true, true)]
    [InlineData("arm64-4k-va52", true, true, true)]
    [InlineData("arm64-16k-va36", false, true, true)]
    [InlineData("arm64-16k-va47", false, true, true)]
    [InlineData("arm64-16k-va48", false, true, true)]
    [InlineData("arm64-16k-va52", false, true, true)]
    [InlineData("arm64-64k-va42", false, true, true)]
    [InlineData("arm64-64k-va48", false, true, true)]
    [InlineData("arm64-64k-va52", false, true, true)]
    [InlineData("riscv64-sv39", true, false, false)]
    [InlineData("riscv64-sv48", true, false, false)]
    [InlineData("riscv64-sv57", true, false, false)]
    public void KernelFacts_AreTheKernels(string name, bool blocks, bool breakBeforeMake, bool readOnly)
    {
        Architecture architecture = Loaded.Generated(name);
        Assert.Equal(blocks, architecture.MapsVmemmapByBlocks);
        Assert.Equal(breakBeforeMake, architecture.RequiresBreakBeforeMake);
        Assert.Equal(readOnly, architecture.HasReadOnlyKernelMappings);
    }

    [Fact]
    public void Of_IsTheFaceOfAType()
    {
        Architecture architecture = Architectures.Of<Arm64K16Va52>();
        Assert.Equal("arm64-16k-va52", architecture.Name);
        Assert.Equal(Loaded.Generated("arm64-16k-va52").Levels, architecture.Levels);
    }
}

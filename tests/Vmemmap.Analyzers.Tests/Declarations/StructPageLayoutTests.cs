using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Declarations;

/// <summary>VMM1006: a struct page whose size switches HVO off, or is not the kernel's.</summary>
public sealed class StructPageLayoutTests
{
    [Theory]
    [InlineData("struct Page { ulong _a, _b, _c, _d, _e, _f, _g, _h; }")]
    [InlineData("unsafe struct Page { fixed ulong _words[8]; }")]
    [InlineData("[StructLayout(LayoutKind.Explicit, Size = 64)] struct Page { [FieldOffset(0)] ulong _flags; [FieldOffset(52)] int _refCount; }")]
    [InlineData("[StructLayout(LayoutKind.Sequential, Size = StructPage.Size)] struct Page { ulong _flags; }")]
    [InlineData("struct Page { ulong _flags; Words _words; } [InlineArray(7)] struct Words { ulong _first; }")]
    [InlineData("unsafe struct Page { ulong _flags; void* _mapping; Page* _head; delegate*<void> _free; nint _a, _b; double _c; long _d; }")]
    [InlineData("readonly record struct Page(ulong A, ulong B, ulong C, ulong D, ulong E, ulong F, ulong G, uint H) { }")]
    public void SixtyFourBytes_AreRight(string declaration) => Marks("[StructPageLayout] " + declaration);

    [Theory]
    [InlineData("struct {|VMM1006:Page|} { ulong _a, _b, _c, _d, _e, _f, _g; }", 56)]
    [InlineData("struct {|VMM1006:Page|} { ulong _a, _b, _c, _d, _e, _f, _g, _h; byte _last; }", 72)]
    [InlineData("unsafe struct {|VMM1006:Page|} { fixed ulong _words[10]; }", 80)] // KMSAN's two pointers more
    [InlineData("[StructLayout(LayoutKind.Sequential, Pack = 1)] struct {|VMM1006:Page|} { ulong _a; byte _b; }", 9)]
    [InlineData("[StructLayout(LayoutKind.Sequential, Size = 96)] struct {|VMM1006:Page|} { ulong _a; }", 96)]
    [InlineData("partial struct {|VMM1006:Page|} { ulong _a; uint _b; uint _c; ulong _d; } partial struct Page { }", 24)]
    public void NoPowerOfTwo_SwitchesHvoOff(string declaration, int bytes) => Verify<StructPageLayoutAnalyzer>.Message(
        "[StructPageLayout] " + declaration, $"Page is {bytes} bytes: no power of two, so HVO switches itself off");

    [Theory]
    [InlineData("[StructPageLayout] struct {|VMM1006:Page|} { ulong _a; }", 8, 64)]
    [InlineData("[StructPageLayout] struct {|VMM1006:Page|};", 1, 64)]
    [InlineData("[StructPageLayout] unsafe struct {|VMM1006:Page|} { fixed ulong _words[16]; }", 128, 64)]
    [InlineData("[StructPageLayout(Size = 128)] unsafe struct {|VMM1006:Page|} { fixed ulong _words[8]; }", 64, 128)]
    [InlineData("[StructPageLayout(Size = 80)] unsafe struct {|VMM1006:Page|} { fixed ulong _words[8]; }", 64, 80)]
    public void AnotherSizeThanTheKernels_IsTold(string source, int bytes, int expected) => Verify<StructPageLayoutAnalyzer>.Message(
        source, $"Page is {bytes} bytes: the kernel's struct page has {expected}, so every index and count is wrong");

    /// <summary>A kernel may have such a struct page, and then it has no HVO: that is what the user is to know.</summary>
    [Fact]
    public void SizeAsGivenButNoPowerOfTwo_IsTold() => Verify<StructPageLayoutAnalyzer>.Message(
        "[StructPageLayout(Size = 80)] unsafe struct {|VMM1006:Page|} { fixed ulong _words[10]; }",
        "Page is 80 bytes: no power of two, so HVO switches itself off");

    [Fact]
    public void SizeAsGiven_IsRight() => Marks("""
        [StructPageLayout(Size = 128)] unsafe struct Page { fixed ulong _words[16]; }
        [StructPageLayout(Size = 32)] struct Small { long _a, _b, _c, _d; }
        """);

    [Fact]
    public void NestedStruct_IsJudged() => Marks("""
        class Kernel
        {
            [StructPageLayout] internal struct {|VMM1006:Page|} { internal ListHead Lru; internal ulong Flags; }

            internal unsafe struct ListHead { internal ListHead* Next; internal ListHead* Previous; }
        }
        """);

    [Fact]
    public void UnknownSize_IsQuiet() => Marks("""
        [StructPageLayout] struct WithReference { string _a; }
        [StructPageLayout] struct WithParameter<T> { T _a; }
        [StructPageLayout] struct WithForeign { DateTime _a; Guid _b; }
        [StructPageLayout] [StructLayout(LayoutKind.Auto)] struct Auto { byte _a; long _b; byte _c; }
        [StructPageLayout] struct WithCaptured(long a) { byte _b; public long A => a; }
        """);

    [Fact]
    public void WhatIsNotMarked_IsQuiet() => Marks("""
        struct Page { ulong _a, _b, _c; }

        namespace Other
        {
            class StructPageLayoutAttribute : Attribute;

            [Other.StructPageLayout] struct Page { ulong _a, _b, _c; }
        }
        """);

    [Fact]
    public void GenericStructThatDoesNotUseItsParameter_IsJudged() => Marks("""
        [StructPageLayout] struct {|VMM1006:Page|}<TArch> where TArch : struct, IArchitecture { ulong _a, _b, _c; }
        """);

    [Fact]
    public void SuppressedByPragma_IsNotReported() => Marks("""
        #pragma warning disable VMM1006
        [StructPageLayout] struct Page { ulong _a, _b, _c; }
        """);

    [Fact]
    public void WithoutVmemmap_IsSilent() => Verify<StructPageLayoutAnalyzer>.SilentWithoutVmemmap("""
        class StructPageLayoutAttribute : Attribute;

        [StructPageLayout] struct Page { ulong _a, _b, _c; }
        """);

    [Theory]
    [InlineData("[StructPageLayout(Size = \"x\")] struct S { Missing A; }")]
    [InlineData("[StructPageLayout] class C { int A; }")]
    [InlineData("[StructPageLayout] struct S { S A; }")]
    [InlineData("[StructPageLayout] [StructLayout(LayoutKind.Explicit)] struct S { int A; }")]
    [InlineData("[StructPageLayout] struct { int A; }")]
    public void BrokenCode_IsSurvived(string source) =>
        Assert.Empty(AnalyzerRun.Of(new StructPageLayoutAnalyzer(), ConsumerProject.Of(source)).Exceptions);

    private static void Marks(string source) => Verify<StructPageLayoutAnalyzer>.Marks(source);
}

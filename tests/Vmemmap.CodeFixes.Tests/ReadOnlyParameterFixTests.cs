using Microsoft.CodeAnalysis.CodeFixes;
using Vmemmap.CodeFixes.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests;

/// <summary>A parameter that is only read says so.</summary>
public sealed class ReadOnlyParameterFixTests
{
    [Theory]
    [InlineData("static ulong F(ref StructPage page) => page.Flags;", "static ulong F(ref readonly StructPage page) => page.Flags;")]
    [InlineData("static bool F(ref StructPage page) => page.IsHead;", "static bool F(ref readonly StructPage page) => page.IsHead;")]
    [InlineData("static StructPage F(ref StructPage /* it */ page) => page;", "static StructPage F(ref readonly StructPage /* it */ page) => page;")]
    [InlineData("static void F(ref StructPage page) { var copy = page; copy.SetHead(); }", "static void F(ref readonly StructPage page) { var copy = page; copy.SetHead(); }")]
    [InlineData("static void F(scoped ref StructPage page) => G(in page); static void G(in StructPage page) { }",
        "static void F(scoped ref readonly StructPage page) => G(in page); static void G(in StructPage page) { }")]
    [InlineData("static void F(ref StructPage page) { ref readonly StructPage other = ref page; }",
        "static void F(ref readonly StructPage page) { ref readonly StructPage other = ref page; }")]
    public void ReferenceThatIsRead_BecomesReadOnly(string member, string expected) => Fixes("F(ref {|VMM1004:page.Unchecked(100)|});", member, expected);

    [Theory]
    [InlineData("static int F(Span<StructPage> all) => all.Length;", "static int F(ReadOnlySpan<StructPage> all) => all.Length;")]
    [InlineData("static ulong F(System.Span<StructPage> all) => all[1].Flags;", "static ulong F(System.ReadOnlySpan<StructPage> all) => all[1].Flags;")]
    [InlineData("static void F(Span<StructPage> all) { foreach (StructPage page in all[1..]) { } }", "static void F(ReadOnlySpan<StructPage> all) { foreach (StructPage page in all[1..]) { } }")]
    [InlineData("static void F(Span<StructPage> all) { foreach (ref readonly StructPage page in all) { } }",
        "static void F(ReadOnlySpan<StructPage> all) { foreach (ref readonly StructPage page in all) { } }")]
    public void SpanThatIsRead_BecomesReadOnly(string member, string expected) => Fixes("F({|VMM1004:pages.All|});", member, expected);

    [Fact]
    public void OtherCallers_StayAsTheyAre() => Fixes(
        "StructPage mine = default; F(ref mine); F(ref {|VMM1004:page.Unchecked(100)|});",
        "static ulong F(ref StructPage page) => page.Flags;",
        "static ulong F(ref readonly StructPage page) => page.Flags;");

    [Fact]
    public void LocalFunction_IsChanged() => VerifyFix<ReadOnlyParameterFix>.Fixes(
        Sample.Method("F(ref {|VMM1004:page.Unchecked(100)|}); static ulong F(ref StructPage page) => page.Flags;"),
        Sample.Method("F(ref page.Unchecked(100)); static ulong F(ref readonly StructPage page) => page.Flags;"));

    [Fact]
    public void Constructor_IsChanged() => VerifyFix<ReadOnlyParameterFix>.FixesFiles(
        [
            Sample.Method("_ = new Reader(ref {|VMM1004:page.Unchecked(100)|});"),
            "public class Reader { public readonly ulong Flags; public Reader(ref StructPage page) => Flags = page.Flags; }",
        ],
        [
            Sample.Method("_ = new Reader(ref page.Unchecked(100));"),
            "public class Reader { public readonly ulong Flags; public Reader(ref readonly StructPage page) => Flags = page.Flags; }",
        ]);

    [Fact]
    public void MethodOfAnotherFile_IsChangedThere() => VerifyFix<ReadOnlyParameterFix>.FixesFiles(
        [
            Sample.Method("Other.Read(ref {|VMM1004:page.Unchecked(100)|}, 1);"),
            "public static class Other { public static ulong Read(ref StructPage page, int n) => page.Flags; }",
        ],
        [
            Sample.Method("Other.Read(ref page.Unchecked(100), 1);"),
            "public static class Other { public static ulong Read(ref readonly StructPage page, int n) => page.Flags; }",
        ]);

    [Theory]
    [InlineData("static void F(ref StructPage page) => page.Flags = 1;")]
    [InlineData("static void F(ref StructPage page) => page.RefCount++;")]
    [InlineData("static void F(ref StructPage page) => page = default;")]
    [InlineData("static void F(ref StructPage page) => (page.Flags, _) = (1, 2);")]
    [InlineData("static void F(ref StructPage page) => page.SetHead();")]
    [InlineData("static void F(ref StructPage page) => page.HugeTlbFlags = default;")]
    [InlineData("static void F(ref StructPage page) => G(ref page); static void G(ref StructPage page) { }")]
    [InlineData("static void F(ref StructPage page) => Interlocked.Or(ref page.Flags, 1);")]
    [InlineData("static void F(ref StructPage page) { ref StructPage same = ref page; same.Flags = 1; }")]
    [InlineData("static ref StructPage F(ref StructPage page) => ref page;")]
    [InlineData("static unsafe void F(ref StructPage page) { fixed (StructPage* at = &page) at->Flags = 1; }")]
    [InlineData("static void F(ref StructPage page) => Unsafe.AsRef(in page).Flags = 1;")]
    [InlineData("static void F(ref StructPage page) { Action write = page.SetHead; write(); }")]
    [InlineData("static void F(out StructPage page) => page = default;", "out")]
    [InlineData("static void F(ref StructPage page) { } delegate void D(ref StructPage page); static readonly D Delegate = F;")]
    [InlineData("public virtual void F(ref StructPage page) { }")]
    [InlineData("partial class Inner { partial void G(ref StructPage page); } static void F(ref StructPage page) => page.Private |= 1;")]
    [InlineData("static void F<T>(ref T page) where T : IEquatable<T> => page.Equals(default);")]
    public void ReferenceThatMayBeWritten_IsNotOffered(string member, string by = "ref") =>
        VerifyFix<ReadOnlyParameterFix>.OffersNothing(Sample.Method($"F({by} {{|VMM1004:page.Unchecked(100)|}}); }} {member} void Rest() {{"));

    [Theory]
    [InlineData("static void F(Span<StructPage> all) => all.Clear();")]
    [InlineData("static void F(Span<StructPage> all) => all[0].Flags = 1;")]
    [InlineData("static void F(Span<StructPage> all) => all[0].SetHead();")]
    [InlineData("static void F(Span<StructPage> all) { foreach (ref StructPage page in all) page.Flags = 1; }")]
    [InlineData("static void F(Span<StructPage> all) { var rest = all[1..]; rest[0].SetHead(); }")]
    [InlineData("static Span<StructPage> F(Span<StructPage> all) => all;")]
    [InlineData("static void F(Span<StructPage> all) => MemoryMarshal.GetReference(all).Flags = 1;")]
    [InlineData("static void F(Span<StructPage> all) { } static void F(ReadOnlySpan<StructPage> all) { }")]
    public void SpanThatMayBeWritten_IsNotOffered(string member) =>
        VerifyFix<ReadOnlyParameterFix>.OffersNothing(Sample.Method($"F({{|VMM1004:pages.All|}}); }} {member} void Rest() {{"));

    [Fact]
    public void MethodOfAnInterface_IsNotOffered() => VerifyFix<ReadOnlyParameterFix>.OffersNothing(Sample.Method(
        "new Reader().Read(ref {|VMM1004:page.Unchecked(100)|}); ((IReader)new Reader()).Read(ref {|VMM1004:page.Unchecked(100)|}); } "
        + "interface IReader { void Read(ref StructPage page); } class Reader : IReader { public void Read(ref StructPage page) { } } void Rest() {"));

    [Fact]
    public void MethodOfALibrary_IsNotOffered() =>
        VerifyFix<ReadOnlyParameterFix>.OffersNothing(Sample.Method("Interlocked.Or(ref {|VMM1004:page.Unchecked(100).Flags|}, 1UL);"));

    [Fact]
    public void TwoArgumentsOfOneCall_AreFixedTogether() => VerifyFix<ReadOnlyParameterFix>.FixesAll(
        FixAllScope.Project,
        [
            Sample.Method("""
                Other.Same(ref {|VMM1004:page.Unchecked(100)|}, ref {|VMM1004:page.Unchecked(101)|});
                Other.Same(ref {|VMM1004:page.Unchecked(102)|}, ref {|VMM1004:page.Unchecked(103)|});
                Touch(ref {|VMM1004:page.Unchecked(102)|});
                """),
            "static class Other { public static bool Same(ref StructPage left, ref StructPage right) => left == right; static void F(Pages p) => Same(ref {|VMM1004:p.At(64)|}, ref p.At(0)); }",
        ],
        [
            Sample.Method("""
                Other.Same(ref page.Unchecked(100), ref page.Unchecked(101));
                Other.Same(ref page.Unchecked(102), ref page.Unchecked(103));
                Touch(ref page.Unchecked(102));
                """),
            "static class Other { public static bool Same(ref readonly StructPage left, ref readonly StructPage right) => left == right; static void F(Pages p) => Same(ref p.At(64), ref p.At(0)); }",
        ]);

    [Fact]
    public void MethodOfAnotherProject_IsChangedThere() => VerifyFix<ReadOnlyParameterFix>.FixesAllOfProjects(
        [
            "public static class Other { public static ulong Read(ref StructPage page) => page.Flags; public static void F(HugePage<X64, ReserveOne> p) => Read(ref {|VMM1004:p.Unchecked(64)|}); }",
            Sample.Method("Other.Read(ref {|VMM1004:page.Unchecked(100)|});"),
        ],
        [
            "public static class Other { public static ulong Read(ref readonly StructPage page) => page.Flags; public static void F(HugePage<X64, ReserveOne> p) => Read(ref p.Unchecked(64)); }",
            Sample.Method("Other.Read(ref page.Unchecked(100));"),
        ]);

    private static void Fixes(string call, string member, string expected)
    {
        string source = Sample.Method($"{call} }} {{0}} void Rest() {{");
        VerifyFix<ReadOnlyParameterFix>.Fixes(
            source.Replace("{0}", member, StringComparison.Ordinal),
            source.Replace("{|VMM1004:", string.Empty, StringComparison.Ordinal).Replace("|}", string.Empty, StringComparison.Ordinal)
                .Replace("{0}", expected, StringComparison.Ordinal));
    }
}

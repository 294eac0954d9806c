using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>VMM1004: a tail passed to a parameter that may be written, judged by the signature alone.</summary>
public sealed class TailPassedWritableTests
{
    [Theory]
    [InlineData("Touch(ref {|VMM1004!:pages[100]|});")]
    [InlineData("Make(out {|VMM1004!:pages[100]|});")]
    [InlineData("Bump(ref {|VMM1004!:pages[100].Flags|});")]
    [InlineData("Bump(ref {|VMM1004!:pages.Own(100).List.Next.Bits|});")]
    [InlineData("int.TryParse(\"1\", out {|VMM1004!:pages[100].RefCount|});")]
    [InlineData("ref StructPage p = ref pages[100]; Touch(ref {|VMM1004!:p|});")]
    [InlineData("ref StructPage p = ref pages[100]; Bump(ref {|VMM1004!:p.RefCount|});")]
    [InlineData("Touch(page: ref {|VMM1004!:pages[100]|});")]
    [InlineData("Touch(ref {|VMM1004!:flag ? ref pages[100] : ref pages[101]|});")]
    [InlineData("if (page.IsOptimized) { Touch(ref {|VMM1004!:page.Unchecked(100)|}); }")]
    [InlineData("owned.Fold(); Touch(ref {|VMM1004!:owned.At(100)|});")]
    [InlineData("Fill({|VMM1004!:pages.All[64..70]|});")]
    [InlineData("Fill({|VMM1004!:pages.All.Slice(64, 1)|});")]
    [InlineData("Same(ref {|VMM1004!:pages[100]|});")]
    [InlineData("_ = new Takes(ref {|VMM1004!:pages[100]|});", "class Takes { public Takes(ref StructPage page) { } }")]
    [InlineData("Writer w = Touch; w(ref {|VMM1004!:pages[100]|});", "delegate void Writer(ref StructPage page);")]
    [InlineData("void Local(ref StructPage p) { } Local(ref {|VMM1004!:pages[100]|});")]
    [InlineData("{|VMM1004!:pages[100]|}.Extend();", "static class Extensions { public static void Extend(ref this StructPage page) { } }")]
    public void CertainTail_IsAnError(string body, string types = "") => Code.Body(body, types);

    [Theory]
    [InlineData("Touch(ref {|VMM1004?:page.Unchecked(100)|});")]
    [InlineData("Make(out {|VMM1004?:page.Unchecked(100)|});")]
    [InlineData("Bump(ref {|VMM1004?:page.Unchecked(100).Flags|});")]
    [InlineData("Touch(ref {|VMM1004?:pages[i]|});")]
    [InlineData("Touch(ref {|VMM1004?:flag ? ref pages[0] : ref pages[100]|});")]
    [InlineData("for (int k = 0; k < 512; k++) { Touch(ref {|VMM1004?:pages[k]|}); }")]
    [InlineData("ref StructPage p = ref page.Unchecked(100); Touch(ref {|VMM1004?:p|});")]
    [InlineData("Fill({|VMM1004?:pages.All|});")]
    [InlineData("Fill({|VMM1004?:pages.All[1..]|});")]
    [InlineData("Fill({|VMM1004?:pages.All[60..70]|});")]
    [InlineData("Fill({|VMM1004?:pages.Array()|});")]
    [InlineData("Fill({|VMM1004?:pages.Array().AsSpan()|});")]
    [InlineData("FillAt({|VMM1004?:pages.Pointer + i|});")]
    [InlineData("FillAt({|VMM1004?:pages.Pointer|});")]
    [InlineData("Span<StructPage> s = pages.All; Fill({|VMM1004?:s|});")]
    [InlineData("foreach (ref StructPage p in pages.All) { Touch(ref {|VMM1004?:p|}); }")]
    [InlineData("{|VMM1004?:page.Unchecked(100)|}.Extend();", "static class Extensions { public static void Extend(ref this StructPage page) { } }")]
    public void PossibleTail_IsAWarning(string body, string types = "") => Code.Body(body, types);

    [Theory]
    [InlineData("ReadIt(in pages[100]); ReadIt(pages[100]); ReadIt(in page[100]);")]
    [InlineData("ReadBy(ref pages[100]); ReadBy(in page[100]);")]
    [InlineData("Copy(pages[100]); Copy(page[100]);")]
    [InlineData("ReadAll(pages.All); ReadAll(pages.All[100..]); ReadAll(pages.AllRead); ReadAll(pages.Array());")]
    [InlineData("Marked(pages.All); Marked(pages.All[100..]);")]
    [InlineData("void Local([ReadOnlyTail(64)] Span<StructPage> s) { } Local(pages.All);")]
    [InlineData("pages[100].Extend();", "static class Extensions { public static void Extend(in this StructPage page) { } }")]
    [InlineData("pages[100].Extend();", "static class Extensions { public static void Extend(this StructPage page) { } }")]
    [InlineData("pages.AllRead.Extend();", "static class Extensions { public static void Extend(this ReadOnlySpan<StructPage> pages) { } }")]
    [InlineData("Console.WriteLine(pages[100]); string.Format(\"{0}\", pages[100]);")]
    [InlineData("EqualityComparer<StructPage>.Default.Equals(pages[100], pages[101]);")]
    public void ParameterThatOnlyReads_IsQuiet(string body, string types = "") => Code.Body(body, types);

    [Theory]
    [InlineData("Touch(ref pages[63]); Make(out pages[0]); Bump(ref pages[63].Flags);")]
    [InlineData("Touch(ref page.Unchecked(63)); Touch(ref page.Unchecked(i & 63));")]
    [InlineData("Fill(pages.All[..64]); Fill(pages.All.Slice(0, 64)); Fill(pages.Array().AsSpan(0, 64));")]
    [InlineData("Touch(ref page.Writable[100]); Fill(page.Writable.Page(0));")]
    [InlineData("for (int k = 0; k < 64; k++) { Touch(ref pages[k]); }")]
    [InlineData("Touch(ref flag ? ref pages[0] : ref pages[63]);")]
    [InlineData("foreach (ref StructPage p in pages.All[..64]) { Touch(ref p); }")]
    [InlineData("pages[63].Extend();", "static class Extensions { public static void Extend(ref this StructPage page) { } }")]
    public void StructPageOfTheHead_IsQuiet(string body, string types = "") => Code.Body(body, types);

    [Theory]
    [InlineData("if (!page.IsOptimized) { Touch(ref page.Unchecked(100)); }")]
    [InlineData("using (page.Restore()) { Touch(ref page.Unchecked(100)); }")]
    [InlineData("using (var scope = page.Restore()) { Touch(ref scope[100]); }")]
    [InlineData("owned.Unfold(); Fill(owned.All);")]
    [InlineData("if (owned.TryUnfold()) { Touch(ref owned.At(100)); }")]
    public void PageThatIsNotOptimized_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("StructPage own = pages[100]; Touch(ref own); Make(out own);")]
    [InlineData("StructPage[] own = new StructPage[512]; Fill(own); Touch(ref own[100]);")]
    [InlineData("Touch(ref pages.Unmarked(100));")]
    [InlineData("Span<StructPage> own = stackalloc StructPage[512]; Fill(own); Fill(own[100..]);")]
    [InlineData("Fill(pages.All.ToArray()); Fill([.. pages.All]);")]
    [InlineData("Use(page); Use(owned);")]
    [InlineData("_ = pages.All.Slice(100); _ = pages.All[100..]; _ = pages.Array().AsSpan(100);")]
    public void SomethingElse_IsQuiet(string body) => Code.Body(body);

    [Fact]
    public void MessageForACertainTail_SaysIs() => Code.Message(
        "if (page.IsOptimized) { Touch(ref {|VMM1004!:page.Unchecked(100)|}); }",
        "page.Unchecked(100) may be written by the method it is passed to, and is a read-only tail struct page: index 100, read-only from 64 (x86-64, reserve-one)");

    [Fact]
    public void MessageForAPossibleTail_SaysMayBe() => Code.Message(
        "Touch(ref {|VMM1004?:page.Unchecked(100)|});",
        "page.Unchecked(100) may be written by the method it is passed to, and may be a read-only tail struct page: index 100, read-only from 64 (x86-64, reserve-one)");

}

using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>VMM1009: a member that writes, called on a copy that the compiler makes of a read-only struct page.</summary>
public sealed class LostWriteTests
{
    [Theory]
    [InlineData("{|VMM1009:page[100].SetHead()|};")]
    [InlineData("{|VMM1009:page[100].ClearHead()|};")]
    [InlineData("{|VMM1009:page[100].SetTail(3)|};")]
    [InlineData("{|VMM1009:page[0].SetHead()|};")]
    [InlineData("{|VMM1009:page[i].SetHead()|};")]
    [InlineData("{|VMM1009:pages.Read(100).SetHead()|};")]
    [InlineData("{|VMM1009:pages.ReadOwn(100).Reset()|};")]
    [InlineData("{|VMM1009:pages.ReadOwn(100).List.Next.Set(1)|};")]
    [InlineData("{|VMM1009:pages.AllRead[100].SetHead()|};")]
    [InlineData("ref readonly StructPage p = ref page[100]; {|VMM1009:p.SetHead()|};")]
    [InlineData("ref readonly StructPage p = ref page.Unchecked(100); {|VMM1009:p.SetHead()|};")]
    [InlineData("ref readonly StructPage p = ref page[0]; p = ref page[100]; {|VMM1009:p.SetHead()|};")]
    [InlineData("foreach (ref readonly StructPage p in pages.AllRead) { {|VMM1009:p.SetHead()|}; }")]
    [InlineData("foreach (ref readonly StructPage p in pages.All) { {|VMM1009:p.SetHead()|}; }")]
    [InlineData("if (page.IsOptimized) { {|VMM1009:page[100].SetHead()|}; }")]
    [InlineData("using (page.Restore()) { {|VMM1009:page[100].SetHead()|}; }")]
    [InlineData("ref readonly Link l = ref pages.ReadOwn(100).List; {|VMM1009:l.Next.Set(1)|};")]
    [InlineData("{|VMM1009:(flag ? ref page[100] : ref page[101]).SetHead()|};")]
    public void MemberThatWrites_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("bool x = page[100].IsHead; int y = page[100].GetHashCode(); bool z = page[100].Equals(page[101]);")]
    [InlineData("var line = page[100].AsLine();")]
    [InlineData("HugeTlbFlags x = page[100].HugeTlbFlags; byte y = page[100].FolioOrder;")]
    [InlineData("int x = pages.ReadOwn(100).Read(); ulong y = pages.ReadOwn(100)[3]; ulong z = pages.ReadOwn(100).List.Next.Get();")]
    [InlineData("string? x = page[100].ToString(); Type y = page[100].GetType();")]
    [InlineData("string? x = pages.ReadOwn(100).ToString(); int y = pages.ReadOwn(100).GetHashCode(); bool z = pages.ReadOwn(100).Equals(null);")]
    [InlineData("string x = $\"{page[100]} {page[100].Flags}\";")]
    [InlineData("StructPage copy = page[100]; copy.SetHead(); copy.HugeTlbFlags = HugeTlbFlags.Freed;")]
    [InlineData("var copy = page[100] with { Flags = 1 }; copy.SetHead();")]
    [InlineData("ref readonly StructPage p = ref page[100]; StructPage copy = p; copy.SetHead();")]
    [InlineData("page.Unchecked(0).SetHead(); page.Writable[0].SetHead();")]
    [InlineData("using var scope = page.Restore(); scope[100].SetHead();")]
    [InlineData("foreach (StructPage p in pages.AllRead) { StructPage copy = p; copy.SetHead(); }")]
    [InlineData("pages.ReadOwn(100).Owner?.ToString();")]
    [InlineData("StructPage[] own = pages.AllRead.ToArray(); own[100].SetHead();")]
    [InlineData("page[100].Extend();", "static class Extensions { public static void Extend(this StructPage page) { } }")]
    [InlineData("page[100].Extend();", "static class Extensions { public static void Extend(in this StructPage page) { } }")]
    [InlineData("Func<bool> f = page[100].Equals(default) ? () => true : () => false;")]
    [InlineData("StructPage own = default; ref readonly StructPage p = ref own; p.SetHead();")]
    public void Read_IsQuiet(string body, string types = "") => Code.Body(body, types);

    [Fact]
    public void Message_NamesTheMember() => Code.Message(
        "{|VMM1009:page[100].SetHead()|};",
        "page[100].SetHead() changes a copy of the struct page, because it is read-only here: the write is lost");
}

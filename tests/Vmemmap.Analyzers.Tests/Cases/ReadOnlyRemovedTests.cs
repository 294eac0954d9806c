using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>VMM1003: what takes the read-only-ness from a struct page, or leads where nobody watches.</summary>
public sealed class ReadOnlyRemovedTests
{
    [Theory]
    [InlineData("ref StructPage p = ref {|VMM1003:Unsafe.AsRef(in page[100])|};")]
    [InlineData("ref StructPage p = ref {|VMM1003:Unsafe.AsRef(in pages.Read(100))|};")]
    [InlineData("ref StructPage p = ref {|VMM1003:Unsafe.AsRef(in pages.Read(i))|};")]
    [InlineData("ref ulong p = ref {|VMM1003:Unsafe.AsRef(in page[100].Flags)|};")]
    [InlineData("ref readonly StructPage r = ref page[100]; ref StructPage p = ref {|VMM1003:Unsafe.AsRef(in r)|};")]
    [InlineData("if (page.IsOptimized) { ref StructPage p = ref {|VMM1003:Unsafe.AsRef(in page[100])|}; }")]
    [InlineData("ref StructPage p = ref {|VMM1003:Unsafe.AsRef(in pages.AllRead[100])|};")]
    public void AsRef_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("ref StructPage p = ref {|VMM1003:Unsafe.Add(ref pages[0], 100)|};")]
    [InlineData("ref StructPage p = ref {|VMM1003:Unsafe.Add(ref pages[0], i)|};")]
    [InlineData("ref StructPage p = ref {|VMM1003:Unsafe.Add(ref page.Unchecked(60), 4)|};")]
    [InlineData("ref StructPage p = ref pages[0]; ref StructPage q = ref {|VMM1003:Unsafe.Add(ref p, 64)|};")]
    [InlineData("ref StructPage p = ref {|VMM1003:Unsafe.Subtract(ref pages[100], 1)|};")]
    public void UnsafeAdd_PastTheWritablePart_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("Span<StructPage> s = {|VMM1003:MemoryMarshal.CreateSpan(ref pages[0], 512)|};")]
    [InlineData("Span<StructPage> s = {|VMM1003:MemoryMarshal.CreateSpan(ref pages[0], i)|};")]
    [InlineData("Span<StructPage> s = {|VMM1003:MemoryMarshal.CreateSpan(ref pages[100], 1)|};")]
    [InlineData("Span<StructPage> s = {|VMM1003:MemoryMarshal.CreateSpan(ref page.Unchecked(0), 65)|};")]
    [InlineData("ref StructPage p = ref {|VMM1003:MemoryMarshal.GetReference(pages.AllRead[100..])|};")]
    public void MemoryMarshal_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("fixed (StructPage* p = {|VMM1003:&pages[100]|}) { }")]
    [InlineData("fixed (StructPage* p = {|VMM1003:&page.Unchecked(100)|}) { }")]
    [InlineData("fixed (StructPage* p = {|VMM1003:&pages.Read(100)|}) { }")]
    [InlineData("fixed (StructPage* p = {|VMM1003:&pages.Read(i)|}) { }")]
    [InlineData("fixed (ulong* p = {|VMM1003:&pages[100].Flags|}) { }")]
    [InlineData("ref StructPage r = ref pages[100]; fixed (StructPage* p = {|VMM1003:&r|}) { }")]
    public void Fixed_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("void* p = {|VMM1003:Unsafe.AsPointer(ref pages[100])|};")]
    [InlineData("StructPage* p = (StructPage*){|VMM1003:Unsafe.AsPointer(ref page.Unchecked(100))|};")]
    [InlineData("StructPage* p = {|VMM1003:pages.Pointer + 100|}; i = p->RefCount;")]
    [InlineData("StructPage* p = {|VMM1003:&pages.Pointer[100]|}; i = p->RefCount;")]
    [InlineData("{|VMM1003:Unsafe.AsRef(in page[100])|}.Flags = 1;")]
    [InlineData("if (page.IsOptimized) { {|VMM1001:{|VMM1003:Unsafe.AsRef(in page[100])|}.Flags|} = 1; }")]
    [InlineData("{|VMM1001:{|VMM1003:Unsafe.Add(ref pages[0], 100)|}.Flags|} = 1;")]
    [InlineData("{|VMM1001:Unsafe.As<StructPage, ulong>(ref pages[100])|} = 1;")]
    [InlineData("{|VMM1001:Unsafe.WriteUnaligned(ref Unsafe.As<StructPage, byte>(ref pages[100]), 3)|};")]
    [InlineData("{|VMM1003:MemoryMarshal.Cast<StructPage, ulong>(pages.All)|}[3] = 1;")]
    public void Pointer_PastTheWritablePart_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("ref StructPage p = ref Unsafe.AsRef(in page[0]); p.Flags = 1;")]
    [InlineData("ref StructPage p = ref Unsafe.AsRef(in page[63]); p.Flags = 1;")]
    [InlineData("ref StructPage p = ref Unsafe.AsRef(in pages.Read(i & 63)); p.Flags = 1;")]
    [InlineData("ref ulong p = ref Unsafe.AsRef(in page[0].Flags); p = 1;")]
    [InlineData("ref StructPage p = ref Unsafe.Add(ref pages[0], 63); p.Flags = 1;")]
    [InlineData("ref StructPage p = ref Unsafe.Add(ref page.Unchecked(60), 3);")]
    [InlineData("Span<StructPage> s = MemoryMarshal.CreateSpan(ref pages[0], 64); s.Clear();")]
    [InlineData("ref StructPage p = ref MemoryMarshal.GetReference(pages.AllRead); p.Flags = 1;")]
    [InlineData("Span<StructPage> s = MemoryMarshal.CreateSpan(ref page.Unchecked(60), 4);")]
    [InlineData("ReadOnlySpan<StructPage> s = MemoryMarshal.CreateReadOnlySpan(in page[0], 512);")]
    [InlineData("ReadOnlySpan<ulong> s = MemoryMarshal.Cast<StructPage, ulong>(pages.AllRead);")]
    [InlineData("ReadOnlySpan<byte> s = MemoryMarshal.AsBytes(pages.AllRead);")]
    [InlineData("fixed (StructPage* p = &page.Unchecked(0)) { p->Flags = 1; p[63].Flags = 1; }")]
    [InlineData("fixed (StructPage* p = &pages.Read(63)) { p->Flags = 1; }")]
    [InlineData("fixed (ulong* p = &pages[0].Flags) { *p = 1; }")]
    [InlineData("void* p = Unsafe.AsPointer(ref pages[0]);")]
    [InlineData("StructPage* p = pages.Pointer + 63; p->Flags = 1;")]
    [InlineData("StructPage* p = pages.Pointer; for (int k = 0; k < 64; k++) { p[k].Flags = 1; (p + k)->Flags = 1; }")]
    [InlineData("StructPage* p = pages.Pointer, end = p + 64; bool more = p < end;")]
    [InlineData("MemoryMarshal.AsBytes(pages.All[..64]).Clear(); Unsafe.As<StructPage, ulong>(ref pages[0]) = 1;")]
    [InlineData("fixed (StructPage* p = pages.All[..64]) { p[10].Flags = 1; }")]
    [InlineData("ulong x = pages.Pointer[100].Flags + (pages.Pointer + 100)->Flags + (*(pages.Pointer + i)).Flags;")]
    public void HeadIndex_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("if (!page.IsOptimized) { ref StructPage p = ref Unsafe.AsRef(in page[100]); p.Flags = 1; }")]
    [InlineData("using (page.Restore()) { ref StructPage p = ref Unsafe.AsRef(in page[100]); p.Flags = 1; }")]
    [InlineData("owned.Unfold(); fixed (StructPage* p = &owned.At(100)) { p->Flags = 1; }")]
    [InlineData("if (!owned.IsFolded) { Span<StructPage> s = MemoryMarshal.CreateSpan(ref owned.At(0), 512); s.Clear(); }")]
    public void PageThatIsNotOptimized_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("StructPage own = default; ref StructPage p = ref Unsafe.AsRef(in own); p.Flags = 1;")]
    [InlineData("StructPage own = page[100]; StructPage* p = &own; p->Flags = 1;")]
    [InlineData("Span<StructPage> own = new StructPage[512]; fixed (StructPage* p = own) { p[100].Flags = 1; }")]
    [InlineData("Span<StructPage> own = new StructPage[512]; ref StructPage p = ref Unsafe.Add(ref MemoryMarshal.GetReference(own), 100); p.Flags = 1;")]
    [InlineData("ulong x = Unsafe.As<StructPage, ulong>(ref pages.Unmarked(100));")]
    [InlineData("bool same = Unsafe.AreSame(in page[100], in page[101]);")]
    [InlineData("int size = Unsafe.SizeOf<StructPage>(); ulong x = Unsafe.ReadUnaligned<ulong>(in Unsafe.As<ulong, byte>(ref pages.Unmarked(100).Flags));")]
    [InlineData("bool isNull = pages.Pointer == null;")]
    [InlineData("StructPage* p = pages.Pointer; p->Flags = 1;")]
    public void SomethingElse_IsQuiet(string body) => Code.Body(body);

    [Fact]
    public void Message_NamesTheCallAndTheInterval() => Code.Message(
        "ref StructPage p = ref {|VMM1003:Unsafe.AsRef(in page[100])|};",
        "Unsafe.AsRef(in page[100]) takes the read-only-ness from a struct page that may be a tail: index 100, read-only from 64 (x86-64, reserve-one)");
}

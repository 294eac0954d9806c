using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>VMM1001: a write that certainly reaches a tail.</summary>
public sealed class TailWriteTests
{
    private const string Oops = "in a kernel this is an oops";
    private const string Silent = "in a kernel nothing faults, and every struct page that shares these bytes changes with it";
    private const string Either =
        "in a kernel this is an oops or, where aliases are writable, a silent change of every struct page that shares these bytes";

    [Theory]
    [InlineData("{|VMM1001:pages[100].Flags|} = 1;")]
    [InlineData("{|VMM1001:pages[64].Flags|} = 1;")]
    [InlineData("{|VMM1001:pages![100].Flags|} = 1;")]
    [InlineData("{|VMM1001:(pages[100]).Flags|} = 1;")]
    [InlineData("{|VMM1001:pages[index: 100].Flags|} = 1;")]
    [InlineData("{|VMM1001:pages[100].Flags|} |= 2;")]
    [InlineData("{|VMM1001:pages[100].Flags|} += 2;")]
    [InlineData("{|VMM1001:pages[100].Flags|} <<= 2;")]
    [InlineData("{|VMM1001:pages[100].RefCount|}++;")]
    [InlineData("--{|VMM1001:pages[100].RefCount|};")]
    [InlineData("n = {|VMM1001:pages[100].RefCount|}++;")]
    [InlineData("Console.WriteLine({|VMM1001:pages[100].RefCount|} = 4);")]
    [InlineData("{|VMM1001:pages[100].Flags|} = {|VMM1001:pages[101].Flags|} = 1;")]
    [InlineData("{|VMM1001:pages[100].Flags|} = pages[101].Flags;")]
    [InlineData("{|VMM1001:pages.Own(100).Owner|} ??= pages;")]
    [InlineData("{|VMM1001:pages.Own(100)|} += 1;")]
    [InlineData("{|VMM1001:pages[100].Flags|} >>>= 1;")]
    [InlineData("while ({|VMM1001:pages[100].RefCount|}-- > 0) { }")]
    [InlineData("i = flag ? {|VMM1001:pages[100].RefCount|}++ : 0;")]
    [InlineData("int[] a = [{|VMM1001:pages[100].RefCount|}++];")]
    [InlineData("throw new Exception(({|VMM1001:pages[100].Flags|} = 1).ToString());")]
    [InlineData("switch ({|VMM1001:pages[100].RefCount|}++) { case 0: break; }")]
    [InlineData("using var x = new System.IO.MemoryStream({|VMM1001:pages[100].RefCount|}++);")]
    [InlineData("pages[{|VMM1001:pages[100].RefCount|}++ & 63].Flags = 1;")]
    public void AssignmentToAField_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("{|VMM1001:pages[100]|} = default;")]
    [InlineData("{|VMM1001:pages[100]|} = pages[0];")]
    [InlineData("{|VMM1001:pages[100]|} = new StructPage { Flags = 1 };")]
    [InlineData("{|VMM1001:pages[100]|} = pages[0] with { Flags = 1 };")]
    [InlineData("{|VMM1001:pages.Own(100).List|} = default;")]
    [InlineData("{|VMM1001:pages.Own(100).Words|} = default;")]
    public void AssignmentToAWholeStruct_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("{|VMM1001:pages.Own(100).List.Next.Bits|} = 1;")]
    [InlineData("{|VMM1001:pages.Own(100).List.Next|} = default;")]
    [InlineData("{|VMM1001:pages.Own(100).List.Previous.Bits|}--;")]
    [InlineData("{|VMM1001:pages.Own(100).List.Previous.Set(1)|};")]
    [InlineData("{|VMM1001:pages.Own(100).List.Previous.Doubled|} = 1;")]
    [InlineData("{|VMM1001:pages.Own(100).Words[1]|} = 1;")]
    [InlineData("{|VMM1001:pages.Raw(100).Words[1]|} = 1;")]
    [InlineData("{|VMM1001:pages.Raw(100).Words[i]|} |= 1;")]
    public void FieldOfAField_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("({|VMM1001:pages[100].Flags|}, {|VMM1001:pages[101].Private|}) = (1, 2);")]
    [InlineData("(pages[1].Flags, {|VMM1001:pages[101].Private|}) = (1, 2);")]
    [InlineData("(ulong low, {|VMM1001:pages[100].Flags|}) = (1, 2);")]
    [InlineData("((_, {|VMM1001:pages[100].Flags|}), _) = ((1, 2UL), 3);")]
    [InlineData("({|VMM1001:pages[100].RefCount|}, _) = new KeyValuePair<int, int>(1, 2);")]
    [InlineData("({|VMM1001:pages[100]|}, {|VMM1001:pages[101]|}) = ({|VMM1001:pages[102].RefCount|}++ == 0 ? pages[1] : pages[2], pages[0]);")]
    [InlineData("({|VMM1001:pages[100].HugeTlbFlags|}, i) = (HugeTlbFlags.Freed, 1);")]
    public void Deconstruction_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("_ = new Pages { {|VMM1001:[100]|} = default };")]
    [InlineData("_ = new Pages { [0] = default, {|VMM1001:[64]|} = default, {|VMM1001:[65]|} = pages[0] };")]
    [InlineData("Pages made = new() { [63] = default, {|VMM1001:[64]|} = default };")]
    [InlineData("_ = new Box { Pages = { {|VMM1001:[100]|} = default } };", "class Box { public Pages Pages { get; } = new(); }")]
    public void ObjectInitializer_IsAnError(string body, string types = "") => Code.Body(body, types);

    [Theory]
    [InlineData("{|VMM1001:pages[100].SetHead()|};")]
    [InlineData("{|VMM1001:pages[100].SetTail(3)|};")]
    [InlineData("{|VMM1001:pages[100].HugeTlbFlags|} = HugeTlbFlags.Freed;")]
    [InlineData("{|VMM1001:pages[100].HugeTlbFlags|} |= HugeTlbFlags.Freed;")]
    [InlineData("{|VMM1001:pages[100].FolioOrder|}++;")]
    [InlineData("{|VMM1001:pages.Own(100)[2]|} = 1;")]
    [InlineData("{|VMM1001:pages.Own(100)[2]|} |= 1;")]
    [InlineData("{|VMM1001:pages.Own(100)[2]|}++;")]
    [InlineData("{|VMM1001:pages.Own(100).List.Next.Doubled|} += 2;")]
    [InlineData("pages?{|VMM1001:[100].SetHead()|};")]
    [InlineData("{|VMM1001:pages.Own(100).Reset()|};")]
    public void MemberThatWrites_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("Interlocked.Increment(ref {|VMM1001:pages[100].RefCount|});")]
    [InlineData("Interlocked.Decrement(ref {|VMM1001:pages[100].RefCount|});")]
    [InlineData("Interlocked.Add(ref {|VMM1001:pages[100].RefCount|}, 2);")]
    [InlineData("Interlocked.Exchange(ref {|VMM1001:pages[100].Flags|}, 2);")]
    [InlineData("Interlocked.CompareExchange(ref {|VMM1001:pages[100].RefCount|}, 1, 0);")]
    [InlineData("Interlocked.Or(ref {|VMM1001:pages[100].Flags|}, 2);")]
    [InlineData("Interlocked.And(ref {|VMM1001:pages[100].Flags|}, ~2UL);")]
    [InlineData("Interlocked.Exchange(value: 2, location1: ref {|VMM1001:pages[100].Flags|});")]
    [InlineData("Interlocked.Exchange(ref {|VMM1001:pages.Own(100).List.Next.Bits|}, 2);")]
    [InlineData("Volatile.Write(ref {|VMM1001:pages[100].Flags|}, 2);")]
    public void InterlockedAndVolatile_AreErrors(string body) => Code.Body(body);

    [Theory]
    [InlineData("ref StructPage p = ref pages[100]; {|VMM1001:p.Flags|} = 1;")]
    [InlineData("ref StructPage p = ref pages[100]; {|VMM1001:p|} = default;")]
    [InlineData("ref StructPage p = ref pages[100]; {|VMM1001:p.SetHead()|};")]
    [InlineData("ref int count = ref pages[100].RefCount; {|VMM1001:count|} = 1;")]
    [InlineData("ref int count = ref pages[100].RefCount; {|VMM1001:count|}++;")]
    [InlineData("ref int count = ref pages[100].RefCount; Interlocked.Increment(ref {|VMM1001:count|});")]
    [InlineData("ref StructPage p = ref pages[100]; ref ulong w = ref p.Flags; {|VMM1001:w|} = 1;")]
    [InlineData("ref StructPage p = ref pages[100]; ref StructPage q = ref p; {|VMM1001:q.Flags|} = 1;")]
    [InlineData("ref StructPage p = ref pages[0]; p.Flags = 1; p = ref pages[100]; {|VMM1001:p.Flags|} = 1;")]
    [InlineData("ref StructPage p = ref pages[0]; if (flag) { p = ref pages[100]; } else { p = ref pages[101]; } {|VMM1001:p.Flags|} = 1;")]
    [InlineData("ref Word w = ref pages.Own(100).List.Next; {|VMM1001:w.Set(1)|};")]
    [InlineData("for (ref StructPage p = ref pages[100]; flag; flag = !flag) { {|VMM1001:p.Flags|} = 1; }")]
    public void RefLocal_IsFollowed(string body) => Code.Body(body);

    [Theory]
    [InlineData("{|VMM1001:(flag ? ref pages[100] : ref pages[101]).Flags|} = 1;")]
    [InlineData("({|VMM1001:flag ? ref pages[100] : ref pages[101]|}) = default;")]
    [InlineData("ref StructPage p = ref flag ? ref pages[100] : ref pages[101]; {|VMM1001:p.Flags|} = 1;")]
    public void RefTernaryOfTails_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("const int Tail = 100; {|VMM1001:pages[Tail].Flags|} = 1;")]
    [InlineData("int k = 100; {|VMM1001:pages[k].Flags|} = 1;")]
    [InlineData("int k = 60; k += 10; {|VMM1001:pages[k].Flags|} = 1;")]
    [InlineData("int k; k = 100; {|VMM1001:pages[k].Flags|} = 1;")]
    [InlineData("int k = 63; {|VMM1001:pages[++k].Flags|} = 1;")]
    [InlineData("int k = 63; pages[k++].Flags = 1; {|VMM1001:pages[k].Flags|} = 1;")]
    [InlineData("long k = 100L; {|VMM1001:pages[k].Flags|} = 1;")]
    [InlineData("int k = flag ? 64 : 100; {|VMM1001:pages[k].Flags|} = 1;")]
    [InlineData("var (k, l) = (100, 1); {|VMM1001:pages[k].Flags|} = 1; pages[l].Flags = 1;")]
    [InlineData("if (i >= 64) { {|VMM1001:pages[i].Flags|} = 1; }")]
    [InlineData("{|VMM1001:pages[(int)Place.Tail].Flags|} = 1;", "public enum Place { Tail = 64 }")]
    public void IndexThatIsCertain_IsAnError(string body, string types = "") => Code.Body(body, types);

    [Theory]
    [InlineData("if (page.IsOptimized) { {|VMM1001:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!page.IsOptimized) { return; } {|VMM1001:page.Unchecked(100).SetHead()|};")]
    [InlineData("if (owned.IsFolded) { {|VMM1001:owned.At(100).Flags|} = 1; }")]
    [InlineData("owned.Fold(); {|VMM1001:owned.At(100).Flags|} = 1;")]
    [InlineData("owned.Fold(); {|VMM1001:owned.All[100].Flags|} = 1;")]
    [InlineData("owned.Unfold(); owned.At(100).Flags = 1; owned.Fold(); {|VMM1001:owned.At(100).Flags|} = 1;")]
    [InlineData("if (!owned.TryUnfold()) { owned.Fold(); {|VMM1001:owned.At(100).Flags|} = 1; }")]
    [InlineData("if (ReserveOne.TryOptimize(vmemmap, cpu, page)) { {|VMM1001:page.Unchecked(100).Flags|} = 1; }")]
    public void PageThatIsCertainlyOptimized_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("{|VMM1001:pages.All[100].Flags|} = 1;")]
    [InlineData("{|VMM1001:pages.All[100]|} = default;")]
    [InlineData("{|VMM1001:pages.All.Slice(60, 10).Clear()|};")]
    [InlineData("{|VMM1001:pages.All[60..70].Clear()|};")]
    [InlineData("{|VMM1001:pages.All[60..70].Fill(default)|};")]
    [InlineData("{|VMM1001:pages.All[64..65].Clear()|};")]
    [InlineData("{|VMM1001:pages.All[32..][..33].Clear()|};")]
    [InlineData("{|VMM1001:pages.All[32..][32].Flags|} = 1;")]
    [InlineData("{|VMM1001:pages.All[32..].Slice(1)[31].SetHead()|};")]
    [InlineData("Span<StructPage> s = pages.All; {|VMM1001:s[100].Flags|} = 1;")]
    [InlineData("Span<StructPage> s = pages.All[32..]; s = s[32..]; {|VMM1001:s[0].Flags|} = 1;")]
    [InlineData("ref StructPage p = ref pages.All[100]; {|VMM1001:p.Flags|} = 1;")]
    [InlineData("foreach (ref StructPage p in pages.All[64..128]) { {|VMM1001:p.Flags|} = 1; }")]
    [InlineData("{|VMM1001:pages.Array()[100].Flags|} = 1;")]
    [InlineData("StructPage[] a = pages.Array(); {|VMM1001:a[100].Flags|} = 1;")]
    [InlineData("{|VMM1001:pages.Array().AsSpan(60, 10).Clear()|};")]
    [InlineData("{|VMM1001:pages.Array().AsSpan()[100].Flags|} = 1;")]
    [InlineData("{|VMM1001:new Span<StructPage>(pages.Array(), 64, 10).Clear()|};")]
    [InlineData("{|VMM1001:pages.All[100..200][^1].Flags|} = 1;")]
    [InlineData("fixed (StructPage* p = pages.All) { {|VMM1001:p[100].Flags|} = 1; p[10].Flags = 1; }")]
    [InlineData("fixed (StructPage* p = pages.Array()) { {|VMM1001:p[100].Flags|} = 1; p[10].Flags = 1; }")]
    [InlineData("fixed (StructPage* p = &pages[0]) { {|VMM1001:p[100].Flags|} = 1; p[10].Flags = 1; }")]
    public void SpanAndArray_AreFollowed(string body) => Code.Body(body);

    [Theory]
    [InlineData("{|VMM1001:pages.Pointer[100].Flags|} = 1;")]
    [InlineData("{|VMM1001:(pages.Pointer + 100)->Flags|} = 1;")]
    [InlineData("{|VMM1001:(*(pages.Pointer + 100)).Flags|} = 1;")]
    [InlineData("{|VMM1001:*(pages.Pointer + 100)|} = default;")]
    [InlineData("{|VMM1001:(100 + pages.Pointer)->SetHead()|};")]
    [InlineData("Interlocked.Increment(ref {|VMM1001:pages.Pointer[100].RefCount|});")]
    [InlineData("StructPage* p = pages.Pointer; {|VMM1001:p[100].Flags|} = 1;")]
    [InlineData("StructPage* p = pages.Pointer; {|VMM1001:p[100].SetHead()|};")]
    public void Pointer_IsFollowed(string body) => Code.Body(body);

    [Theory]
    [InlineData("void M(Pages pages) => {|VMM1001:pages[100].Flags|} = 1;")]
    [InlineData("void M(Pages pages) { Action a = () => {|VMM1001:pages[100].SetHead()|}; }")]
    [InlineData("void M(Pages pages) { Action a = delegate { {|VMM1001:pages[100].Flags|} = 1; }; }")]
    [InlineData("void M(Pages pages) { void Inner() { {|VMM1001:pages[100].Flags|} = 1; } Inner(); }")]
    [InlineData("void M() { static void Inner(Pages pages) => {|VMM1001:pages[100].Flags|} = 1; Inner(null!); }")]
    [InlineData("ulong P { get => 0; set => {|VMM1001:Shared[100].Flags|} = value; }")]
    [InlineData("ulong P { get { {|VMM1001:Shared[100].Flags|}++; return 0; } }")]
    [InlineData("Case() { {|VMM1001:Shared[100].Flags|} = 1; }")]
    [InlineData("Case(ulong x) => {|VMM1001:Shared[100].Flags|} = x;")]
    [InlineData("static Case() { {|VMM1001:Shared[100].Flags|} = 1; }")]
    [InlineData("~Case() { {|VMM1001:Shared[100].Flags|} = 1; }")]
    [InlineData("Case(int x) : this({|VMM1001:Shared[100].Flags|} = 1) { } Case(ulong x) { }")]
    [InlineData("static ulong s_field = {|VMM1001:Shared[100].Flags|} = 1;")]
    [InlineData("static ulong Property { get; } = {|VMM1001:Shared[100].Flags|} = 1;")]
    [InlineData("public static bool operator !(Case c) { {|VMM1001:Shared[100].Flags|} = 1; return true; }")]
    [InlineData("event Action E { add { {|VMM1001:Shared[100].Flags|} = 1; } remove { } }")]
    [InlineData("async Task M() { {|VMM1001:Shared[100].Flags|} = 1; await Task.Yield(); {|VMM1001:Shared[101].Flags|} = 1; }")]
    [InlineData("IEnumerable<int> M() { {|VMM1001:Shared[100].Flags|} = 1; yield return 1; {|VMM1001:Shared[101].Flags|} = 1; }")]
    public void EveryKindOfBody_IsRead(string members) => Code.InMembers(members);

    [Theory]
    [InlineData("X64", "ReserveOne", 64)]
    [InlineData("X64", "ReserveOneKeptHead", 64)]
    [InlineData("X64", "ReserveTwo", 128)]
    [InlineData("X64", "ReserveTwoPosted", 128)]
    [InlineData("X64", "SharedTail", 64)]
    [InlineData("X64La57", "ReserveOne", 64)]
    [InlineData("Arm64K4Va48", "ReserveOne", 64)]
    [InlineData("Arm64K16Va48", "ReserveOne", 256)]
    [InlineData("Arm64K16Va48", "ReserveTwo", 512)]
    [InlineData("Arm64K64Va48", "SharedTail", 1024)]
    [InlineData("Arm64K64Va52", "ReserveTwo", 2048)]
    [InlineData("RiscV64Sv39", "ReserveOne", 64)]
    [InlineData("RiscV64Sv57", "ReserveTwo", 128)]
    public void ArchitectureAndLayout_SayFromWhere(string architecture, string layout, int first) => Verify<TailAccessAnalyzer>.Marks($$"""
        class C
        {
            void M(HugePage<{{architecture}}, {{layout}}> page)
            {
                if (page.IsOptimized)
                {
                    page.Unchecked({{first - 1}}).Flags = 1;
                    {|VMM1001:page.Unchecked({{first}}).Flags|} = 1;
                }
            }

            void N(HugePage<{{architecture}}, {{layout}}> page)
            {
                if (page.IsOptimized)
                {
                    {|VMM1001:page.Unchecked({{first + 1}}).Flags|} = 1;
                }
            }
        }
        """);

    [Theory]
    [InlineData("ulong x = pages[100].Flags;")]
    [InlineData("StructPage x = pages[100]; x.Flags = 1; x.SetHead();")]
    [InlineData("var x = pages[100] with { Flags = 1 };")]
    [InlineData("bool x = pages[100].IsHead || pages[100].Equals(pages[101]) || pages[100] == pages[101];")]
    [InlineData("int x = pages[100].GetHashCode() + pages.Own(100).Read();")]
    [InlineData("HugeTlbFlags x = pages[100].HugeTlbFlags;")]
    [InlineData("ulong x = pages.Own(100)[2] + pages.Own(100).List.Next.Get() + pages.Own(100).List.Next.Doubled;")]
    [InlineData("Console.WriteLine(pages[100].Flags);")]
    [InlineData("object x = pages[100];")]
    [InlineData("(ulong a, ulong b) = (pages[100].Flags, pages[101].Flags);")]
    [InlineData("pages[0].Flags = pages[100].Flags;")]
    [InlineData("pages[0] = pages[100];")]
    [InlineData("ref readonly StructPage p = ref pages[100]; ulong x = p.Flags;")]
    [InlineData("ref StructPage p = ref pages[100]; ulong x = p.Flags;")]
    [InlineData("foreach (StructPage p in pages.All) { StructPage q = p; q.Flags = 1; }")]
    [InlineData("foreach (ref readonly StructPage p in pages.All) { i += p.RefCount; }")]
    [InlineData("foreach (ref StructPage p in pages.All) { i += p.RefCount; }")]
    [InlineData("ulong x = Volatile.Read(ref pages[100].Flags);")]
    [InlineData("long x = Interlocked.Read(ref pages.Own(100).Total);")]
    [InlineData("ulong x = pages.Pointer[100].Flags + (pages.Pointer + 100)->Flags + (*(pages.Pointer + 101)).Flags;")]
    [InlineData("ulong x = pages.Own(100).Words[1] + pages.Raw(100).Words[1];")]
    [InlineData("string? x = pages.Own(100).Owner?.ToString();")]
    [InlineData("Func<StructPage, bool> f = p => p.IsHead; f(pages[100]);")]
    [InlineData("int x = pages.AllRead[100..].IndexOf(default(StructPage));")]
    [InlineData("string x = nameof(StructPage.Flags) + sizeof(StructPage);")]
    public void Read_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("pages[0].Flags = 1; pages[63].Flags = 1;")]
    [InlineData("pages[63].SetHead(); pages[63] = default; pages[63].RefCount++;")]
    [InlineData("page.Unchecked(0).Flags = 1; page.Unchecked(63).SetHead();")]
    [InlineData("if (page.IsOptimized) { page.Unchecked(63).Flags = 1; }")]
    [InlineData("(pages[1].Flags, pages[2].Private) = (1, 2);")]
    [InlineData("_ = new Pages { [63] = default };")]
    [InlineData("Interlocked.Increment(ref pages[63].RefCount); Volatile.Write(ref pages[0].Flags, 1);")]
    [InlineData("ref StructPage p = ref pages[63]; p.Flags = 1; p.SetHead();")]
    [InlineData("ref StructPage p = ref pages[100]; p = ref pages[63]; p.Flags = 1;")]
    [InlineData("(flag ? ref pages[1] : ref pages[2]).Flags = 1;")]
    [InlineData("pages.All[63].Flags = 1; pages.All[..64].Clear(); pages.All[0..64].Fill(default); pages.All.Slice(0, 64).Clear();")]
    [InlineData("pages.All[32..][..32].Clear(); pages.All[32..][31].Flags = 1; pages.All.Slice(10, 54).Clear();")]
    [InlineData("pages.Array()[63].Flags = 1; pages.Array().AsSpan(0, 64).Clear();")]
    [InlineData("pages.Pointer[63].Flags = 1; (pages.Pointer + 63)->Flags = 1; *pages.Pointer = default; pages.Pointer->Flags = 1;")]
    [InlineData("pages.Own(63).List.Next.Bits = 1; pages.Own(63).List.Next.Set(1); pages.Own(63).Words[3] = 1; pages.Raw(63).Words[3] = 1;")]
    [InlineData("const int Last = 63; pages[Last].Flags = 1; int k = 60; k += 3; pages[k].Flags = 1;")]
    [InlineData("pages.At(100, 63).Flags = 1; pages.At(node: 100, page: 63).Flags = 1;")]
    public void IndexBelowTheTail_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("if (!page.IsOptimized) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("using (page.Restore()) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("using RestoredScope<X64, ReserveOne> scope = page.Restore(); scope[100].Flags = 1; page.Unchecked(100).Flags = 1;")]
    [InlineData("using var scope = page.Restore(cpu); scope[i].SetHead();")]
    [InlineData("using (var scope = page.Restore()) { for (long k = 0; k < scope.Count; k++) { scope[k].Flags = 1; } }")]
    [InlineData("if (!owned.IsFolded) { owned.At(100).Flags = 1; owned.All.Clear(); }")]
    [InlineData("owned.Unfold(); owned.At(100).Flags = 1;")]
    [InlineData("if (owned.TryUnfold()) { owned.At(100).Flags = 1; owned.All[100..].Clear(); }")]
    public void PageThatIsNotOptimized_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("page.Writable[i].Flags = 1; page.Writable[100].SetHead();")]
    [InlineData("for (long k = 0; k < page.Writable.Count; k++) { page.Writable[k].Flags = 1; }")]
    [InlineData("for (long k = 0; k < page.Writable.PageCount; k++) { page.Writable.Page(k).Clear(); }")]
    [InlineData("pages.Unmarked(100).Flags = 1; Same(ref pages.Unmarked(100)).Flags = 1;")]
    [InlineData("StructPage[] own = new StructPage[512]; own[100].Flags = 1; own.AsSpan().Clear();")]
    [InlineData("Span<StructPage> own = stackalloc StructPage[512]; own[100].Flags = 1; own.Clear(); own[60..70].Fill(default);")]
    [InlineData("StructPage* own = stackalloc StructPage[512]; own[100].Flags = 1; (own + 100)->Flags = 1;")]
    [InlineData("StructPage[] own = [.. pages.All]; own[100].Flags = 1;")]
    [InlineData("StructPage[] own = pages.All.ToArray(); own[100].Flags = 1; own.AsSpan(60, 10).Clear();")]
    [InlineData("StructPage[] own = new StructPage[512]; pages.All.CopyTo(own); own[100].Flags = 1;")]
    [InlineData("Span<StructPage> s = pages.All; s = new StructPage[512]; s[100].Flags = 1;")]
    [InlineData("StructPage own = default; ref StructPage p = ref pages[100]; p = ref own; p.Flags = 1;")]
    [InlineData("fixed (StructPage* p = new StructPage[512]) { p[100].Flags = 1; }")]
    [InlineData("pages = new Pages(); page = other; owned = new Owned();")]
    public void StructPageOfSomethingElse_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("if (false) { pages[100].Flags = 1; }")]
    [InlineData("if (i < 64) { if (i > 80) { pages[i].Flags = 1; } }")]
    [InlineData("return; pages[100].Flags = 1;")]
    public void CodeThatIsNeverReached_IsQuiet(string body) => Code.Body(body);

    [Fact]
    public void ProjectWithoutVmemmap_IsQuiet() => Verify<TailAccessAnalyzer>.SilentWithoutVmemmap("""
        class ReadOnlyTailAttribute(long first) : Attribute { public long First => first; }
        class C
        {
            private int[] _values = new int[512];
            [ReadOnlyTail(64)] ref int At(int i) => ref _values[i];
            void M() => At(100) = 1;
        }
        """);

    [Fact]
    public void GeneratedCode_IsNotJudged() => Verify<TailAccessAnalyzer>.Marks(
        "// <auto-generated/>\n" + Code.Method("pages[100].Flags = 1;"), library: Code.Types);

    [Theory]
    [InlineData("#pragma warning disable VMM1001\npages[100].Flags = 1;\n#pragma warning restore VMM1001\n{|VMM1001:pages[100].Flags|} = 1;")]
    public void SuppressedByPragma_IsQuiet(string body) => Code.Body("\n" + body);

    [Fact]
    public void Message_SaysWhatIsWrittenAndFromWhereItIsReadOnly() => Code.Message(
        "if (page.IsOptimized) { {|VMM1001:page.Unchecked(100).Flags|} = 1; }",
        "page.Unchecked(100).Flags writes a read-only tail struct page: index 100, read-only from 64 (x86-64, reserve-one); in a kernel this is an oops. "
        + "Write to the head or restore the vmemmap first.");

    // arch/riscv has no PAGE_KERNEL_RO of its own (6.12), so its aliases stay writable; x86 and arm64 have one.
    [Theory]
    [InlineData("X64", "x86-64", true)]
    [InlineData("Arm64K4Va48", "arm64-4k", true)]
    [InlineData("RiscV64Sv39", "riscv64-sv39", false)]
    [InlineData("RiscV64Sv57", "riscv64-sv57", false)]
    public void Message_SaysWhatAKernelOfTheArchitectureDoes(string architecture, string name, bool faults)
    {
        string end = "index 100, read-only from 64 (" + name + ", reserve-one); "
            + (faults ? Oops : Silent) + ". Write to the head or restore the vmemmap first.";
        Verify<TailAccessAnalyzer>.Message(
            $$"""
            class C
            {
                void M(HugePage<{{architecture}}, ReserveOne> page)
                {
                    if (page.IsOptimized)
                    {
                        {|VMM1001:page.Unchecked(100).Flags|} = 1;
                    }
                }
            }
            """,
            "page.Unchecked(100).Flags writes a read-only tail struct page: " + end);
        Verify<TailAccessAnalyzer>.Message(
            $$"""
            class C
            {
                [ReadOnlyTail(typeof({{architecture}}.Huge2M), typeof(ReserveOne))] ref StructPage At(int i) => throw null!;

                void M() => {|VMM1001:At(100).Flags|} = 1;
            }
            """,
            "At(100).Flags writes a read-only tail struct page: " + end.Replace(name, name + ", 2M", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[ReadOnlyTail(64)]", "[ReadOnlyTail(64)]")]
    [InlineData("[ReadOnlyTail(typeof(X64.Huge2M), typeof(ReserveOne))]", "[ReadOnlyTail(typeof(RiscV64Sv39.Huge2M), typeof(ReserveOne))]")]
    [InlineData("[ReadOnlyTail(typeof(RiscV64Sv39.Huge2M), typeof(ReserveOne))]", "[ReadOnlyTail(64)]")]
    public void MessageWithoutOneArchitecture_IsTrueOfAll(string mark, string otherMark) => Verify<TailAccessAnalyzer>.Message(
        $$"""
        class C
        {
            {{mark}} ref StructPage At(int i) => throw null!;
            {{otherMark}} ref StructPage Other(int i) => throw null!;

            void M(bool flag)
            {
                ref StructPage p = ref flag ? ref At(100) : ref Other(100);
                {|VMM1001:p.Flags|} = 1;
            }
        }
        """,
        "p.Flags writes a read-only tail struct page: index 100, read-only from 64; "
        + Either + ". Write to the head or restore the vmemmap first.");
}

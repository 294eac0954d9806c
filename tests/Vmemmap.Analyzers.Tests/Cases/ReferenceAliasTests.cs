namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>An index or page that is written through a reference to it, a span of it or a pointer.</summary>
public sealed class ReferenceAliasTests
{
    [Theory]
    [InlineData("ref int r = ref a; r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref flag ? ref a : ref b; r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref (flag ? ref a : ref b); r = 100; {|VMM1002:page.Unchecked(b).Flags|} = 1;")]
    [InlineData("(flag ? ref a : ref b) = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref b; r = ref a; r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref b; if (flag) { r = ref a; } r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref b; r = ref flag ? ref a : ref b; r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref a; ref int x = ref r; x = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref a; a = 3; r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref a; r += 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref a; Interlocked.Add(ref r, 100); {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref a; (r, _) = (100, 1); {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref Id(ref a); r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref Id(ref a); a = 3; r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("Id(ref a) = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("ref int r = ref Unsafe.Add(ref a, 0); r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("Unsafe.As<int, uint>(ref a) = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("Unsafe.AsRef(in a) = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("if (a < 64) { ref int r = ref a; for (int k = 0; k < 3; k++) { {|VMM1002:page.Unchecked(a).Flags|} = 1; r = 100; } }")]
    public void IntegerWrittenThroughAReference_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("foreach (ref int r in MemoryMarshal.CreateSpan(ref a, 1)) { r = 100; } {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("foreach (ref int r in MemoryMarshal.CreateSpan(ref a, 1)) { a = 3; r = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1; }")]
    [InlineData("Span<int> x = new(ref a); x[0] = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("Span<int> x = new(ref a); a = 3; x[0] = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("Span<int> x = MemoryMarshal.CreateSpan(ref a, 1); x.Fill(100); {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("int* z = &a; *z = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("int* z = &a; a = 3; z[0] = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("Keeper k = new() { V = ref a }; k.V = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("Keeper k = new() { V = ref a }; a = 3; k.V = 100; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    public void IntegerWrittenThroughASpanOrPointer_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("ref Pair r = ref s; s.I = 3; r.I = 100; {|VMM1002:page.Unchecked(s.I).Flags|} = 1;")]
    [InlineData("ref Pair r = ref s; if (s.I < 64) { r.I = 100; {|VMM1002:page.Unchecked(s.I).Flags|} = 1; }")]
    [InlineData("ref Pair r = ref s; s.I = 3; r = new Pair { I = 100 }; {|VMM1002:page.Unchecked(s.I).Flags|} = 1;")]
    [InlineData("ref Pair r = ref s; s.I = 3; r.Set(); {|VMM1002:page.Unchecked(s.I).Flags|} = 1;")]
    [InlineData("ref int r = ref s.I; s.I = 3; r = 100; {|VMM1002:page.Unchecked(s.I).Flags|} = 1;")]
    [InlineData("ref int r = ref s.I; if (s.I < 64) { r = 100; {|VMM1002:page.Unchecked(s.I).Flags|} = 1; }")]
    [InlineData("Pair* z = &s; s.I = 3; z->I = 100; {|VMM1002:page.Unchecked(s.I).Flags|} = 1;")]
    [InlineData("ref int r = ref t.K; t.K = 3; r = 100; {|VMM1002:page.Unchecked(t.K).Flags|} = 1;")]
    [InlineData("ref var r = ref t; t.K = 3; r.K = 100; {|VMM1002:page.Unchecked(t.K).Flags|} = 1;")]
    public void FieldOfAStructWrittenThroughAReference_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("ref var r = ref page; if (!page.IsOptimized) { r = other; {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("ref var r = ref flag ? ref page : ref other; if (page.IsOptimized) { return; } r = FieldPage!; {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("ref var r = ref other; r = ref page; if (!page.IsOptimized) { r = FieldPage!; {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("ref var r = ref Id(ref page); if (!page.IsOptimized) { r = other; {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("ref var r = ref page; if (!r.IsOptimized) { page = other; {|VMM1002:r.Unchecked(100).Flags|} = 1; }")]
    [InlineData("ref var r = ref t.A; if (!t.A.IsOptimized) { r = other; {|VMM1002:t.A.Unchecked(100).Flags|} = 1; }")]
    [InlineData("foreach (ref var r in MemoryMarshal.CreateSpan(ref page, 1)) { if (!page.IsOptimized) { r = other; {|VMM1002:page.Unchecked(100).Flags|} = 1; } }")]
    public void PageWrittenThroughAReference_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (x < 64) { y = 100; {|VMM1002:page.Unchecked(x).Flags|} = 1; }")]
    [InlineData("if (y < 64) { x = 100; {|VMM1002:page.Unchecked(y).Flags|} = 1; }")]
    [InlineData("if (!v.IsOptimized) { w = page; {|VMM1002:v.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (x < 64) { x = 100; {|VMM1002:page.Unchecked(x).Flags|} = 1; }")]
    [InlineData("if (!v.IsOptimized) { v = page; {|VMM1002:v.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (x < 64) { page.Unchecked(x).Flags = 1; }")]
    [InlineData("if (!v.IsOptimized) { v.Unchecked(100).Flags = 1; }")]
    public void ReferenceParameters_MayBeTheSame(string statements) => Code.InMembers(
        "void M(HugePage<X64, ReserveOne> page, ref int x, ref int y, ref HugePage<X64, ReserveOne> v, ref HugePage<X64, ReserveOne> w) { " + statements + " }");

    [Theory]
    [InlineData("ref int r = ref b; r = 100; page.Unchecked(a).Flags = 1;")]
    [InlineData("ref int r = ref array[0]; r = 100; page.Unchecked(a).Flags = 1;")]
    [InlineData("ref int r = ref Id(ref b); r = 100; page.Unchecked(a).Flags = 1;")]
    [InlineData("foreach (ref int r in array.AsSpan()) { r = 100; } page.Unchecked(a).Flags = 1;")]
    [InlineData("Span<int> x = new(ref b); x[0] = 100; page.Unchecked(a).Flags = 1;")]
    [InlineData("if (s.I < 64) { page.Unchecked(s.I).Flags = 1; }")]
    [InlineData("s.I = 3; page.Unchecked(s.I).Flags = 1;")]
    [InlineData("if (t.K < 64) { page.Unchecked(t.K).Flags = 1; }")]
    [InlineData("ref var r = ref other; r = FieldPage!; if (!page.IsOptimized) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("ref StructPage r = ref page.Unchecked(a); r.Flags = 1; r.RefCount = 100; page.Unchecked(a).Flags = 1;")]
    [InlineData("fixed (int* z = array) { *z = 100; } page.Unchecked(a).Flags = 1;")]
    public void WriteThroughAReferenceToAnother_IsQuiet(string statements) => InMethod(statements);

    [Theory]
    [InlineData("int k = 3; Action a = () => Console.WriteLine(k); a(); pages[k].Flags = 1;")]
    [InlineData("int k = 3; int Read() => k + 1; Read(); pages[k].Flags = 1;")]
    [InlineData("int k = 3; Func<int, int> f = x => x + k; Run(f); pages[k].Flags = 1;")]
    [InlineData("int k = 3; Action a = () => k = 100; a(); {|VMM1002:pages[k].Flags|} = 1;")]
    [InlineData("int k = 3; void Set() => k = 100; Set(); {|VMM1002:pages[k].Flags|} = 1;")]
    [InlineData("int k = 3; void Set(ref int x) => x = 100; Action a = () => Set(ref k); a(); {|VMM1002:pages[k].Flags|} = 1;")]
    [InlineData("int k = 3; Action a = () => { Action b = () => k++; b(); }; a(); {|VMM1002:pages[k].Flags|} = 1;")]
    [InlineData("Action a = () => page = null!; if (!page.IsOptimized) { a(); {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("Func<bool> f = () => { page = null!; return true; }; if (!page.IsOptimized) { f(); {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    public void Captured_StaysIfItIsOnlyRead(string statements) => Code.InMembers(
        "static void Run(Func<int, int> f) { } void M(Pages pages, HugePage<X64, ReserveOne> page) { " + statements + " }");

    [Theory]
    [InlineData("ref StructPage r = ref pages[i]; if (flag) { r = ref {|VMM1003:Unsafe.Add(ref pages[0], i)|}; } {|VMM1002:r.Flags|} = 1;")]
    [InlineData("ref StructPage r = ref pages[0]; if (flag) { r = ref pages[i]; } {|VMM1002:r.Flags|} = 1;")]
    [InlineData("ref StructPage r = ref pages[3]; if (flag) { r = ref Unsafe.Add(ref pages[0], 63); } r.Flags = 1;")]
    public void ReferenceThatIsAssignedAgain_IsJudgedOnEveryPath(string body) => Code.Body(body);

    private static void InMethod(string statements) => Code.InMembers($$"""
        public struct Pair
        {
            public int I;
            public void Set() => I = 100;
        }

        public ref struct Keeper
        {
            public ref int V;
        }

        static ref T Id<T>(ref T x) => ref x;

        unsafe void M(
            HugePage<X64, ReserveOne> page, HugePage<X64, ReserveOne> other, (HugePage<X64, ReserveOne> A, int K) t, Pair s, int[] array, bool flag)
        {
            int a = 3, b = 5;
            {{statements}}
        }
        """);
}

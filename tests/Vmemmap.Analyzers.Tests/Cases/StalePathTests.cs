namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>What was known of a field or property is gone when it is written, by whatever name.</summary>
public sealed class StalePathTests
{
    [Theory]
    [InlineData("if (h.I >= 0 && h.I < 64) { h.I += 100; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I >= 0 && h.I < 64) { h.I = 100; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I >= 0 && h.I < 64) { h.I++; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I >= 0 && h.I < 64) { h.I = i; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { (h.I, _) = (100, 1); {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { Interlocked.Add(ref h.I, 100); {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { Interlocked.Exchange(ref h.I, 100); {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { Volatile.Write(ref h.I, 100); {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { int.TryParse(\"100\", out h.I); {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { ref int r = ref h.I; r = 100; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { fixed (int* z = &h.I) { *z = 100; } {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { h = g; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { h = new Holder { I = 100 }; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.J < 64) { h.J = 100; {|VMM1002:q.Unchecked(h.J).Flags|} = 1; }")]
    [InlineData("if (h.J < 64) { h.J += 100; {|VMM1002:q.Unchecked(h.J).Flags|} = 1; }")]
    [InlineData("if (h.Next.I < 64) { h.Next.I = 100; {|VMM1002:q.Unchecked(h.Next.I).Flags|} = 1; }")]
    [InlineData("if (h.Next.I < 64) { h.Next = g; {|VMM1002:q.Unchecked(h.Next.I).Flags|} = 1; }")]
    [InlineData("if (h.S.I < 64) { h.S = new Pair { I = 100 }; {|VMM1002:q.Unchecked(h.S.I).Flags|} = 1; }")]
    [InlineData("if (h.S.I < 64) { h.S.I = 100; {|VMM1002:q.Unchecked(h.S.I).Flags|} = 1; }")]
    [InlineData("if (h.S.I < 64) { h.S.Set(); {|VMM1002:q.Unchecked(h.S.I).Flags|} = 1; }")]
    [InlineData("if (_i < 64) { _i = 100; {|VMM1002:q.Unchecked(_i).Flags|} = 1; }")]
    [InlineData("if (_i < 64) { this._i = 100; {|VMM1002:q.Unchecked(_i).Flags|} = 1; }")]
    [InlineData("if (s_i < 64) { s_i = 100; {|VMM1002:q.Unchecked(s_i).Flags|} = 1; }")]
    public void IntegerThatIsWritten_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("while (h.I < 64) { h.I += 40; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("while (h.J < 64) { h.J += 40; {|VMM1002:q.Unchecked(h.J).Flags|} = 1; }")]
    [InlineData("for (h.I = 0; h.I < 65; h.I++) { {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("h.I = 0; do { {|VMM1002:q.Unchecked(h.I).Flags|} = 1; h.I += 40; } while (h.I < 100);")]
    [InlineData("if (h.I < 64) { while (Ask()) { {|VMM1002:q.Unchecked(h.I).Flags|} = 1; h.I++; } }")]
    [InlineData("if (h.I < 64) { for (int k = 0; k < i; k++) { {|VMM1002:q.Unchecked(h.I).Flags|} = 1; g.I = 100; } }")]
    public void IntegerThatALoopWrites_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (h.I < 64) { g.I = 100; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.J < 64) { g.J = 100; {|VMM1002:q.Unchecked(h.J).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { d.I = 100; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.I < 64) { h.Next.I = 100; {|VMM1002:q.Unchecked(h.I).Flags|} = 1; }")]
    [InlineData("if (h.Next.I < 64) { g.Next = g; {|VMM1002:q.Unchecked(h.Next.I).Flags|} = 1; }")]
    [InlineData("if (h.S.I < 64) { g.S.I = 100; {|VMM1002:q.Unchecked(h.S.I).Flags|} = 1; }")]
    [InlineData("if (_i < 64) { c._i = 100; {|VMM1002:q.Unchecked(_i).Flags|} = 1; }")]
    [InlineData("if (c._i < 64) { _i = 100; {|VMM1002:q.Unchecked(c._i).Flags|} = 1; }")]
    public void AnotherInstanceMayBeTheSame_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (t.K < 64) { t.K = 100; {|VMM1002:q.Unchecked(t.K).Flags|} = 1; }")]
    [InlineData("if (t.K < 64) { t.K += 100; {|VMM1002:q.Unchecked(t.K).Flags|} = 1; }")]
    [InlineData("if (t.K < 64) { t.Item2 = 100; {|VMM1002:q.Unchecked(t.K).Flags|} = 1; }")]
    [InlineData("t.K = 3; t = (q, 100); {|VMM1002:q.Unchecked(t.K).Flags|} = 1;")]
    [InlineData("if (t.K < 64) { t = u; {|VMM1002:q.Unchecked(t.K).Flags|} = 1; }")]
    [InlineData("if (!t.A.IsOptimized) { t.A = q; {|VMM1002:t.A.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!t.A.IsOptimized) { t = u; {|VMM1002:t.A.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!t.A.IsOptimized) { (t.A, t.K) = (q, 1); {|VMM1002:t.A.Unchecked(100).Flags|} = 1; }")]
    [InlineData("Pair s = default; if (s.I < 64) { s.I = 100; {|VMM1002:q.Unchecked(s.I).Flags|} = 1; }")]
    [InlineData("Pair s = new() { I = 3 }; s.Set(); {|VMM1002:q.Unchecked(s.I).Flags|} = 1;")]
    [InlineData("Pair s = default; s.I = 3; s.Set(); {|VMM1002:q.Unchecked(s.I).Flags|} = 1;")]
    [InlineData("Pair s = default; s.I = 3; s = new Pair { I = 100 }; {|VMM1002:q.Unchecked(s.I).Flags|} = 1;")]
    public void PartOfATupleOrStruct_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (!h.F.IsOptimized) { h.F = q; {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (h.F.IsOptimized) { return; } h.F = q; {|VMM1002:h.F.Unchecked(100).Flags|} = 1;")]
    [InlineData("if (!h.P.IsOptimized) { h.P = q; {|VMM1002:h.P.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!Own.IsOptimized) { Own = q; {|VMM1002:Own.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!FieldPage!.IsOptimized) { FieldPage = q; {|VMM1002:FieldPage.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { Volatile.Write(ref h.F, q); {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { Interlocked.Exchange(ref h.F, q); {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { ref var r = ref h.F; r = q; {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { (h.F, _) = (q, 1); {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { h = g; {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { h = new Holder { F = q }; {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { g.F = q; {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.P.IsOptimized) { g.P = q; {|VMM1002:h.P.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { d.F = q; {|VMM1002:h.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!h.Next.F.IsOptimized) { h.Next = g; {|VMM1002:h.Next.F.Unchecked(100).Flags|} = 1; }")]
    [InlineData("for (int k = 0; k < i; k++) { if (!h.F.IsOptimized) { h.F = q; {|VMM1002:h.F.Unchecked(100).Flags|} = 1; } }")]
    [InlineData("if (!all[0].IsOptimized) { all[0] = q; {|VMM1002:all[0].Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!all[i].IsOptimized) { {|VMM1002:all[i + 1].Unchecked(100).Flags|} = 1; }")]
    public void PageThatIsWritten_IsForgotten(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (h.I >= 0 && h.I < 64) { q.Unchecked(h.I).Flags = 1; }")]
    [InlineData("if (h.I < 64) { q.Unchecked(h.I).Flags = 1; q.Unchecked(h.I).RefCount = 1; }")]
    [InlineData("if (h.I < 64) { h.K = 100; q.Unchecked(h.I).Flags = 1; }")]
    [InlineData("if (h.I < 64) { g.K = 100; q.Unchecked(h.I).Flags = 1; }")]
    [InlineData("if (h.I < 64) { i = 100; q.Unchecked(h.I).Flags = 1; }")]
    [InlineData("h.I = 3; q.Unchecked(h.I).Flags = 1;")]
    [InlineData("g.I = 100; h.I = 3; q.Unchecked(h.I).Flags = 1;")]
    [InlineData("h.I = 100; if (h.I < 64) { q.Unchecked(h.I).Flags = 1; }")]
    [InlineData("for (h.I = 0; h.I < 64; h.I++) { q.Unchecked(h.I).Flags = 1; }")]
    [InlineData("while (h.I < 64) { q.Unchecked(h.I).Flags = 1; h.I += 40; }")]
    [InlineData("if (t.K < 64) { q.Unchecked(t.K).Flags = 1; }")]
    [InlineData("t.K = 3; q.Unchecked(t.K).Flags = 1;")]
    public void IntegerThatIsNotWrittenBetween_IsQuiet(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (!h.F.IsOptimized) { h.F.Unchecked(100).Flags = 1; }")]
    [InlineData("if (h.F.IsOptimized) { return; } h.F.Unchecked(100).Flags = 1;")]
    [InlineData("if (!h.P.IsOptimized) { h.P.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { h.I = 3; h.F.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { g.I = 3; h.P = q; h.F.Unchecked(100).Flags = 1; }")]
    [InlineData("h.F = q; if (!h.F.IsOptimized) { h.F.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!q.IsOptimized) { h.F = q; q.Unchecked(100).Flags = 1; h.F.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!h.F.IsOptimized) { var keep = h.F; h.F = q; keep.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!t.A.IsOptimized) { t.A.Unchecked(100).Flags = 1; }")]
    public void PageThatIsNotWrittenBetween_IsQuiet(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (i < 64) { Change(); {|VMM1002:q.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64) { i = 100; {|VMM1002:q.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64) { this.Change(); {|VMM1002:q.Unchecked(i).Flags|} = 1; }")]
    [InlineData("while (i < 64) { i += 40; {|VMM1002:q.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (!q.IsOptimized) { Change(); {|VMM1002:q.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!q.IsOptimized) { q = null!; q = other; {|VMM1002:q.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (i < 64) { q.Unchecked(i).Flags = 1; }")]
    [InlineData("if (!q.IsOptimized) { q.Unchecked(100).Flags = 1; }")]
    [InlineData("Change(); if (i < 64) { q.Unchecked(i).Flags = 1; }")]
    public void PrimaryConstructorParameter_IsAsAField(string statements) => Code.InMembers($$"""
        class Prim(int i, HugePage<X64, ReserveOne> q)
        {
            void Change()
            {
                i = 100;
                q = null!;
            }

            void M(HugePage<X64, ReserveOne> other)
            {
                {{statements}}
            }
        }
        """);

    private static void InMethod(string statements) => Code.InMembers($$"""
        public struct Pair
        {
            public int I;
            public void Set() => I = 100;
        }

        public class Holder
        {
            public int I;
            public int K;
            public int J { get; set; }
            public HugePage<X64, ReserveOne> F = null!;
            public HugePage<X64, ReserveOne> P { get; set; } = null!;
            public Holder Next = null!;
            public Pair S;
        }

        public class Derived : Holder;

        int _i;
        static int s_i;
        HugePage<X64, ReserveOne> Own { get; set; } = null!;
        static bool Ask() => true;

        unsafe void M(
            Holder h, Holder g, Derived d, Case c, HugePage<X64, ReserveOne> q, HugePage<X64, ReserveOne>[] all,
            (HugePage<X64, ReserveOne> A, int K) t, (HugePage<X64, ReserveOne> A, int K) u, int i)
        {
            {{statements}}
        }
        """);
}

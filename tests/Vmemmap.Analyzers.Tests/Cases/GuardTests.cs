namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>Guards as people write them: the right one is quiet, the one next to it is not.</summary>
public sealed class GuardTests
{
    [Theory]
    [InlineData("if (i < 64 || !p.IsOptimized) { p.Unchecked(i).Flags = 1; }")]
    [InlineData("if (!p.IsOptimized || i < 64) { p.Unchecked(i).Flags = 1; }")]
    [InlineData("if (i >= 64 && p.IsOptimized) { throw new InvalidOperationException(); } p.Unchecked(i).Flags = 1;")]
    [InlineData("if (p.IsOptimized && i >= 64) { return; } p.Unchecked(i).Flags = 1;")]
    [InlineData("if (!(p.IsOptimized && i >= 64)) { p.Unchecked(i).Flags = 1; }")]
    [InlineData("foreach (int k in ks) { if (p.IsOptimized && k >= 64) { continue; } p.Unchecked(k).Flags = 1; }")]
    [InlineData("foreach (int k in ks) { if (p.IsOptimized && k >= p.Writable.Count) { continue; } p.Unchecked(k).Flags = 1; }")]
    [InlineData("if (p.IsOptimized && i >= p.Writable.Count) { return; } p.Unchecked(i).Flags = 1;")]
    [InlineData("if (i >= 64 || p.IsOptimized) { return; } p.Unchecked(i).Flags = 1; p.Unchecked(100).Flags = 1;")]
    [InlineData("for (int k = 0; k < 64 || !p.IsOptimized; k++) { p.Unchecked(k).Flags = 1; }")]
    [InlineData("for (int k = 0; k < p.Count && (k < 64 || !p.IsOptimized); k++) { p.Unchecked(k).Flags = 1; }")]
    [InlineData("long limit = p.IsOptimized ? 64 : 512; if (i < limit) { p.Unchecked(i).Flags = 1; }")]
    [InlineData("if (i >= 64) { if (p.IsOptimized) { return; } } p.Unchecked(i).Flags = 1;")]
    public void IndexOrState_IsQuiet(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (i < 65 || !p.IsOptimized) { {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 || p.IsOptimized) { {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !q.IsOptimized) { {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !p.IsOptimized) { {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !p.IsOptimized) { {|VMM1002:p.Unchecked(i + 1).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !p.IsOptimized) { i++; {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !p.IsOptimized) { i = n; {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !p.IsOptimized) { p = q; {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !p.IsOptimized) { Other(); {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !p.IsOptimized) { ReserveOne.TryOptimize(vmemmap, cpu, p); {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 || !p.IsOptimized || flag) { {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i >= 65 && p.IsOptimized) { return; } {|VMM1002:p.Unchecked(i).Flags|} = 1;")]
    [InlineData("if (i >= 64 && q.IsOptimized) { return; } {|VMM1002:p.Unchecked(i).Flags|} = 1;")]
    [InlineData("if (i >= 64 && p.IsOptimized && flag) { return; } {|VMM1002:p.Unchecked(i).Flags|} = 1;")]
    [InlineData("if (i >= 64 && p.IsOptimized) { Other(); } {|VMM1002:p.Unchecked(i).Flags|} = 1;")]
    [InlineData("if (p.IsOptimized && i >= 64) { return; } Other(); {|VMM1002:p.Unchecked(i).Flags|} = 1;")]
    [InlineData("if (p.IsOptimized && i >= 64) { return; } i += n; {|VMM1002:p.Unchecked(i).Flags|} = 1;")]
    [InlineData("foreach (int k in ks) { if (p.IsOptimized && k > p.Writable.Count) { continue; } {|VMM1002:p.Unchecked(k).Flags|} = 1; }")]
    [InlineData("foreach (int k in ks) { if (p.IsOptimized && k >= q.Writable.Count) { continue; } {|VMM1002:p.Unchecked(k).Flags|} = 1; }")]
    [InlineData("if (p.IsOptimized && i >= 64) { return; } foreach (int k in ks) { {|VMM1002:p.Unchecked(k).Flags|} = 1; }")]
    [InlineData("long limit = p.IsOptimized ? 65 : 512; if (i < limit) { {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    [InlineData("long limit = p.IsOptimized ? 512 : 64; if (i < limit) { {|VMM1002:p.Unchecked(i).Flags|} = 1; }")]
    public void GuardThatMissesSomething_IsReported(string statements) => InMethod(statements);

    [Theory]
    [InlineData("bool plain = !p.IsOptimized; if (plain) { p.Unchecked(100).Flags = 1; }")]
    [InlineData("bool plain = flag && !p.IsOptimized; if (plain) { p.Unchecked(100).Flags = 1; }")]
    [InlineData("bool plain = !p.IsOptimized && flag; if (plain) { p.Unchecked(100).Flags = 1; }")]
    [InlineData("bool folded = p.IsOptimized || flag; if (!folded) { p.Unchecked(100).Flags = 1; }")]
    [InlineData("bool plain = flag || !p.IsOptimized; if (plain) { {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = flag && !q.IsOptimized; if (plain) { {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = flag && !p.IsOptimized; if (!plain) { {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = flag && !p.IsOptimized; Other(); if (plain) { {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = flag && !p.IsOptimized; p = q; if (plain) { {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = flag && !p.IsOptimized; plain |= n > 3; if (plain) { {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = flag && !p.IsOptimized; while (n-- > 0) { if (plain) { {|VMM1002:p.Unchecked(100).Flags|} = 1; } p = q; }")]
    public void StateInABoolLocal_IsFollowed(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (o?.IsOptimized ?? true) { return; } o.Unchecked(100).Flags = 1;")]
    [InlineData("if (!(o?.IsOptimized ?? true)) { o.Unchecked(100).Flags = 1; }")]
    [InlineData("if (o?.IsOptimized == false) { o.Unchecked(100).Flags = 1; }")]
    [InlineData("if (o?.IsOptimized != false) { return; } o.Unchecked(100).Flags = 1;")]
    [InlineData("if (o is { IsOptimized: true } or null) { return; } o.Unchecked(100).Flags = 1;")]
    [InlineData("if (o is not { IsOptimized: false }) { return; } o.Unchecked(100).Flags = 1;")]
    [InlineData("if (o?.IsOptimized ?? true) { return; } {|VMM1002:p.Unchecked(100).Flags|} = 1;")]
    [InlineData("if (o?.IsOptimized ?? true) { return; } Other(); {|VMM1002:o.Unchecked(100).Flags|} = 1;")]
    [InlineData("if (o?.IsOptimized ?? true) { return; } o = q; {|VMM1002:o.Unchecked(100).Flags|} = 1;")]
    [InlineData("if (o?.IsOptimized == false || flag) { {|VMM1002:o!.Unchecked(100).Flags|} = 1; }")]
    public void PageThatMayBeNull_IsRefined(string statements) => InMethod(statements);

    [Theory]
    [InlineData("for (int k = 0; k < owned.WritableCount; k++) { owned.All[k].Flags = 1; }")]
    [InlineData("foreach (ref StructPage x in owned.All[..owned.WritableCount]) { x.Flags = 1; }")]
    [InlineData("owned.All.Slice(0, owned.WritableCount).Fill(default);")]
    [InlineData("var s = owned.All[..owned.WritableCount]; for (int k = 0; k < s.Length; k++) { s[k].Flags = 1; }")]
    [InlineData("if (i < owned.WritableCount) { owned.All[i].Flags = 1; }")]
    [InlineData("for (int k = 0; k <= owned.WritableCount; k++) { {|VMM1002:owned.All[k].Flags|} = 1; }")]
    [InlineData("for (int k = 0; k < mine.WritableCount; k++) { {|VMM1002:owned.All[k].Flags|} = 1; }")]
    [InlineData("for (int k = 0; k < owned.WritableCount; k++) { {|VMM1002:owned.All[1..][k].Flags|} = 1; }")]
    [InlineData("{|VMM1002:owned.All.Slice(1, owned.WritableCount).Clear()|};")]
    [InlineData("{|VMM1002:owned.All[..mine.WritableCount].Clear()|};")]
    public void OwnHandleWithASpan_IsBoundedByItsCount(string statements) => InMethod(statements);

    [Theory]
    [InlineData("wide.All.Slice(0, (int)wide.Room).Clear();")]
    [InlineData("wide.All[..(int)wide.Room].Clear();")]
    [InlineData("for (int k = 0; k < (int)wide.Room; k++) { wide.All[k].Flags = 1; }")]
    [InlineData("int room = (int)wide.Room; for (int k = 0; k < room; k++) { wide.All[k].Flags = 1; }")]
    [InlineData("for (int k = 0; k < (int)p.Writable.Count; k++) { p.Unchecked(k).Flags = 1; }")]
    [InlineData("{|VMM1002:wide.All.Slice(0, (int)wide.Room + 1).Clear()|};")]
    [InlineData("{|VMM1002:wide.All.Slice(0, (int)p.Writable.Count).Clear()|};")]
    public void CountAsAnInt_StaysABound(string statements) => InMethod(statements);

    [Theory]
    [InlineData("long last = 0; foreach (var x in all) { for (long k = 0; k < last; k++) { {|VMM1002:x.Unchecked(k).Flags|} = 0; } last = x.Writable.Count; }")]
    [InlineData("long last = p.Writable.Count; foreach (var x in all) { for (long k = 0; k < last; k++) { {|VMM1002:x.Unchecked(k).Flags|} = 0; } }")]
    [InlineData("long last = 0; foreach (var x in all) { if (last > 0) { {|VMM1002:x.Unchecked(last - 1).Flags|} = 0; } last = x.Writable.Count; }")]
    [InlineData("long last = 0; foreach (var x in all) { if (last == 0) { last = x.Writable.Count; } for (long k = 0; k < last; k++) { {|VMM1002:x.Unchecked(k).Flags|} = 0; } }")]
    [InlineData("int last = 0; foreach (var x in own) { if (last == 0) { last = x.WritableCount; } {|VMM1002:x.All[..last].Clear()|}; }")]
    [InlineData("long last = 0; for (int j = 0; j < n; j++) { var x = all[j]; if (j > 0) { {|VMM1002:x.Unchecked(last - 1).Flags|} = 0; } last = x.Writable.Count; }")]
    [InlineData("long last = p.Writable.Count; p = q; for (long k = 0; k < last; k++) { {|VMM1002:p.Unchecked(k).Flags|} = 0; }")]
    [InlineData("bool plain = false; foreach (var x in all) { if (plain) { {|VMM1002:x.Unchecked(100).Flags|} = 0; } plain = !x.IsOptimized; }")]
    [InlineData("bool plain = true; foreach (var x in all) { plain &= !x.IsOptimized; } if (plain) { {|VMM1002:p.Unchecked(100).Flags|} = 0; }")]
    [InlineData("var x = p; while (n-- > 0) { if (!x.IsOptimized) { x = all[n]; {|VMM1002:x.Unchecked(100).Flags|} = 0; } }")]
    public void BoundOfAnotherPageInALoop_IsReported(string statements) => InMethod(statements);

    [Theory]
    [InlineData("foreach (var x in all) { long last = x.Writable.Count; for (long k = 0; k < last; k++) { x.Unchecked(k).Flags = 0; } }")]
    [InlineData("long last; foreach (var x in all) { last = x.Writable.Count; for (long k = 0; k < last; k++) { x.Unchecked(k).Flags = 0; } }")]
    [InlineData("long last = p.Writable.Count; foreach (var x in all) { for (long k = 0; k < last; k++) { p.Unchecked(k).Flags = x[k].Flags; } }")]
    [InlineData("foreach (var x in own) { x.All[..x.WritableCount].Clear(); }")]
    [InlineData("bool plain; foreach (var x in all) { plain = !x.IsOptimized; if (plain) { x.Unchecked(100).Flags = 0; } }")]
    public void BoundOfTheSamePageInALoop_IsQuiet(string statements) => InMethod(statements);

    [Theory]
    [InlineData("System.Diagnostics.Debug.Assert(!p.IsOptimized); p.Unchecked(100).Flags = 1;")]
    [InlineData("System.Diagnostics.Debug.Assert(!p.IsOptimized, \"restore first\"); p.Unchecked(100).Flags = 1;")]
    [InlineData("System.Diagnostics.Debug.Assert(i < p.Writable.Count); p.Unchecked(i).Flags = 1;")]
    [InlineData("System.Diagnostics.Debug.Assert(p.IsOptimized); {|VMM1001:p.Unchecked(100).Flags|} = 1;")]
    [InlineData("System.Diagnostics.Debug.Assert(!q.IsOptimized); {|VMM1002:p.Unchecked(100).Flags|} = 1;")]
    [InlineData("System.Diagnostics.Debug.Assert(!p.IsOptimized); Other(); {|VMM1002:p.Unchecked(100).Flags|} = 1;")]
    [InlineData("System.Diagnostics.Debug.Assert(!p.IsOptimized || flag); {|VMM1002:p.Unchecked(100).Flags|} = 1;")]
    [InlineData("System.Diagnostics.Debug.WriteLine(!p.IsOptimized); {|VMM1002:p.Unchecked(100).Flags|} = 1;")]
    public void Assertion_Refines(string statements) => InMethod(statements);

    [Theory]
    [InlineData("switch (i) { case < 64 and >= 0: break; case 64 or 65: {|VMM1001:pages[i].Flags|} = 1; break; }")]
    [InlineData("switch (i) { case 3: break; case 64 or 65: {|VMM1001:pages[i].Flags|} = 1; break; }")]
    [InlineData("switch (i) { case 3: break; case 63 or 64: {|VMM1002:pages[i].Flags|} = 1; break; }")]
    [InlineData("switch (i) { case 64: break; case 62 or 63: pages[i].Flags = 1; break; }")]
    [InlineData("switch (i) { case >= 64: break; default: pages[i].Flags = 1; break; }")]
    [InlineData("if (i is 64 or 65) { {|VMM1001:pages[i].Flags|} = 1; }")]
    public void CasesOfASwitch_NarrowTheIndex(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (f is HugePage<X64, ReserveOne> { IsOptimized: true }) { return; } {|VMM1002:((HugePage<X64, ReserveTwo>)f).Unchecked(300).Flags|} = 1;")]
    [InlineData("if (f is HugePage<X64, ReserveOne> { IsOptimized: true, Count: > 5 }) { return; } {|VMM1002:((HugePage<X64, ReserveOne>)f).Unchecked(300).Flags|} = 1;")]
    [InlineData("if (f is HugePage<X64, ReserveOne> { IsOptimized: true } && flag) { return; } {|VMM1002:((HugePage<X64, ReserveOne>)f).Unchecked(300).Flags|} = 1;")]
    [InlineData("if (f is HugePage<X64, ReserveOne> x && x.IsOptimized) { return; } {|VMM1002:((HugePage<X64, ReserveTwo>)f).Unchecked(300).Flags|} = 1;")]
    [InlineData("switch (f) { case HugePage<X64, ReserveOne> { IsOptimized: true }: return; case HugePage<X64, ReserveTwo> x: {|VMM1002:x.Unchecked(300).Flags|} = 1; break; }")]
    [InlineData("if (f.IsOptimized) { return; } ((HugePage<X64, ReserveTwo>)f).Unchecked(300).Flags = 1;")]
    [InlineData("if (f is { IsOptimized: true }) { return; } ((HugePage<X64, ReserveTwo>)f).Unchecked(300).Flags = 1;")]
    [InlineData("if (f is HugePage<X64, ReserveOne> x && !x.IsOptimized) { x.Unchecked(100).Flags = 1; }")]
    [InlineData("if (f is HugePage<X64, ReserveOne> { IsOptimized: false } x) { x.Unchecked(100).Flags = 1; }")]
    [InlineData("if (f is not HugePage<X64, ReserveOne> { IsOptimized: false } x) { return; } x.Unchecked(100).Flags = 1;")]
    [InlineData("if (f is HugePage<X64, ReserveOne> { IsOptimized: true }) { {|VMM1001:((HugePage<X64, ReserveOne>)f).Unchecked(300).Flags|} = 1; }")]
    public void TypePattern_RefinesOnlyWhatHasTheType(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (m.IsFolded) { if (x?.Rest(m) != false) { {|VMM1002:m.All[100].Flags|} = 1; } }")]
    [InlineData("if (m.IsFolded) { if (x?.Rest(m) ?? true) { {|VMM1002:m.All[100].Flags|} = 1; } }")]
    [InlineData("if (m.IsFolded) { x?.Rest(m); {|VMM1002:m.All[100].Flags|} = 1; }")]
    [InlineData("if (m.IsFolded) { if (y.Rest(m)) { m.All[100].Flags = 1; } }")]
    [InlineData("if (m.IsFolded) { if (y.Rest(m) != false) { m.All[100].Flags = 1; } }")]
    [InlineData("if (m.IsFolded) { if (y.Rest(m) == false) { {|VMM1001:m.All[100].Flags|} = 1; } }")]
    public void RestoredByACallThatMayNotHappen_IsReported(string statements) => Code.InMembers($$"""
        public class Restorer
        {
            public bool Rest([VmemmapState(VmemmapState.Restored)] Owned m) => true;
        }

        void M(Owned m, Restorer? x, Restorer y)
        {
            {{statements}}
        }
        """);

    [Theory]
    [InlineData("for (; p < end; p++) { {|VMM1002:p->Flags|} = 0; }")]
    [InlineData("while (p < end) { {|VMM1002:p->Flags|} = 0; p++; }")]
    [InlineData("StructPage* last = p + 64; for (; p < last; p++) { p->Flags = 0; }")]
    [InlineData("p->Flags = 0; end->Flags = 0;")]
    public void TwoMarkedPointers_SayNothingOfEachOther(string statements) => Code.InMembers(
        "unsafe void M([ReadOnlyTail(64)] StructPage* p, [ReadOnlyTail(64)] StructPage* end) { " + statements + " }");

    [Theory]
    [InlineData("delegate*<ref StructPage, void> call = &Touch; call(ref {|VMM1004!:pages[100]|});")]
    [InlineData("delegate*<ref StructPage, void> call = &Touch; call(ref {|VMM1004?:pages[i]|});")]
    [InlineData("delegate*<ref StructPage, void> call = &Touch; call(ref pages[63]);")]
    [InlineData("delegate*<in StructPage, void> call = &ReadIt; call(in pages[100]);")]
    [InlineData("delegate*<StructPage, void> call = &Copy; call(pages[100]);")]
    [InlineData("if (!p.IsOptimized) { delegate*<void> call = &Other; call(); {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    public void FunctionPointer_IsACall(string statements) => InMethod(statements);

    [Theory]
    [InlineData("{|VMM1002:Array.Clear(pages.Array())|};")]
    [InlineData("{|VMM1001:Array.Clear(pages.Array(), 60, 10)|};")]
    [InlineData("{|VMM1001:Array.Clear(pages.Array(), 64, 1)|};")]
    [InlineData("{|VMM1002:Array.Clear(pages.Array(), 0, i)|};")]
    [InlineData("StructPage[] a = pages.Array(); {|VMM1001:Array.Clear(a, 60, 10)|};")]
    [InlineData("Array.Clear(pages.Array(), 0, 64);")]
    [InlineData("Array.Clear(pages.Array(), 10, 54);")]
    [InlineData("Array.Clear(new StructPage[512]);")]
    public void ArrayClear_IsAWrite(string statements) => InMethod(statements);

    private static void InMethod(string statements) => Code.InMembers($$"""
        public class Wide
        {
            [VmemmapState(VmemmapState.Optimized)] public bool IsFolded => throw null!;
            [ReadOnlyTail(64)] public Span<StructPage> All => throw null!;
            [WritableCount] public long Room => throw null!;
        }

        unsafe void M(
            HugePage<X64, ReserveOne> p, HugePage<X64, ReserveOne> q, HugePage<X64, ReserveOne>? o, List<HugePage<X64, ReserveOne>> all, Folio f,
            Owned owned, Owned mine, List<Owned> own, Wide wide, Pages pages, Cpu<X64> cpu, VmemmapRemapper<X64> vmemmap, int[] ks, int i, int n, bool flag)
        {
            {{statements}}
        }
        """);
}

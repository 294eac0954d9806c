using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>VMM1002: a write that reaches a tail on some paths or for some indexes; and how far intervals are followed.</summary>
public sealed class PossibleTailWriteTests
{
    private const string Safe = "";
    private const string May = "VMM1002";
    private const string Must = "VMM1001";

    [Theory]
    [InlineData("{|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("{|VMM1002:page.Unchecked(100).RefCount|}++;")]
    [InlineData("{|VMM1002:page.Unchecked(100)|} = default;")]
    [InlineData("{|VMM1002:page.Unchecked(100).SetHead()|};")]
    [InlineData("{|VMM1002:page.Unchecked(100).HugeTlbFlags|} = HugeTlbFlags.Freed;")]
    [InlineData("({|VMM1002:page.Unchecked(100).Flags|}, page.Unchecked(1).Flags) = (1, 2);")]
    [InlineData("Interlocked.Increment(ref {|VMM1002:page.Unchecked(100).RefCount|});")]
    [InlineData("Volatile.Write(ref {|VMM1002:page.Unchecked(100).Flags|}, 1);")]
    [InlineData("ref StructPage p = ref page.Unchecked(100); {|VMM1002:p.Flags|} = 1;")]
    [InlineData("{|VMM1002:owned.At(100).Flags|} = 1;")]
    [InlineData("{|VMM1002:owned.All[100].Flags|} = 1;")]
    [InlineData("{|VMM1002:owned.All.Clear()|};")]
    [InlineData("{|VMM1002:owned.All[60..70].Clear()|};")]
    [InlineData("{|VMM1002:FieldPage!.Unchecked(100).Flags|} = 1;")]
    [InlineData("var q = page; {|VMM1002:q.Unchecked(100).Flags|} = 1;")]
    [InlineData("Action a = () => {|VMM1002:page.Unchecked(100).SetHead()|};")]
    [InlineData("using (page.Restore()) { } {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("var scope = page.Restore(); scope.Dispose(); {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("if (flag) { page.Restore(); } {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("if (!owned.TryUnfold()) { {|VMM1002:owned.At(100).Flags|} = 1; }")]
    [InlineData("owned.TryUnfold(); {|VMM1002:owned.At(100).Flags|} = 1;")]
    [InlineData("owned.Unfold(); Other(); {|VMM1002:owned.At(100).Flags|} = 1;")]
    [InlineData("using (other.Restore()) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("page.Restore(); page = other; {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    public void PageThatMayBeOptimized_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("{|VMM1002:(flag ? ref pages[0] : ref pages[100]).Flags|} = 1;")]
    [InlineData("ref StructPage p = ref flag ? ref pages[0] : ref pages[100]; {|VMM1002:p.Flags|} = 1;")]
    [InlineData("ref StructPage p = ref pages[0]; if (flag) { p = ref pages[100]; } {|VMM1002:p.Flags|} = 1;")]
    [InlineData("StructPage own = default; ref StructPage p = ref own; if (flag) { p = ref pages[100]; } {|VMM1002:p.Flags|} = 1;")]
    [InlineData("int k = 1; if (flag) { k = 100; } {|VMM1002:pages[k].Flags|} = 1;")]
    [InlineData("int k = flag ? 1 : 100; {|VMM1002:pages[k].Flags|} = 1;")]
    [InlineData("Span<StructPage> s = flag ? pages.All[..65] : pages.All; {|VMM1002:s[64 - (i & 1)].Flags|} = 1;")]
    public void OneOfSeveral_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("{|VMM1002:pages.All.Clear()|};")]
    [InlineData("{|VMM1002:pages.All.Fill(default)|};")]
    [InlineData("{|VMM1002:pages.All[1..].Clear()|};")]
    [InlineData("{|VMM1002:pages.All[i..].Clear()|};")]
    [InlineData("{|VMM1002:pages.All[..i].Clear()|};")]
    [InlineData("{|VMM1002:pages.All.Slice(0, i).Clear()|};")]
    [InlineData("{|VMM1002:pages.All.Slice(i, 2).Clear()|};")]
    [InlineData("{|VMM1002:pages.All[i].Flags|} = 1;")]
    [InlineData("{|VMM1002:pages.All[^1].Flags|} = 1;")]
    [InlineData("foreach (ref StructPage p in pages.All) { {|VMM1002:p.Flags|} = 1; }")]
    [InlineData("foreach (ref StructPage p in pages.All[1..]) { {|VMM1002:p.SetHead()|}; }")]
    [InlineData("foreach (ref StructPage p in pages.All[..65]) { {|VMM1002:p.RefCount|}++; }")]
    [InlineData("{|VMM1002:pages.Array()[i].Flags|} = 1;")]
    [InlineData("{|VMM1002:pages.Pointer[i].Flags|} = 1;")]
    [InlineData("{|VMM1002:(pages.Pointer + i)->Flags|} = 1;")]
    public void RangeThatMayReachIt_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("pages.All[..(i & 63)].Clear();")]
    [InlineData("pages.All[(i & 31)..64].Clear();")]
    [InlineData("pages.All.Slice(i & 31, 32).Clear();")]
    [InlineData("pages.All[..Math.Min(i, 64)].Clear();")]
    [InlineData("foreach (ref StructPage p in pages.All[..64]) { p.Flags = 1; }")]
    [InlineData("Span<StructPage> s = pages.All[..64]; for (int k = 0; k < s.Length; k++) { s[k].Flags = 1; }")]
    [InlineData("Span<StructPage> s = pages.All[..64]; s[i].Flags = 1; s[^1].Flags = 1; s.Clear(); s.Fill(default);")]
    [InlineData("Span<StructPage> s = flag ? pages.All[..64] : pages.All[..32]; s.Clear();")]
    [InlineData("new StructPage[512].AsSpan(0, 64).CopyTo(pages.All[..64]);")]
    [InlineData("pages.All.CopyTo(new StructPage[512]); pages.All[60..70].CopyTo(new StructPage[10]); _ = pages.All.TryCopyTo(new StructPage[9]);")]
    [InlineData("_ = pages.All[100..].ToArray(); _ = pages.All.Length; _ = pages.All.IsEmpty; _ = pages.All[100..200];")]
    [InlineData("ReadOnlySpan<StructPage> s = pages.All; i = s[100].RefCount;")]
    public void RangeOfWritableOnes_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("{|VMM1002:n.AsPages().CopyTo(pages.All[60..70])|};")]
    [InlineData("ReadOnlySpan<StructPage> s = n.AsPages(); {|VMM1002:s.CopyTo(pages.All[60..70])|};")]
    [InlineData("{|VMM1002:n.AsPages().CopyTo(pages.All)|};")]
    [InlineData("{|VMM1002:n.AsPages().ToArray().CopyTo(pages.All)|};")]
    [InlineData("_ = {|VMM1002:n.AsPages().TryCopyTo(pages.All)|};")]
    public void CopyOfUnknownLengthInto_IsAWarning(string body) => Code.Body(
        body, "static class Extensions { public static Span<StructPage> AsPages(this int count) => throw null!; }");

    [Theory]
    [InlineData("i", May)]
    [InlineData("i & 63", Safe)]
    [InlineData("63 & i", Safe)]
    [InlineData("i & 64", May)]
    [InlineData("i & 127", May)]
    [InlineData("(i & 63) + 64", Must)]
    [InlineData("(i & 63) + 1", May)]
    [InlineData("(i & 31) + 32", Safe)]
    [InlineData("64 + (i & 3) * 8", Must)]
    [InlineData("(i & 7) * 8", Safe)]
    [InlineData("(i & 7) * 9", Safe)]
    [InlineData("(i & 7) * 16", May)]
    [InlineData("100 - (i & 31)", Must)]
    [InlineData("100 - (i & 63)", May)]
    [InlineData("63 - (i & 63)", Safe)]
    [InlineData("i % 64", Safe)]
    [InlineData("i % 65", May)]
    [InlineData("(i & 0xff) / 4", Safe)]
    [InlineData("(i & 0xff) / 3", May)]
    [InlineData("(i & 0xff) >> 2", Safe)]
    [InlineData("(i & 0xff) >> 1", May)]
    [InlineData("(i & 7) << 3", Safe)]
    [InlineData("(i & 7) << 4", May)]
    [InlineData("1 << (i & 3)", Safe)]
    [InlineData("1 << 6", Must)]
    [InlineData("i >>> 26", Safe)]
    [InlineData("(int)((uint)i % 64)", Safe)]
    [InlineData("(int)((uint)i >> 26)", Safe)]
    [InlineData("(int)((uint)i % 65)", May)]
    [InlineData("(byte)i", May)]
    [InlineData("(byte)i / 4", Safe)]
    [InlineData("(byte)i + 64", Must)]
    [InlineData("(long)(i & 63)", Safe)]
    [InlineData("(int)(long)(i & 63)", Safe)]
    [InlineData("checked((int)((long)i & 63))", Safe)]
    [InlineData("Math.Min(i, 63)", Safe)]
    [InlineData("Math.Min(63, i)", Safe)]
    [InlineData("Math.Min(i, 64)", May)]
    [InlineData("Math.Max(i, 64)", Must)]
    [InlineData("Math.Max(i, 63)", May)]
    [InlineData("Math.Clamp(i, 0, 63)", Safe)]
    [InlineData("Math.Clamp(i, 1, 64)", May)]
    [InlineData("Math.Clamp(i, 64, 511)", Must)]
    [InlineData("int.Min(i, 63)", Safe)]
    [InlineData("Math.Abs(i) % 64", Safe)]
    [InlineData("flag ? 1 : 63", Safe)]
    [InlineData("flag ? 1 : 64", May)]
    [InlineData("flag ? 64 : 511", Must)]
    [InlineData("i < 64 ? i : 0", Safe)]
    [InlineData("i < 64 ? i : 64", May)]
    [InlineData("i switch { 0 => 1, 1 => 63, _ => 0 }", Safe)]
    [InlineData("i switch { 0 => 1, 1 => 63, _ => 64 }", May)]
    [InlineData("i switch { 0 => 64, _ => 65 }", Must)]
    [InlineData("i switch { < 64 => i, _ => 0 }", Safe)]
    [InlineData("sizeof(ulong) * 8 - 1", Safe)]
    [InlineData("sizeof(ulong) * 8", Must)]
    [InlineData("(int)HugeTlbFlags.Freed", Safe)]
    [InlineData("-(-100)", Must)]
    [InlineData("~0 & 63", Safe)]
    [InlineData("unchecked((byte)i) & 0x3f", Safe)]
    [InlineData("pages.Length", May)]
    [InlineData("(i, n).Item1", May)]
    [InlineData("(int)(DateTime.Now.Ticks & 63)", Safe)]
    [InlineData("i == 3 ? i : 4", Safe)]
    public void ComputedIndex_IsAnInterval(string index, string rule)
    {
        string direct = Marked(rule, $"pages[{index}].Flags", " = 1;");
        string byLocal = $"int k = (int)({index}); " + Marked(rule, "pages[k].Flags", " = 1;");
        string byReference = $"int k; k = (int)({index}); ref StructPage p = ref pages[k]; " + Marked(rule, "p.Flags", " = 1;");
        Code.Body($"{{ {direct} }}\n{{ {byLocal} }}\n{{ {byReference} }}");
    }

    [Theory]
    [InlineData("i < 64", Safe)]
    [InlineData("i <= 63", Safe)]
    [InlineData("i <= 64", May)]
    [InlineData("i < 65", May)]
    [InlineData("64 > i", Safe)]
    [InlineData("63 >= i", Safe)]
    [InlineData("i >= 64", Must)]
    [InlineData("i > 63", Must)]
    [InlineData("64 <= i", Must)]
    [InlineData("i > 62", May)]
    [InlineData("i == 5", Safe)]
    [InlineData("i == 100", Must)]
    [InlineData("i != 100", May)]
    [InlineData("!(i >= 64)", Safe)]
    [InlineData("!(i < 64)", Must)]
    [InlineData("i >= 0 && i < 64", Safe)]
    [InlineData("0 <= i && i <= 64", May)]
    [InlineData("i < 64 && flag", Safe)]
    [InlineData("flag && i < 64", Safe)]
    [InlineData("flag & i < 64", Safe)]
    [InlineData("i < 64 || flag", May)]
    [InlineData("i < 10 || i == 20", Safe)]
    [InlineData("i > 100 || i == 64", Must)]
    [InlineData("!(i < 0 || i >= 64)", Safe)]
    [InlineData("!(flag || i >= 64)", Safe)]
    [InlineData("!(flag && i >= 64)", May)]
    [InlineData("i is >= 0 and < 64", Safe)]
    [InlineData("i is < 64", Safe)]
    [InlineData("i is 3 or 5", Safe)]
    [InlineData("i is 3 or 64", May)]
    [InlineData("i is >= 64 and < 512", Must)]
    [InlineData("i is not >= 64", Safe)]
    [InlineData("i is not (< 0 or >= 64)", Safe)]
    [InlineData("i is 100", Must)]
    [InlineData("(uint)i < 64u", Safe)]
    [InlineData("(uint)i < 64", Safe)]
    [InlineData("(uint)i <= 64", May)]
    [InlineData("(ulong)i < 64", Safe)]
    [InlineData("(uint)i >= 64", May)]
    [InlineData("(long)i < 64", Safe)]
    [InlineData("n <= 64 && i < n", Safe)]
    [InlineData("n < 100 && i < n", May)]
    [InlineData("n >= 64 && i >= n", Must)]
    [InlineData("i < pages.Length", May)]
    [InlineData("(i & 1) == 0", May)]
    [InlineData("i < Math.Min(n, 64)", Safe)]
    [InlineData("i == n", May)]
    public void Condition_NarrowsTheIndex(string condition, string rule)
    {
        // (uint)i >= 64 is also so of a negative i, which no huge page has: either answer is right, and a warning is what is sure.
        string inBranch = $"if ({condition}) {{ " + Marked(rule, "pages[i].Flags", " = 1; }");
        string inLoop = $"while ({condition}) {{ " + Marked(rule, "pages[i].Flags", " = 1; break; }");
        string behind = $"if (!({condition})) {{ return; }} " + Marked(rule, "pages[i].SetHead()", ";");
        Code.Body($"{inBranch}\n{inLoop}\n{behind}");
    }

    [Theory]
    [InlineData("for (int k = 0; k < 64; k++) { @ }", Safe)]
    [InlineData("for (int k = 0; k <= 63; k++) { @ }", Safe)]
    [InlineData("for (int k = 0; k < 65; k++) { @ }", May)]
    [InlineData("for (int k = 0; k < 512; k++) { @ }", May)]
    [InlineData("for (int k = 1; k < 512; k++) { @ }", May)]
    [InlineData("for (int k = 0; k < n; k++) { @ }", May)]
    [InlineData("for (int k = 0; ; k++) { @ }", May)]
    [InlineData("for (int k = 64; k < 512; k++) { @ }", Must)]
    [InlineData("for (int k = 0; k < 64; ++k) { @ }", Safe)]
    [InlineData("for (int k = 0; k < 64; k += 2) { @ }", Safe)]
    [InlineData("for (int k = 0; k < 64; k = k + 1) { @ }", Safe)]
    [InlineData("for (int k = 1; k < 64; k *= 2) { @ }", Safe)]
    [InlineData("for (int k = 1; k < 64; k <<= 1) { @ }", Safe)]
    [InlineData("for (int k = 63; k >= 0; k--) { @ }", Safe)]
    [InlineData("for (int k = 64; k >= 0; k--) { @ }", May)]
    [InlineData("for (int k = 511; k >= 64; k--) { @ }", Must)]
    [InlineData("for (int k = 511; k > 0; k--) { @ }", May)]
    [InlineData("for (int k = 64; k-- > 0;) { @ }", Safe)]
    [InlineData("for (int k = 65; k-- > 0;) { @ }", May)]
    [InlineData("for (long k = 0; k < 64; k++) { @ }", Safe)]
    [InlineData("for (uint k = 0; k < 64; k++) { @ }", Safe)]
    [InlineData("for (uint k = 0; k < 65; k++) { @ }", May)]
    [InlineData("for (int j = 0; j < 64; j++) { int k = j; @ }", Safe)]
    [InlineData("for (int j = 0; j < 64; j++) { int k = j + 1; @ }", May)]
    [InlineData("for (int j = 1; j <= 64; j++) { int k = j - 1; @ }", Safe)]
    [InlineData("for (int j = 0; j < 64; j++) { int k = j + 64; @ }", Must)]
    [InlineData("for (int a = 0; a < 8; a++) { for (int b = 0; b < 8; b++) { int k = a * 8 + b; @ } }", Safe)]
    [InlineData("for (int a = 0; a < 8; a++) { for (int b = 0; b < 9; b++) { int k = a * 8 + b; @ } }", May)]
    [InlineData("for (int a = 0; a < 64; a++) { for (int k = 0; k <= a; k++) { @ } }", Safe)]
    [InlineData("int k = 0; while (k < 64) { @ k++; }", Safe)]
    [InlineData("int k = 0; while (k < 64) { k++; @ }", May)]
    [InlineData("int k = -1; while (++k < 64) { @ }", Safe)]
    [InlineData("int k = 0; while (true) { if (k >= 64) { break; } @ k++; }", Safe)]
    [InlineData("int k = 0; do { @ k++; } while (k < 64);", Safe)]
    [InlineData("int k = 0; do { @ k++; } while (k <= 64);", May)]
    [InlineData("int k = 0; again: @ if (++k < 64) { goto again; }", Safe)]
    [InlineData("for (int k = 0; k < 64; k++) { if (flag) { continue; } @ }", Safe)]
    [InlineData("for (int k = 0; k < 512; k++) { if (k >= 64) { break; } @ }", Safe)]
    [InlineData("for (int k = 0; k < 512; k++) { if (k < 64) { continue; } @ }", Must)]
    [InlineData("for (int k = 0; k < 512; k++) { if (k < 64) { @ } }", Safe)]
    [InlineData("for (int k = 0, end = 64; k < end; k++) { @ }", Safe)]
    [InlineData("int end = 64; for (int k = 0; k < end; k++) { @ }", Safe)]
    [InlineData("int end = Math.Min(n, 64); for (int k = 0; k < end; k++) { @ }", Safe)]
    [InlineData("int first = 10; for (int k = first; k < first + 54; k++) { @ }", Safe)]
    [InlineData("foreach (int k in new[] { 1, 100 }) { @ }", May)]
    [InlineData("int k = 0; for (int j = 0; j < 10; j++) { k = 63 - j; } @", Safe)]
    [InlineData("int k = 0; for (int j = 0; j < 10; j++) { k = 0; @ k = 100; }", Safe)]
    [InlineData("int k = 0; for (int j = 0; j < 10; j++) { @ k = 100; }", May)]
    public void Loop_BoundsTheIndex(string loop, string rule) =>
        Code.Body(loop.Replace("@", Marked(rule, "pages[k].Flags", " = 1;"), StringComparison.Ordinal));

    [Theory]
    [InlineData("for (int k = 0; k < page.Writable.Count; k++) { page.Unchecked(k).Flags = 1; }")]
    [InlineData("for (long k = 0; k < page.Writable.Count; k++) { page.Unchecked(k).Flags = 1; }")]
    [InlineData("long end = page.Writable.Count; for (long k = 0; k < end; k++) { page.Unchecked(k).Flags = 1; }")]
    [InlineData("WritableStructPages<X64, ReserveOne> w = page.Writable; for (long k = 0; k < w.Count; k++) { page.Unchecked(k).Flags = 1; }")]
    [InlineData("if (i < page.Writable.Count) { page.Unchecked(i).Flags = 1; }")]
    [InlineData("if (i >= page.Writable.Count) { return; } page.Unchecked(i).Flags = 1;")]
    [InlineData("long end = Math.Min(512, page.Writable.Count); for (long k = 0; k < end; k++) { page.Unchecked(k).Flags = 1; }")]
    [InlineData("page.Unchecked(Math.Min(i, page.Writable.Count - 1)).Flags = 1;")]
    [InlineData("page.Unchecked(page.Writable.Count - 1).Flags = 1;")]
    [InlineData("for (int k = 0; k < owned.WritableCount; k++) { owned.At(k).Flags = 1; }")]
    [InlineData("owned.All[..owned.WritableCount].Clear();")]
    [InlineData("for (long k = page.Writable.Count - 1; k >= 0; k--) { page.Unchecked(k).Flags = 1; }")]
    public void IndexBelowTheWritableCount_IsQuiet(string body) => Code.Body(body);

    [Theory]
    [InlineData("for (long k = 0; k <= page.Writable.Count; k++) { {|VMM1002:page.Unchecked(k).Flags|} = 1; }")]
    [InlineData("for (long k = 0; k < page.Count; k++) { {|VMM1002:page.Unchecked(k).Flags|} = 1; }")]
    [InlineData("for (long k = 0; k < other.Writable.Count; k++) { {|VMM1002:page.Unchecked(k).Flags|} = 1; }")]
    [InlineData("for (long k = 0; k < page.Writable.Count; k++) { {|VMM1002:page.Unchecked(k + 1).Flags|} = 1; }")]
    [InlineData("{|VMM1002:page.Unchecked(page.Writable.Count).Flags|} = 1;")]
    [InlineData("if (i > page.Writable.Count) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    public void IndexThatTheWritableCountDoesNotBound_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("for (int k = 0; k < 512; k += 64) { {|VMM1002:pages.All.Slice(k, 64).Clear()|}; }")]
    [InlineData("for (int k = 64; k < 512; k += 64) { {|VMM1001:pages.All.Slice(k, 64).Clear()|}; }")]
    [InlineData("for (int k = 0; k <= 48; k += 16) { pages.All.Slice(k, 16).Clear(); }")]
    [InlineData("Span<StructPage> s = pages.All; while (!s.IsEmpty) { {|VMM1002:s[0].Flags|} = 1; s = s[1..]; }")]
    [InlineData("Span<StructPage> head = pages.All[..64], tail = pages.All[64..]; head.Clear(); {|VMM1001:tail[0].Flags|} = 1;")]
    [InlineData("Span<StructPage> s = pages.All; for (int k = 64; k < s.Length; k++) { {|VMM1001:s[k].Flags|} = 1; }")]
    [InlineData("var e = pages.All.GetEnumerator(); while (e.MoveNext()) { {|VMM1002:e.Current.Flags|} = 1; }")]
    [InlineData("StructPage[] a = pages.Array(); for (int k = 0; k < a.Length; k++) { {|VMM1002:a[k].Flags|} = 1; }")]
    public void Spans_AreFollowedThroughLoops(string body) => Code.Body(body);

    [Theory]
    [InlineData("uint u = (uint)i; if (u < 64) { pages[u].Flags = 1; }")]
    [InlineData("byte b = (byte)i; if (b < 64) { pages[b].Flags = 1; } {|VMM1002:pages[b].Flags|} = 1;")]
    [InlineData("nint x = i; if (x < 64) { pages[x].Flags = 1; }")]
    [InlineData("short x = (short)i; x &= 63; pages[x].Flags = 1; x++; {|VMM1002:pages[x].Flags|} = 1;")]
    [InlineData("unchecked { byte b = 60; b += 10; {|VMM1001:pages[b].Flags|} = 1; b += 250; {|VMM1002:pages[b].Flags|} = 1; }")]
    [InlineData("for (byte b = 0; b < 64; b++) { pages[b].Flags = 1; }")]
    [InlineData("if (i < 0) { i = 0; } if (i > 63) { i = 63; } pages[i].Flags = 1;")]
    [InlineData("i = i < 0 ? 0 : i > 63 ? 63 : i; pages[i].Flags = 1;")]
    [InlineData("for (int a = 0, b = 63; a < b; a++, b--) { pages[a].Flags = 1; pages[b].Flags = 1; }")]
    [InlineData("int lo = 0, hi = 63; while (lo <= hi) { int mid = (lo + hi) >> 1; pages[mid].Flags = 1; if (flag) { lo = mid + 1; } else { hi = mid - 1; } }")]
    [InlineData("int k = 100; try { k = 3; Other(); } finally { {|VMM1002:pages[k].Flags|} = 1; }")]
    [InlineData("try { i = 100; Other(); i = 3; } catch { {|VMM1002:pages[i].Flags|} = 1; }")]
    [InlineData("if (int.TryParse(\"3\", out int k) && k < 64) { pages[k].Flags = 1; }")]
    [InlineData("if ((ulong)i < (ulong)page.Writable.Count) { page.Unchecked(i).Flags = 1; }")]
    [InlineData("for (long k = 0; k < other.Writable.Count && k < page.Writable.Count; k++) { page.Unchecked(k).Flags = 1; }")]
    public void OtherIntegers_AreFollowed(string body) => Code.Body(body);

    [Theory]
    [InlineData("HugePage<X64, ReserveOne> P => null!; void M() { if (!P.IsOptimized) { {|VMM1002:P.Unchecked(100).Flags|} = 1; } }")]
    [InlineData("HugePage<X64, ReserveOne> P { get; set; } = null!; void M() { if (!P.IsOptimized) { Other(); {|VMM1002:P.Unchecked(100).Flags|} = 1; } }")]
    [InlineData("HugePage<X64, ReserveOne> _p = null!; void M() { if (_p.IsOptimized) { return; } Other(); {|VMM1002:_p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("HugePage<X64, ReserveOne> _p = null!; void M(Case c) { if (_p.IsOptimized) { return; } {|VMM1002:c._p.Unchecked(100).Flags|} = 1; }")]
    [InlineData("HugePage<X64, ReserveOne> _p = null!; void M() { if (!_p.IsOptimized) { _p.Unchecked(100).Flags = 1; } }")]
    [InlineData("readonly HugePage<X64, ReserveOne> _p = null!; void M() { if (_p.IsOptimized) { {|VMM1001:_p.Unchecked(100).Flags|} = 1; } else { _p.Unchecked(100).Flags = 1; } }")]
    [InlineData("void M((HugePage<X64, ReserveOne> A, int B) t) { if (t.A.IsOptimized) { {|VMM1001:t.A.Unchecked(100).Flags|} = 1; } }")]
    [InlineData("static readonly int S = 100; void M(Pages pages) { {|VMM1002:pages[S].Flags|} = 1; if (S < 64) { pages[S].Flags = 1; } }")]
    [InlineData("void M(List<HugePage<X64, ReserveOne>> all) { foreach (var p in all) { if (p.IsOptimized) { continue; } p.Unchecked(100).Flags = 1; } }")]
    [InlineData("void M(List<HugePage<X64, ReserveOne>> all) { foreach (var p in all) { if (p.IsOptimized) { {|VMM1001:p.Unchecked(100).Flags|} = 1; } } }")]
    [InlineData("IEnumerable<int> M(HugePage<X64, ReserveOne> p) { if (p.IsOptimized) { yield break; } yield return 1; {|VMM1002:p.Unchecked(100).Flags|} = 1; }")]
    public void FieldsAndProperties_AreFollowedAsFarAsTheyStay(string members) => Code.InMembers(members);

    [Theory]
    [InlineData("ref int k = ref i; k = 3; {|VMM1002:pages[i].Flags|} = 1;")]
    [InlineData("i = 3; int.TryParse(\"9\", out i); {|VMM1002:pages[i].Flags|} = 1;")]
    [InlineData("i = 3; Action a = () => i = 100; a(); {|VMM1002:pages[i].Flags|} = 1;")]
    [InlineData("i = 3; Interlocked.Increment(ref i); {|VMM1002:pages[i].Flags|} = 1;")]
    [InlineData("i = 3; int* q = &i; *q = 100; {|VMM1002:pages[i].Flags|} = 1;")]
    [InlineData("(i, n) = (n, i); {|VMM1002:pages[i].Flags|} = 1;")]
    public void IndexThatOthersMayChange_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("i = 3; pages[i].Flags = 1;")]
    [InlineData("(i, n) = (3, 100); pages[i].Flags = 1; {|VMM1001:pages[n].Flags|} = 1;")]
    [InlineData("i = 3; Other(); pages[i].Flags = 1;")]
    [InlineData("int k = 3; try { Other(); } catch { pages[k].Flags = 1; } pages[k].Flags = 1;")]
    [InlineData("if (i is < 64 and var k) { pages[k].Flags = 1; }")]
    [InlineData("switch (i) { case 1: pages[i].Flags = 1; break; case >= 64: {|VMM1001:pages[i].Flags|} = 1; break; }")]
    public void IndexThatStays_IsFollowed(string body) => Code.Body(body);

    [Theory]
    [InlineData("i", "0..")]
    [InlineData("i & 127", "0..127")]
    [InlineData("(i & 127) + 1", "1..128")]
    [InlineData("flag ? 1 : 511", "1..511")]
    public void Message_GivesTheInterval(string index, string interval) => Code.Message(
        $"{{|VMM1002:pages[{index}].Flags|}} = 1;",
        $"pages[{index}].Flags may write a read-only tail struct page: index {interval}, read-only from 64");

    [Theory]
    [InlineData("Arm64K4Va48", "Huge2M", "ReserveOne", 64, "arm64-4k, 2M, reserve-one")]
    [InlineData("X64", "Huge1G", "ReserveTwo", 128, "x86-64, 1G, reserve-two")]
    [InlineData("Arm64K16Va48", "Huge32M", "SharedTail", 256, "arm64-16k, 32M, shared-tail")]
    [InlineData("RiscV64Sv39", "Huge2M", "ReserveOne", 64, "riscv64-sv39, 2M, reserve-one")]
    public void Message_SaysForWhichVariant(string architecture, string size, string layout, int first, string variant) =>
        Verify<TailAccessAnalyzer>.Message(
            $$"""
            class C
            {
                [ReadOnlyTail(typeof({{architecture}}.{{size}}), typeof({{layout}}))] ref StructPage At(int i) => throw null!;

                void M()
                {
                    for (int i = 1; i < 512; i++)
                    {
                        {|VMM1002:At(i).Flags|} = 1;
                    }
                }
            }
            """,
            $"At(i).Flags may write a read-only tail struct page: index 1..511, read-only from {first} ({variant})");

    [Fact]
    public void MessageForAHugePage_LeavesTheSizeOut() => Code.Message(
        "for (int k = 1; k < 512; k++) { {|VMM1002:page.Unchecked(k).SetHead()|}; }",
        "page.Unchecked(k).SetHead() may write a read-only tail struct page: index 1..511, read-only from 64 (x86-64, reserve-one)");

    private static string Marked(string rule, string access, string rest) =>
        rule.Length == 0 ? access + rest : $"{{|{rule}:{access}|}}" + rest;
}

namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>The ways to come by an index.</summary>
internal static class IndexForms
{
    private static readonly IndexForm[] Constants =
    [
        new("0", "0"),
        new("1", "1"),
        new("last writable", "$R - 1"),
        new("first read-only", "$R"),
        new("next", "$R + 1"),
        new("63", "63"),
        new("64", "64"),
        new("100", "100"),
        new("128", "128"),
        new("middle", "$N / 2"),
        new("last but three", "$N - 4"),
        new("const local", "At", "const long At = $R + 5; $write"),
        new("const of the class", "LastWritable"),
        new("enum", "(long)Subpage.InTail"),
        new("local", "i", "long i = $R; $write"),
        new("local, incremented", "i", "long i = $R - 1; i++; $write"),
        new("local, added to", "i", "int i = 3; i += $R - 4; $write"),
        new("local, multiplied", "i", "int i = 2; i *= $R; $write"),
        new("local, shifted", "1L << 6"),
        new("two locals", "i + j", "long i = $R; long j = -1; $write"),
        new("cast", "(long)(int)$R"),
        new("wrapped", "i", "byte i = 255; i++; $write"),
    ];

    private static readonly IndexForm[] Loops =
    [
        new("below", "i", "for (long i = 0; i < $R; i++) { $write }"),
        new("below and the first", "i", "for (int i = 0; i <= $R; i++) { $write }"),
        new("all", "i", "for (long i = 0; i < $N - 4; i++) { $write }"),
        new("tails", "i", "for (int i = $R; i < $N - 4; i++) { $write }"),
        new("heads", "i", "for (int i = 1; i < 4; i++) { $write }"),
        new("last four", "i", "for (int i = $R - 4; i < $R; i++) { $write }"),
        new("down from the end", "i", "for (long i = $N - 5; i >= $R; i--) { $write }"),
        new("down to the head", "i", "for (long i = $R - 1; i >= 0; i--) { $write }"),
        new("by pages", "i", "for (long i = $R; i < $N - 4; i += 64) { $write }"),
        new("by sixteen", "i", "for (long i = 0; i < $R; i += 16) { $write }"),
        new("while", "i", "long i = $R; while (i < $N - 4) { $write i++; }"),
        new("do", "i", "long i = 0; do { $write i++; } while (i < $R);"),
        new("nested", "i + j", "for (int i = 0; i < $R; i += 8) { for (int j = 0; j < 8; j++) { $write } }"),
        new("with a break", "i", "for (int i = 0; ; i++) { if (i == $R) { break; } $write }"),
        new("with a continue", "i", "for (int i = 0; i < $N - 4; i++) { if (i >= $R) { continue; } $write }"),
        new(
            "to n",
            "i",
            "for (long i = 0; i < n; i++) { $write }")
        {
            Inside = t => [0, 1, t.ReadOnlyFrom, t.ReadOnlyFrom + 1, t.StructPages - 4],
        },
        new("twice the same", "$R", "for (int m = 0; m < 2; m++) { $write }"),
        new("what is writable", "i", "for (long i = 0; i < $page.Writable.Count; i++) { $write }") { Through = Through.Page },
        new(
            "what is writable, local",
            "i",
            "long end = $page.Writable.Count; for (long i = 0; i < end; i++) { $write }")
        {
            Through = Through.Page,
        },
        new("of an array", "i", "foreach (long i in new long[] { 1, 2, 3 }) { $write }"),
    ];

    private static readonly IndexForm[] Computed =
    [
        new("n", "n") { Inside = Around, Outside = Beyond },
        new("n above", "n + $R", "if (n is >= 0 and < 8) { $write }") { Inside = Small, Outside = Beyond },
        new("n less one", "n - 1", "if (n >= 1 && n <= $R) { $write }") { Inside = Around },
        new("n times 64", "n * 64", "if (n > 0 && n < 4) { $write }") { Inside = Small },
        new("n shifted", "n << 1", "if (n >= 0 && n < $R / 2) { $write }") { Inside = Around },
        new("masked", "n & 63") { Inside = Around, Outside = Beyond },
        new("masked and set", "(n & 31) | $R") { Inside = Around, Outside = Beyond },
        new("masked wide", "n & ($N / 2 - 1)") { Inside = Around },
        new("remainder", "n % 64", "if (n >= 0) { $write }") { Inside = Around, Outside = Beyond },
        new("quotient", "n / 16", "if (n >= 0 && n < 16 * $R) { $write }") { Inside = Around },
        new("byte", "(byte)n & 0x3f") { Inside = Around, Outside = Beyond },
        new("unsigned byte", "64 + ((byte)n >> 4)") { Inside = Around, Outside = Beyond },
        new("if below", "n", "if (n >= 0 && n < $R) { $write }") { Inside = Around, Outside = Beyond },
        new("if above", "n", "if (n >= $R && n < $N - 4) { $write }") { Inside = Around, Outside = Beyond },
        new("unless above", "n", "if (n >= $R || n < 0) { return; } $write") { Inside = Around, Outside = Beyond },
        new("unless below", "n", "if (n < $R) { return; } $write") { Inside = Around, Outside = Beyond },
        new("unsigned", "n", "if ((ulong)n >= $R) { return; } $write") { Inside = Around, Outside = Beyond },
        new("pattern", "n", "if (n is >= 0 and < $R) { $write }") { Inside = Around, Outside = Beyond },
        new("equal", "n", "if (n == $R) { $write }") { Inside = Around, Outside = Beyond },
        new("not equal", "n", "if (n != $R - 1 || n == 5) { return; } $write") { Inside = Around, Outside = Beyond },
        new("thrown", "n", "ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(n, $R); $write") { Inside = Around, Outside = Beyond },
        new("else", "n", "if (n < $R) { Elsewhere.MayThrow(n < 0); } else { $write }") { Inside = Around, Outside = Beyond },
        new("reversed", "n", "if ($R > n && 0 <= n) { $write }") { Inside = Around, Outside = Beyond },
        new("two of them", "i", "long i = n + 2; if (i < $R && i >= 2) { $write }") { Inside = Around, Outside = Beyond },
        new("Min", "Math.Min(n, $R - 1)") { Inside = Around },
        new("Max", "Math.Max(n, $R)") { Inside = Around, Outside = Beyond },
        new("Clamp", "Math.Clamp(n, 2, $R - 2)") { Inside = Around, Outside = Beyond },
        new("Clamp above", "Math.Clamp(n, $R, $N - 4)") { Inside = Around, Outside = Beyond },
        new("Abs", "Math.Abs(n)", "if (n > -4 && n < 4) { $write }") { Inside = Small, Outside = _ => [-3] },
        new("switch expression", "i", "long i = n switch { 0 => $R, 1 => $R + 1, _ => $R + 2 }; $write") { Inside = Small },
        new("switch expression, mixed", "i", "long i = n switch { 0 => 3, 1 => $R + 1, _ => 1 }; $write") { Inside = Small },
        new(
            "switch",
            "i",
            "long i; switch (n) { case 0: i = 0; break; case 1: i = 1; break; default: i = 2; break; } $write")
        {
            Inside = Small,
        },
        new("switch on it", "n", "switch (n) { case 3: case 5: $write break; }") { Inside = Small },
        new("ternary above", "flag ? $R : $R + 1") { UsesFlag = true },
        new("ternary mixed", "flag ? 0 : $R") { UsesFlag = true },
        new("ternary of n", "n < $R ? 5 : $R") { Inside = Around, Outside = Beyond },
        new("branches", "i", "long i = 3; if (flag) { i = $R; } $write") { UsesFlag = true },
        new("branches above", "i", "long i; if (flag) { i = $R; } else { i = $N - 8; } $write") { UsesFlag = true },
        new("unknown call", "Elsewhere.Pick(n)") { Inside = Around, Outside = Beyond },
        new("out", "i", "Elsewhere.Pick(n, out long i); $write") { Inside = Around, Outside = Beyond },
        new("out, narrowed", "i", "Elsewhere.Pick(n, out long i); if (i < $R && i >= 0) { $write }") { Inside = Around, Outside = Beyond },
        new(
            "if writable",
            "n",
            "if (n >= 0 && n < $page.Writable.Count) { $write }")
        {
            Inside = Around,
            Outside = Beyond,
            Through = Through.Page,
        },
        new("unless writable", "n", "if (n >= $page.Writable.Count || n < 0) { return; } $write")
        {
            Inside = Around,
            Outside = Beyond,
            Through = Through.Page,
        },
        new(
            "Min of writable",
            "Math.Min(n, $page.Writable.Count - 1)",
            "if (n >= 0) { $write }")
        {
            Inside = Around,
            Through = Through.Page,
        },
        new("narrowed before a change", "i", "long i = n; if (i >= 0 && i < $R) { i += $R; $write }") { Inside = Around },
        new("narrowed and captured", "i", "long i = 3; Action set = () => i = $R; if (i < $R) { set(); $write }"),
        new("xor", "n ^ $R", "if (n >= 0 && n < 4) { $write }") { Inside = Small },
        new("shifted down", "n >> 3", "if (n >= 0 && n < 8 * $R) { $write }") { Inside = Around },
        new("negated", "-n", "if (n > -$R && n <= 0) { $write }") { Inside = _ => [0], Outside = _ => [-3, 4] },
        new("ushort", "(ushort)n", "if ((ushort)n < $R) { $write }") { Inside = Around, Outside = Beyond },
        new("goto", "i", "long i = $R; if (flag) { goto placed; } i = 3; placed: $write") { UsesFlag = true },
    ];

    // What is easily taken for what it is not.
    private static readonly IndexForm[] Traps =
    [
        new("loop that skips", "i", "for (long i = 0; i < $R; i++) { i += 2; $write }"),
        new("after a loop", "i", "long i = 0; for (; i < $R; i++) { n += 0; } $write"),
        new("after a loop by two", "i", "long i = 1; while (i < $R) { i += 2; } $write"),
        new("reversed loop", "i", "for (long i = $R; i-- > 0;) { $write }"),
        new("reversed loop, after", "i", "for (long i = $R + 1; i > 0; i--) { $write }"),
        new("two that meet", "j", "for (long i = 0, j = $R; i < j; i++, j--) { $write }"),
        new("loop to one that moves", "i", "long end = 4; for (long i = 0; i < end; i++) { if (end < $R + 2) { end++; } $write }"),
        new("compared and incremented", "n", "if (n >= 0 && n++ < $R) { $write }") { Inside = Around, Outside = Beyond },
        new("incremented and compared", "n", "if (n >= 0 && ++n < $R) { $write }") { Inside = Around, Outside = Beyond },
        new("compared and assigned", "n", "if (n < $R && (n = $R) > 0) { $write }") { Inside = Around },
        new("compared as a byte", "n", "if ((byte)n < 64) { $write }") { Inside = Spread },
        new("compared as an int", "n", "if ((int)n < $R && (int)n >= 0) { $write }") { Inside = Around, Outside = Beyond },
        new(
            "cut to an int",
            "(int)n",
            "if (n >= 0 && (int)n < $R) { $write }")
        {
            Inside = Around,
            Outside = _ => [1L << 32, (1L << 32) + 3],
        },
        new("compared as another sum", "n + 2", "if (n + 1 < $R && n >= 0) { $write }") { Inside = Around },
        new("one of a pattern", "n", "if (n is >= 0 and < 8 or $R) { $write }") { Inside = Around, Outside = Beyond },
        new("not in a pattern", "n", "if (n is not (< 0 or >= $R)) { $write }") { Inside = Around, Outside = Beyond },
        new("pattern of a new local", "m", "if (n is var m && m >= 0 && m < $R) { $write }") { Inside = Around, Outside = Beyond },
        new(
            "switch with when",
            "m",
            "switch (n) { case var m when m >= $R && m < $N - 4: $write break; }")
        {
            Inside = Around,
            Outside = Beyond,
        },
        new("switch on a range", "n", "switch (n) { case >= 0 and < $R: $write break; }") { Inside = Around, Outside = Beyond },
        new("not below", "n", "if (!(n < $R)) { $write }") { Inside = Around, Outside = Beyond },
        new("below or a flag", "n", "if (n >= 0 && (n < $R || flag)) { $write }") { Inside = Around, Outside = Beyond, UsesFlag = true },
        new("through a ref local", "i", "long i = 3; ref long r0 = ref i; r0 = $R; $write"),
        new("through Interlocked", "i", "long i = 3; Interlocked.Add(ref i, $R); $write"),
        new("through a pointer", "i", "long i = 3; long* at = &i; *at = $R; $write"),
        new("through a local function", "i", "long i = 3; void Set() { i = $R; } Set(); $write"),
        new("of a tuple", "i", "(long i, long j) = ($R, 3); $write"),
        new("swapped", "i", "long i = 3; long j = $R; (i, j) = (j, i); $write"),
        new("swapped back", "i", "long i = 3; long j = $R; (i, j) = (j, i); (j, i) = (i, j); $write"),
        new(
            "before a throw",
            "i",
            "long i = 3; try { i = $R; Elsewhere.MayThrow(flag); i = 5; } catch (OperationCanceledException) { n += 0; } $write")
        {
            UsesFlag = true,
        },
        new(
            "in finally",
            "i",
            "long i = 3; try { Elsewhere.MayThrow(flag); i = 5; } catch (OperationCanceledException) { n += 0; } finally { i += $R; } $write")
        {
            UsesFlag = true,
        },
        new("goto back", "i", "long i = 0; again: i++; if (i < $R) { goto again; } $write"),
        new("of a local function", "k0", "void Put(long k0) { $write } Put($R);"),
        new("of a lambda", "k0", "Action<long> put = k0 => { $write }; put($R);"),
        new("or zero", "(long?)null ?? $R"),
        new("Min of Max", "Math.Min(Math.Max(n, 0), $R)") { Inside = Around, Outside = Beyond },
        new("Max of Min", "Math.Max(0, Math.Min(n, $R - 1))") { Inside = Around, Outside = Beyond },
        new("multiplied over the end", "i", "int i = unchecked((int)n * 65536 * 65536); $write") { Inside = Around },
        new("shifted too far", "1 << (int)(n + 32)") { Inside = _ => [0, 1, 5, 6, 8] },
        new("negative remainder", "64 + n % 8") { Inside = _ => [0, 5, -1, -7, 63] },
        new("divided by a negative", "n / -2", "if (n <= 0 && n > -$R * 2) { $write }") { Inside = _ => [0, -2, -8, -126] },
        new("checked", "checked((int)n)", "if (n < $R) { $write }") { Inside = Around, Outside = Beyond },
        new("unsigned below zero", "u", "uint u = 3; u -= 2; $write"),
        new("assigned in the index", "i = $R", "long i; $write"),
        new("incremented in the index", "$R - 1 + (flag ? 1 : 0)") { UsesFlag = true },
        new("count of the other", "n", "if (n >= 0 && n < other.Writable.Count) { $write }") { Inside = Around, Through = Through.Other },
    ];

    public static IReadOnlyList<IndexForm> All { get; } = [.. Constants, .. Loops, .. Computed, .. Traps];

    private static IEnumerable<long> Spread(Target target) => [3, 63, 64, 256 + 3, 300, target.StructPages - 256 + 3];

    private static IEnumerable<long> Small(Target target) => [0, 1, 2, 3, 5, 7];

    private static IEnumerable<long> Around(Target target) =>
        [0, 1, 5, 63, target.ReadOnlyFrom - 1, target.ReadOnlyFrom, target.ReadOnlyFrom + 1, target.StructPages / 2, target.StructPages - 4];

    private static IEnumerable<long> Beyond(Target target) =>
        [-1, target.StructPages * 2, int.MaxValue, long.MinValue, (1L << 32) + target.ReadOnlyFrom];
}

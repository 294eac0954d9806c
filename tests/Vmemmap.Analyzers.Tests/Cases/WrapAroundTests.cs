namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>Integers wrap around: what is large or below zero may come out as anything.</summary>
public sealed class WrapAroundTests
{
    private const string Safe = "";
    private const string May = "VMM1002";
    private const string Must = "VMM1001";

    [Theory]
    [InlineData("(u - 200u) >> 24", May)]
    [InlineData("u - 1", May)]
    [InlineData("(u - 200u) & 63", Safe)]
    [InlineData("(u - 200u) % 64", Safe)]
    [InlineData("(u - 200u) >> 26", Safe)]
    [InlineData("u", Safe)]
    [InlineData("u / 2", Safe)]
    public void IndexBelowTheWritableCount_WrapsBelowZero(string index, string rule) =>
        InMethod("if (u < page.Writable.Count) { " + Write(index, rule) + " }");

    [Theory]
    [InlineData("(long)(w + 100)", May)]
    [InlineData("(long)(w - 100)", May)]
    [InlineData("(long)(w * 64)", May)]
    [InlineData("(long)((w & 7) + 100)", Must)]
    [InlineData("(long)(w % 7 + 64)", Must)]
    [InlineData("(long)(w | 64)", Must)]
    [InlineData("(long)(w & 63)", Safe)]
    [InlineData("u + 64", May)]
    [InlineData("(long)u + 64", Must)]
    [InlineData("(u & 63) + 64", Must)]
    [InlineData("(u & 63) - 64", May)]
    [InlineData("x * 64", May)]
    [InlineData("x + 100", May)]
    [InlineData("(x & 7) * 64 + 64", Must)]
    [InlineData("i + 100", May)]
    [InlineData("i * 64", May)]
    [InlineData("(int)(z * 2 + 64)", May)]
    public void SumOrProduct_MayWrap(string index, string rule) => InMethod("if (page.IsOptimized) { " + Write(index, rule) + " }");

    [Theory]
    [InlineData("x > 0", "x * 64", May)]
    [InlineData("x > 0", "x + 100", Must)]
    [InlineData("x > 0 && x < 1000", "x * 64", Must)]
    [InlineData("x > 0 && x < 1000", "x + 100", Must)]
    [InlineData("x >= 64", "x", Must)]
    [InlineData("x >= 64", "(int)x", May)]
    [InlineData("x >= 64", "(byte)x", May)]
    [InlineData("x >= 64", "(int)(uint)x", May)]
    [InlineData("x >= 64 && x < 200", "(int)x", Must)]
    [InlineData("x >= 64 && x < 200", "(byte)x", Must)]
    [InlineData("x >= 64 && x < 200", "(sbyte)x", May)]
    [InlineData("i > 0", "i * 64", May)]
    [InlineData("i > 0", "i * 64L", Must)]
    [InlineData("i > 0", "i + 64L", Must)]
    [InlineData("i >= 64", "checked(i + 40)", Must)]
    [InlineData("i >= 64", "i - 30", May)]
    [InlineData("i > 10 && i < 60", "i << 3", Must)]
    [InlineData("i > 0", "i << 6", May)]
    [InlineData("u >= 64", "u * 2", May)]
    [InlineData("u >= 64", "u * 2L", Must)]
    [InlineData("w >= 64", "(int)w", May)]
    [InlineData("w >= 64 && w < 512", "(int)w", Must)]
    [InlineData("w < 10", "(long)((w - 5) >> 55)", May)]
    [InlineData("w < 10", "(long)((w - 5) & 0xff)", May)]
    [InlineData("w < 10", "(long)((w - 5) & 0x3f)", Safe)]
    [InlineData("w < 10", "(long)(w + 5)", Safe)]
    [InlineData("i is > 3 and < 50", "i * int.MaxValue", May)]
    [InlineData("i is > 3 and < 50", "(byte)(i - 20)", May)]
    [InlineData("i is > 3 and < 50", "(short)(i << 14)", May)]
    [InlineData("i is > 3 and < 50", "i ^ -1", May)]
    [InlineData("i is > 3 and < 50", "~i & 0x7f", May)]
    [InlineData("i is > 3 and < 50", "(byte)(i + 10)", Safe)]
    [InlineData("i is > 3 and < 50", "~i & 0x3f", Safe)]
    public void NarrowedIndex_MayWrap(string condition, string index, string rule) =>
        InMethod("if (page.IsOptimized && " + condition + ") { " + Write(index, rule) + " }");

    [Theory]
    [InlineData("for (uint k = 3; k >= 0; k--) { {|VMM1002:page.Unchecked(k >> 20).Flags|} = 1; }")]
    [InlineData("i = 200; byte b = (byte)i; sbyte s = (sbyte)b; page.Unchecked(s & 63).Flags = 1; {|VMM1001:page.Unchecked(b).Flags|} = 1;")]
    public void Counter_MayWrap(string statements) => InMethod("if (page.IsOptimized) { " + statements + " }");

    [Theory]
    [InlineData("q.Unchecked((int)s).Flags = 1;")]
    [InlineData("q.Unchecked((long)s).Flags = 1;")]
    [InlineData("q.Unchecked((int)Sub.B).Flags = 1;")]
    [InlineData("Sub t = s; q.Unchecked((int)t).Flags = 1;")]
    [InlineData("Sub t = flag ? s : Sub.A; q.Unchecked((int)t).Flags = 1;")]
    [InlineData("for (Sub t = Sub.A; t <= Sub.B; t++) { q.Unchecked((int)t).Flags = 1; }")]
    [InlineData("q.Unchecked((int)_sub).Flags = 1;")]
    [InlineData("{|VMM1002:q.Unchecked((int)(s + 100)).Flags|} = 1;")]
    [InlineData("s += 100; {|VMM1002:q.Unchecked((int)s).Flags|} = 1;")]
    [InlineData("s = (Sub)100; {|VMM1002:q.Unchecked((int)s).Flags|} = 1;")]
    [InlineData("s = (Sub)i; {|VMM1002:q.Unchecked((int)s).Flags|} = 1;")]
    [InlineData("Sub t = (Sub)i; {|VMM1002:q.Unchecked((int)t).Flags|} = 1;")]
    [InlineData("{|VMM1002:q.Unchecked((int)(Sub)i).Flags|} = 1;")]
    [InlineData("s |= (Sub)64; {|VMM1002:q.Unchecked((int)s).Flags|} = 1;")]
    [InlineData("s = ~s; {|VMM1002:q.Unchecked((int)s & 127).Flags|} = 1;")]
    [InlineData("{|VMM1002:q.Unchecked((int)s + 100).Flags|} = 1;")]
    [InlineData("{|VMM1002:q.Unchecked((int)s * 100).Flags|} = 1;")]
    [InlineData("for (Sub t = Sub.A; t < (Sub)100; t++) { {|VMM1002:q.Unchecked((int)t).Flags|} = 1; }")]
    [InlineData("while (flag) { {|VMM1002:q.Unchecked((int)s).Flags|} = 1; s++; }")]
    [InlineData("{|VMM1002:q.Unchecked((int)plain).Flags|} = 1;")]
    public void EnumOfSubpageIndexes_IsTrustedUntilItIsComputed(string statements) => Code.InMembers($$"""
        [SubpageIndex]
        public enum Sub { A = 1, B = 5 }

        public enum Plain { A = 1, B = 5 }

        Sub _sub;

        void M(HugePage<X64, ReserveOne> q, Sub s, Plain plain, int i, bool flag)
        {
            {{statements}}
        }
        """);

    [Theory]
    [InlineData("int k = 3; int d = Math.DivRem(n, 512, out k); {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("int k = 3; (int d, k) = Math.DivRem(n, 512); {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("int k = 3; table.TryGetValue(1, out k); {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("ulong k = 3; Math.BigMul(w, w, out k); {|VMM1002:page.Unchecked((long)k).Flags|} = 1;")]
    [InlineData("int k = 3; Interlocked.CompareExchange(ref k, 100, 3); {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("int k = 3; int d = Math.DivRem(n, 512, out int r); page.Unchecked(k).Flags = 1;")]
    [InlineData("int k = 3; table.TryGetValue(1, out int r); page.Unchecked(k).Flags = 1;")]
    [InlineData("int k = 100; Math.DivRem(n, 512, out k); if (k < 64) { page.Unchecked(k).Flags = 1; }")]
    public void NumberThatTheFrameworkWrites_IsForgotten(string statements) => InMethod(statements);

    private static string Write(string index, string rule) =>
        rule.Length == 0 ? $"page.Unchecked({index}).Flags = 1;" : $"{{|{rule}:page.Unchecked({index}).Flags|}} = 1;";

    private static void InMethod(string statements) => Code.InMembers($$"""
        void M(HugePage<X64, ReserveOne> page, Dictionary<int, int> table, int i, int n, long x, uint u, ulong w, nuint z)
        {
            {{statements}}
        }
        """);
}

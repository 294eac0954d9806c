namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>What a scope makes writable is writable until it ends.</summary>
public sealed class ScopeLifetimeTests
{
    [Theory]
    [InlineData("var w = page.Restore(); w.Dispose(); {|VMM1008?:w[100]|}.Flags = 1;")]
    [InlineData("var w = page.Restore(); w.Dispose(); Other(); {|VMM1002:w[100].Flags|} = 1;")]
    [InlineData("var w = page.Restore(); using (w) { w[100].Flags = 1; } Other(); {|VMM1002:w[100].Flags|} = 1;")]
    [InlineData("var w = page.Restore(); var v = w; v.Dispose(); Other(); {|VMM1002:w[100].Flags|} = 1;")]
    [InlineData("var w = page.Restore(); if (flag) { w.Dispose(); } Other(); {|VMM1002:w[100].Flags|} = 1;")]
    [InlineData("var w = page.Restore(); try { Other(); } finally { w.Dispose(); } Other(); {|VMM1002:w[100].Flags|} = 1;")]
    [InlineData("if (page.TryRestore(out var w)) { w.Dispose(); Other(); {|VMM1002:w[100].Flags|} = 1; }")]
    [InlineData("var w = page.Restore(); ref StructPage r = ref w[100]; w.Dispose(); {|VMM1002:r.Flags|} = 1;")]
    [InlineData("ref StructPage r = ref page.Unchecked(0); using (var w = page.Restore()) { r = ref w[100]; r.Flags = 1; } {|VMM1002:r.Flags|} = 1;")]
    public void ScopeThatHasEnded_IsReported(string statements) => InMethod(statements);

    [Theory]
    [InlineData("using (var s = page.Restore()) { Other(); s[100].Flags = 1; }")]
    [InlineData("using var s = page.Restore(); Other(); s[100].Flags = 1; s[0].SetHead();")]
    [InlineData("using (var s = page.Restore()) { for (long k = 0; k < s.Count; k++) { Other(); s[k].Flags = 1; } }")]
    [InlineData("var s = page.Restore(); Other(); s[100].Flags = 1; s.Dispose();")]
    [InlineData("var s = page.Restore(); try { Other(); s[100].Flags = 1; } finally { s.Dispose(); }")]
    [InlineData("if (page.TryRestore(out var s)) { using (s) { Other(); s[100].Flags = 1; } }")]
    [InlineData("if (!page.TryRestore(out var s)) { return; } Other(); s[100].Flags = 1; s.Dispose();")]
    [InlineData("using (var s = page.Restore()) { if (flag) { Other(); } else { page.Unchecked(1).Flags = 1; } s[100].Flags = 1; }")]
    [InlineData("using (var s = page.Restore()) { ref StructPage r = ref s[100]; Other(); r.Flags = 1; }")]
    [InlineData("var w = page.Restore(); w.Dispose(); w = page.Restore(); Other(); w[100].Flags = 1; w.Dispose();")]
    public void LivingScope_IsQuietWhateverIsCalled(string statements) => InMethod(statements);

    // Who hands a scope out goes on owning it: a method that ends what it was given is a documented limit.
    [Fact]
    public void ScopeThatIsPassedOn_IsTakenToGoOn() => InMethod("var w = page.Restore(); End(w); w[100].Flags = 1;");

    [Theory]
    [InlineData("using (var a = page.Restore()) { using (var b = other.Restore()) { a[100].Flags = 1; b[100].Flags = 1; } }")]
    [InlineData("using (var a = page.Restore()) { using (var b = other.Restore()) { Other(); a[100].Flags = 1; b[100].Flags = 1; } }")]
    [InlineData("using (var a = page.Restore()) { using (var b = other.Restore()) { b[100].Flags = 1; } a[100].Flags = 1; }")]
    [InlineData("using (var a = page.Restore()) { using (var b = other.Restore()) { Other(); } Other(); a[100].Flags = 1; }")]
    [InlineData("using var a = page.Restore(); using var b = other.Restore(); Other(); a[100].Flags = b[100].Flags; b[101].Flags = 1;")]
    [InlineData("using (page.Restore()) { using (other.Restore()) { page.Unchecked(100).Flags = 1; other.Unchecked(100).Flags = 1; } }")]
    [InlineData("foreach (var p in all) { using var s = p.Restore(); Other(); s[100].Flags = 1; }")]
    [InlineData("using (var a = page.Restore()) { foreach (var p in all) { using var s = p.Restore(); s[100].Flags = 1; a[100].Flags = 1; } }")]
    public void ScopesOfSeveralPages_AreQuiet(string statements) => InMethod(statements);

    [Theory]
    [InlineData("using (var a = page.Restore()) { using (var b = other.Restore()) { } a[100].Flags = 1; {|VMM1002:other.Unchecked(100).Flags|} = 1; }")]
    [InlineData("var a = page.Restore(); var b = other.Restore(); a.Dispose(); Other(); b[100].Flags = 1; {|VMM1002:a[100].Flags|} = 1;")]
    [InlineData("using (page.Restore()) { } {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("using (var s = page.Restore()) { page = other; {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    public void OneOfSeveralScopesHasEnded_IsReported(string statements) => InMethod(statements);

    private static void InMethod(string statements) => Code.InMembers($$"""
        static void End(RestoredScope<X64, ReserveOne> scope) => scope.Dispose();

        void M(HugePage<X64, ReserveOne> page, HugePage<X64, ReserveOne> other, List<HugePage<X64, ReserveOne>> all, bool flag)
        {
            {{statements}}
        }
        """);
}

using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>VMM1008: what is allowed only while a huge page is restored, done while it is optimized.</summary>
public sealed class NotRestoredTests
{
    [Theory]
    [InlineData("if (owned.IsFolded) { {|VMM1008!:owned.Scrub()|}; }")]
    [InlineData("if (!owned.IsFolded) { return; } {|VMM1008!:owned.Scrub()|};")]
    [InlineData("owned.Fold(); {|VMM1008!:owned.Scrub()|};")]
    [InlineData("owned.Unfold(); owned.Scrub(); owned.Fold(); {|VMM1008!:owned.Scrub()|};")]
    [InlineData("owned.Fold(); long x = {|VMM1008!:owned.Sum|};")]
    [InlineData("if (owned.IsFolded && !owned.TryUnfold()) { {|VMM1008!:owned.Scrub()|}; }")]
    [InlineData("if (page.IsOptimized) { ReserveOne.TryOptimize(vmemmap, cpu, {|VMM1008!:page|}); }")]
    [InlineData("if (ReserveOne.TryOptimize(vmemmap, cpu, page)) { ReserveOne.TryOptimize(vmemmap, cpu, {|VMM1008!:page|}); }")]
    [InlineData("if (owned.IsFolded) { Needs({|VMM1008!:owned|}); } void Needs([RestoredOnly] Owned o) { }")]
    [InlineData("if (page.IsOptimized && !page.TryRestore(out var scope)) { {|VMM1008!:scope[0]|}.Flags = 1; }")]
    public void CertainlyOptimized_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("owned.Unfold(); if (flag) { owned.Fold(); } {|VMM1008?:owned.Scrub()|};")]
    [InlineData("var scope = page.Restore(); scope.Dispose(); {|VMM1008?:scope[100]|}.Flags = 1;")]
    [InlineData("var scope = page.Restore(); using (scope) { scope[100].Flags = 1; } {|VMM1008?:scope[0]|}.Flags = 1;")]
    [InlineData("if (flag) { owned.Unfold(); } else { owned.Fold(); } {|VMM1008?:owned.Scrub()|};")]
    [InlineData("if (page.IsOptimized) { return; } ReserveOne.TryOptimize(vmemmap, cpu, page); ReserveOne.TryOptimize(vmemmap, cpu, {|VMM1008?:page|});")]
    [InlineData("if (owned.IsFolded) { owned.TryUnfold(); {|VMM1008?:owned.Scrub()|}; }")]
    [InlineData("owned.Unfold(); for (int k = 0; k < 3; k++) { {|VMM1008?:owned.Scrub()|}; owned.Fold(); }")]
    public void PerhapsOptimized_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("owned.Scrub();")]
    [InlineData("long x = owned.Sum;")]
    [InlineData("ReserveOne.TryOptimize(vmemmap, cpu, page);")]
    [InlineData("owned.Unfold(); owned.Scrub(); long x = owned.Sum;")]
    [InlineData("if (!owned.IsFolded) { owned.Scrub(); }")]
    [InlineData("if (owned.IsFolded) { return; } owned.Scrub();")]
    [InlineData("if (owned.IsFolded) { owned.Unfold(); } owned.Scrub();")]
    [InlineData("if (owned.IsFolded && !owned.TryUnfold()) { return; } owned.Scrub();")]
    [InlineData("if (owned.TryUnfold()) { owned.Scrub(); }")]
    [InlineData("owned.Fold(); owned.Unfold(); owned.Scrub();")]
    [InlineData("owned.Fold(); Other(); owned.Scrub();")]
    [InlineData("owned.Fold(); owned = new Owned(); owned.Scrub();")]
    [InlineData("using (var scope = page.Restore()) { scope[100].Flags = 1; scope[0].SetHead(); }")]
    [InlineData("using var scope = page.Restore(); for (long k = 0; k < scope.Count; k++) { scope[k].RefCount = 0; }")]
    [InlineData("if (page.TryRestore(out var scope)) { scope[100].Flags = 1; scope.Dispose(); }")]
    [InlineData("if (!page.TryRestore(out var scope)) { return; } using (scope) { scope[100].Flags = 1; }")]
    [InlineData("if (page.IsOptimized) { using var scope = page.Restore(); scope[100].Flags = 1; }")]
    [InlineData("var first = page.Restore(); first.Dispose(); var second = page.Restore(); second[100].Flags = 1; second.Dispose();")]
    [InlineData("using (var scope = page.Restore()) { Other(); scope[100].Flags = 1; }")]
    [InlineData("void Take(RestoredScope<X64, ReserveOne> scope) => scope[100].Flags = 1;")]
    [InlineData("using var a = page.Restore(); using var b = other.Restore(); a[100].Flags = b[100].Flags; b[100].Flags = 1;")]
    [InlineData("if (page.IsOptimized) { ReserveOne.TryOptimize(vmemmap, cpu, other); }")]
    public void RestoredOrNothingSaid_IsQuiet(string body) => Code.Body(body);

    [Fact]
    public void MessageForACertainOne_SaysIs() => Code.Message(
        "owned.Fold(); {|VMM1008!:owned.Scrub()|};", "owned.Scrub() needs a restored huge page, and owned is optimized");

    [Fact]
    public void MessageForAPossibleOne_SaysMayBe() => Code.Message(
        "owned.Unfold(); if (flag) { owned.Fold(); } {|VMM1008?:owned.Scrub()|};", "owned.Scrub() needs a restored huge page, and owned may be optimized");
}

using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>VMM1007: a huge page used after this code gave it back.</summary>
public sealed class UsedAfterDissolveTests
{
    [Theory]
    [InlineData("owned.Free(); i = {|VMM1007!:owned.At(0)|}.RefCount;")]
    [InlineData("owned.Free(); {|VMM1007!:owned.At(0)|}.Flags = 1;")]
    [InlineData("owned.Free(); {|VMM1007!:owned.At(100)|}.Flags = 1;")]
    [InlineData("owned.Free(); {|VMM1007!:owned.Unfold()|};")]
    [InlineData("owned.Free(); Use({|VMM1007!:owned|});")]
    [InlineData("if (owned.TryFree()) { i = {|VMM1007!:owned.At(0)|}.RefCount; }")]
    [InlineData("if (!owned.TryFree()) { return; } i = {|VMM1007!:owned.At(0)|}.RefCount;")]
    [InlineData("bool freed = owned.TryFree(); if (freed) { i = {|VMM1007!:owned.At(0)|}.RefCount; }")]
    [InlineData("if (pool.Dissolve(page) == DissolveResult.Done) { i = {|VMM1007!:page.Unchecked(0)|}.RefCount; }")]
    [InlineData("if (pool.Dissolve(page) == DissolveResult.Done) { i = {|VMM1007!:page[0]|}.RefCount; }")]
    [InlineData("if (DissolveResult.Done == pool.Dissolve(page)) { i = {|VMM1007!:page[0]|}.RefCount; }")]
    [InlineData("if (pool.Dissolve(page) is DissolveResult.Done) { i = {|VMM1007!:page[0]|}.RefCount; }")]
    [InlineData("if (pool.Dissolve(page) != DissolveResult.Done) { return; } i = {|VMM1007!:page[0]|}.RefCount;")]
    [InlineData("if (pool.TryReplace(page) == DissolveResult.Done) { i = {|VMM1007!:page[0]|}.RefCount; }")]
    [InlineData("if (pool.Dissolve(page) == DissolveResult.Done) { Use({|VMM1007!:page|}); }")]
    [InlineData("if (pool.Dissolve(page) == DissolveResult.Done) { using ({|VMM1007!:page.Restore()|}) { } }")]
    [InlineData("if (pool.Dissolve(page) == DissolveResult.Done) { pool.Dissolve({|VMM1007!:page|}); }")]
    public void CertainlyGone_IsAnError(string body) => Code.Body(body);

    [Theory]
    [InlineData("pool.Dissolve(page); i = {|VMM1007?:page[0]|}.RefCount;")]
    [InlineData("pool.Dissolve(page); i = {|VMM1007?:page.Unchecked(0)|}.RefCount;")]
    [InlineData("DissolveResult result = pool.Dissolve(page); i = {|VMM1007?:page[0]|}.RefCount;")]
    [InlineData("pool.Dissolve(page); Use({|VMM1007?:page|});")]
    [InlineData("owned.TryFree(); i = {|VMM1007?:owned.At(0)|}.RefCount;")]
    [InlineData("if (flag) { owned.Free(); } i = {|VMM1007?:owned.At(0)|}.RefCount;")]
    [InlineData("if (flag && owned.TryFree()) { } i = {|VMM1007?:owned.At(0)|}.RefCount;")]
    [InlineData("for (int k = 0; k < 3; k++) { i = {|VMM1007?:owned.At(0)|}.RefCount; {|VMM1007?:owned.Free()|}; }")]
    [InlineData("switch (i) { case 0: owned.Free(); break; default: break; } i = {|VMM1007?:owned.At(0)|}.RefCount;")]
    public void PerhapsGone_IsAWarning(string body) => Code.Body(body);

    [Theory]
    [InlineData("i = page[0].RefCount; pool.Dissolve(page);")]
    [InlineData("i = owned.At(0).RefCount; owned.Free();")]
    [InlineData("if (pool.Dissolve(page) == DissolveResult.Done) { return; } i = page[0].RefCount;")]
    [InlineData("if (pool.Dissolve(page) != DissolveResult.Done) { i = page[0].RefCount; page.Unchecked(0).Flags = 1; }")]
    [InlineData("if (pool.Dissolve(page) is not DissolveResult.Done) { i = page[0].RefCount; }")]
    [InlineData("if (pool.Dissolve(page) == DissolveResult.InUse) { i = page[0].RefCount; }")]
    [InlineData("if (!owned.TryFree()) { i = owned.At(0).RefCount; }")]
    [InlineData("if (owned.TryFree()) { return; } i = owned.At(0).RefCount;")]
    [InlineData("bool freed = owned.TryFree(); if (!freed) { i = owned.At(0).RefCount; }")]
    [InlineData("owned.Free(); owned = new Owned(); i = owned.At(0).RefCount;")]
    [InlineData("pool.Dissolve(page); page = other; i = page[0].RefCount;")]
    [InlineData("pool.Dissolve(other); i = page[0].RefCount;")]
    [InlineData("owned.Free(); owned = null!;")]
    [InlineData("if (flag) { owned.Free(); return; } i = owned.At(0).RefCount;")]
    [InlineData("if (flag) { owned.Free(); throw new InvalidOperationException(); } i = owned.At(0).RefCount;")]
    [InlineData("owned.Free(); if (owned is null) { i = 1; } bool same = ReferenceEquals(owned, null); bool equal = owned == null;")]
    [InlineData("foreach (Owned each in new List<Owned>()) { i = each.At(0).RefCount; each.Free(); }")]
    [InlineData("for (int k = 0; k < 3; k++) { Owned each = new(); i = each.At(0).RefCount; each.Free(); }")]
    [InlineData("pool.Dissolve(page); Console.WriteLine(page.HeadPfn);")]
    [InlineData("i = page[0].RefCount; Use(page); i = page.Unchecked(0).RefCount;")]
    [InlineData("Action a = () => owned.Free(); i = owned.At(0).RefCount;")]
    public void StillThere_IsQuiet(string body) => Code.Body(body);

    [Fact]
    public void MessageForACertainOne_SaysWas() => Code.Message(
        "owned.Free(); i = {|VMM1007!:owned.At(0)|}.RefCount;", "owned was dissolved: its frames may belong to somebody else");

    [Fact]
    public void MessageForAPossibleOne_SaysMayHaveBeen() => Code.Message(
        "owned.TryFree(); i = {|VMM1007?:owned.At(0)|}.RefCount;", "owned may have been dissolved: its frames may belong to somebody else");
}

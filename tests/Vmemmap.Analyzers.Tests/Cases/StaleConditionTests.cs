namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>A condition says nothing of what is written after it was read, even inside the same condition.</summary>
public sealed class StaleConditionTests
{
    [Theory]
    [InlineData("if (!page.IsOptimized & Ask()) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!page.IsOptimized && Ask()) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (page.IsOptimized | Ask()) { return; } {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("if (page.IsOptimized || Ask()) { return; } {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("while (!page.IsOptimized & Ask()) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = !page.IsOptimized & Ask(); if (plain) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = !page.IsOptimized; Ask(); if (plain) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = !page.IsOptimized; page = other; if (plain) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("bool plain = !page.IsOptimized; plain = flag; if (plain) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!page.IsOptimized & (page = other) != null) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (page is { IsOptimized: false } & Ask()) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (page.IsOptimized == !Ask()) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    public void CallBehindTheStateInACondition_MakesItStale(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (i < (i = 64)) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < Read(ref i)) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 & Set(ref i)) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 && Set(ref i)) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i is < 64 & Set(ref i)) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 & (i = 100) > 0) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i >= 0 && (i < 64 & (i = 100) > 0)) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < 64 & i++ > 0) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i++ < 64) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("bool low = i < 64; i = 100; if (low) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("bool low = i < 64; i++; if (low) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("bool low = i < 64; Set(ref i); if (low) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("bool low = i < 64 & Set(ref i); if (low) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("i = 3; n = i + Read(ref i); {|VMM1002:page.Unchecked(i).Flags|} = 1;")]
    [InlineData("i = 3; i += Read(ref i); {|VMM1002:page.Unchecked(i).Flags|} = 1;")]
    [InlineData("i = 3; {|VMM1002:page.Unchecked(Read(ref i) + i).Flags|} = 1;")]
    [InlineData("long k = page.Writable.Count; page = other; if (i < k) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    [InlineData("if (i < page.Writable.Count & (page = other) != null) { {|VMM1002:page.Unchecked(i).Flags|} = 1; }")]
    public void WriteBehindTheIndexInACondition_MakesItStale(string statements) => InMethod(statements);

    [Theory]
    [InlineData("switch (i) { case 1 when Set(ref i): break; case 5: {|VMM1002:page.Unchecked(i).Flags|} = 1; break; }")]
    [InlineData("switch (i) { case < 64 when Set(ref i): {|VMM1002:page.Unchecked(i).Flags|} = 1; break; }")]
    [InlineData("switch (i) { case > 3 when Set(ref i): break; case < 64: {|VMM1002:page.Unchecked(i).Flags|} = 1; break; }")]
    [InlineData("switch (page.IsOptimized) { case false when Ask(): {|VMM1002:page.Unchecked(100).Flags|} = 1; break; }")]
    [InlineData("switch (page) { case { IsOptimized: false } when Ask(): {|VMM1002:page.Unchecked(100).Flags|} = 1; break; }")]
    [InlineData("n = i switch { 1 when Set(ref i) => 0, 5 => {|VMM1002:page.Unchecked(i).RefCount|} = 1, _ => 2 };")]
    [InlineData("switch (i) { case 1 when Ask(): break; case 5: page.Unchecked(i).Flags = 1; break; }")]
    [InlineData("switch (i) { case < 64 when flag: page.Unchecked(i).Flags = 1; break; case 5: page.Unchecked(i).Flags = 1; break; }")]
    [InlineData("n = i switch { 1 when flag => 0, 5 => page.Unchecked(i).RefCount = 1, _ => 2 };")]
    [InlineData("switch (page.IsOptimized) { case false when flag: page.Unchecked(100).Flags = 1; break; }")]
    public void GuardOfASwitch_MayMakeItStale(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (Ask() & !page.IsOptimized) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (Ask() && !page.IsOptimized) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (flag & !page.IsOptimized) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!page.IsOptimized & flag) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!page.IsOptimized & n < 3) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (Set(ref i) & i < 64) { page.Unchecked(i).Flags = 1; }")]
    [InlineData("if ((i = n) < 64) { page.Unchecked(i).Flags = 1; }")]
    [InlineData("if (++i < 64) { page.Unchecked(i).Flags = 1; }")]
    [InlineData("if (i++ < 63) { page.Unchecked(i).Flags = 1; }")]
    [InlineData("bool plain = !page.IsOptimized; other = page; if (plain) { page.Unchecked(100).Flags = 1; }")]
    public void NothingWrittenBehindIt_IsQuiet(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (!page.IsOptimized) { d.Dispose(); {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (page.IsOptimized) { d.Dispose(); {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!page.IsOptimized) { using (d) { } {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (page.IsOptimized) { using (d) { } {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!page.IsOptimized) { progress.Report(3); {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (page.IsOptimized) { progress.Report(3); {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!page.IsOptimized) { comparer.Compare(1, 2); {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!page.IsOptimized) { mine.Dispose(); {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (!page.IsOptimized) { using (new Mine()) { } {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    public void UsersCodeBehindAFrameworksInterface_MayChangeTheState(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (!page.IsOptimized) { stream.Dispose(); page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!page.IsOptimized) { using (new System.IO.MemoryStream()) { } page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!page.IsOptimized) { list.Add(3); list.Clear(); page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!page.IsOptimized) { Console.WriteLine(i); page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!page.IsOptimized) { string.Concat(\"a\", \"b\"); page.Unchecked(100).Flags = 1; }")]
    public void FrameworksOwnCode_DoesNotChangeTheState(string statements) => InMethod(statements);

    [Theory]
    [InlineData("if (page.IsOptimized) { yield break; } yield return 1; {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("if (page.IsOptimized) { yield return 1; {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("while (!page.IsOptimized) { page.Unchecked(100).Flags = 1; yield return 1; }")]
    [InlineData("while (!page.IsOptimized) { yield return 1; {|VMM1002:page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("int k = 3; yield return 1; page.Unchecked(k).Flags = 1;")]
    [InlineData("yield return 1; if (!page.IsOptimized) { page.Unchecked(100).Flags = 1; }")]
    [InlineData("if (!_page.IsOptimized) { yield return 1; {|VMM1002:_page.Unchecked(100).Flags|} = 1; }")]
    [InlineData("if (_i < 64) { yield return 1; {|VMM1002:page.Unchecked(_i).Flags|} = 1; }")]
    public void YieldReturn_LetsOthersRun(string statements) => Code.InMembers(
        "HugePage<X64, ReserveOne> _page = null!; int _i; IEnumerable<int> M(HugePage<X64, ReserveOne> page) { " + statements + " }");

    [Theory]
    [InlineData("(a, (a, _)) = (5, (100, 1)); {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("((a, _), a) = ((5, 1), 100); {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("((_, a), (a, _)) = ((5, 5), (100, 1)); {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("(a, a) = (5, 100); {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("(a, b) = (100, a); {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("(int, int) t = (100, 4); (a, _) = t; {|VMM1002:page.Unchecked(a).Flags|} = 1;")]
    [InlineData("(page, other) = (other, page); {|VMM1002:page.Unchecked(100).Flags|} = 1;", "if (page.IsOptimized) { return; }")]
    [InlineData("(page, (page, _)) = (page, (other, 1)); {|VMM1002:page.Unchecked(100).Flags|} = 1;", "if (page.IsOptimized) { return; }")]
    [InlineData("((a, _), a) = ((100, 1), 5); page.Unchecked(a).Flags = 1;")]
    [InlineData("(a, (a, _)) = (100, (5, 1)); page.Unchecked(a).Flags = 1;")]
    [InlineData("(a, a) = (100, 5); page.Unchecked(a).Flags = 1;")]
    [InlineData("(a, b) = (100, a); page.Unchecked(b).Flags = 1;")]
    [InlineData("(page, other) = (other, page); other.Unchecked(100).Flags = 1;", "if (page.IsOptimized) { return; }")]
    [InlineData("((page, _), page) = ((other, 1), page); page.Unchecked(100).Flags = 1;", "if (page.IsOptimized) { return; }")]
    public void Deconstruction_AssignsFromLeftToRight(string statements, string before = "") => InMethod(before + " int a = 3, b = 4; " + statements);

    private static void InMethod(string statements) => Code.InMembers($$"""
        public class Mine : IDisposable
        {
            public void Dispose() { }
        }

        static bool Ask() => true;
        static int Read(ref int x) => x += 100;
        static bool Set(ref int x) => (x = 100) == 0;

        void M(
            HugePage<X64, ReserveOne> page, HugePage<X64, ReserveOne> other, IDisposable d, Mine mine, IProgress<int> progress,
            IComparer<int> comparer, System.IO.MemoryStream stream, List<int> list, int i, int n, bool flag)
        {
            {{statements}}
        }
        """);
}

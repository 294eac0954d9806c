using Microsoft.CodeAnalysis.CodeFixes;
using Vmemmap.CodeFixes.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests;

/// <summary>Metadata of a tail goes to the head.</summary>
public sealed class WriteHeadFixTests
{
    [Theory]
    [InlineData("{|VMM1001:page.Unchecked(100).Flags|} = 1;", "page.Writable[0].Flags = 1;")]
    [InlineData("{|VMM1002:page.Unchecked(100).Flags|} |= 1;", "page.Writable[0].Flags |= 1;")]
    [InlineData("{|VMM1001:page.Unchecked(100).RefCount|}++;", "page.Writable[0].RefCount++;")]
    [InlineData("{|VMM1001:page.Unchecked(index: 100).Flags|} = 1;", "page.Writable[0].Flags = 1;")]
    [InlineData("{|VMM1001:page!.Unchecked(100).Flags|} = 1;", "page!.Writable[0].Flags = 1;")]
    [InlineData("{|VMM1001:_kept.Unchecked(64 + 36).Flags|} = 1;", "_kept.Writable[0].Flags = 1;")]
    [InlineData("{|VMM1001:page.Unchecked(100).SetHead()|};", "page.Writable[0].SetHead();")]
    [InlineData("{|VMM1001:page.Unchecked(100).HugeTlbFlags|} = HugeTlbFlags.Freed;", "page.Writable[0].HugeTlbFlags = HugeTlbFlags.Freed;")]
    [InlineData("Interlocked.Or(ref {|VMM1001:page.Unchecked(100).Flags|}, 4UL);", "Interlocked.Or(ref page.Writable[0].Flags, 4UL);")]
    [InlineData("({|VMM1001:page.Unchecked(100).Flags|}, n) = (1, 2);", "(page.Writable[0].Flags, n) = (1, 2);")]
    [InlineData("{|VMM1001:pages.At(100).Flags|} = 1;", "pages.At(0).Flags = 1;")]
    [InlineData("{|VMM1001:pages.At(index: 100).Flags|} = 1;", "pages.At(index: 0).Flags = 1;")]
    [InlineData("{|VMM1001:pages.Of(100, 65).Flags|} = 1;", "pages.Of(100, 0).Flags = 1;")]
    [InlineData("{|VMM1001:handle[100].Flags|} = 1;", "handle[0].Flags = 1;")]
    public void OneTail_BecomesTheHead(string marked, string expected) =>
        VerifyFix<WriteHeadFix>.Fixes(Sample.Method(marked), Sample.Method(expected));

    [Fact]
    public void ReferenceToATail_IsTakenToTheHead() => VerifyFix<WriteHeadFix>.Fixes(
        Sample.Method("""
            ref StructPage tail = ref {|S0:page.Unchecked(100)|};
            {|VMM1001:tail.Flags|} = 1;
            """),
        Sample.Method("""
            ref StructPage tail = ref page.Writable[0];
            tail.Flags = 1;
            """));

    [Fact]
    public void Comments_AreKept() => VerifyFix<WriteHeadFix>.Fixes(
        Sample.Method("""
            // The subpool.
            {|VMM1001:page // of the reservation
                .Unchecked(/* third tail */ 100 /* not 3 */).HugeTlbSubpool|} = 1; // until it is freed
            """),
        Sample.Method("""
            // The subpool.
            page // of the reservation
                .Writable[/* third tail */ 0 /* not 3 */].HugeTlbSubpool = 1; // until it is freed
            """));

    [Fact]
    public void HugePageOnAField_IsEvaluatedOnce() => VerifyFix<WriteHeadFix>.Fixes(
        Sample.Members("""
            private static HugePage<X64, ReserveTwo> Find() => throw null!;

            private static void Run() => {|VMM1001:Find().Unchecked(200).Flags|} = 1;
            """),
        Sample.Members("""
            private static HugePage<X64, ReserveTwo> Find() => throw null!;

            private static void Run() => Find().Writable[0].Flags = 1;
            """));

    [Theory]
    [InlineData("{|VMM1002:page.Unchecked(i).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k++) { {|VMM1002:page.Unchecked(k).Flags|} = 1; }")]
    [InlineData("{|VMM1002:page.Unchecked(Next()).Flags|} = 1;")]
    [InlineData("{|VMM1001:pages.All[100].Flags|} = 1;")]
    [InlineData("{|VMM1002:pages.All.Clear()|};")]
    [InlineData("{|VMM1001:page.Unchecked(100)|} = default;")]
    [InlineData("{|VMM1001:pages.At(100)|} = new StructPage { Flags = 1 };")]
    [InlineData("ref StructPage tail = ref {|S0:page.Unchecked(100)|}; {|VMM1001:tail|} = default;")]
    public void NotOneTail_IsNotOffered(string marked) => VerifyFix<WriteHeadFix>.OffersNothing(Sample.Method(marked));

    [Fact]
    public void SeveralInOneStatement_AreFixedTogether() => VerifyFix<WriteHeadFix>.FixesAll(
        Sample.Method("""
            {|VMM1001:page.Unchecked(100).Flags|} = {|VMM1001:pages.At(101).Flags|} = 1;
            ref StructPage tail = ref {|S0:page.Unchecked(102)|};
            {|VMM1001:tail.Flags|} = 1;
            {|VMM1002:tail.Private|} = 2;
            {|VMM1002:page.Unchecked(i).Flags|} = 1;
            """),
        Sample.Method("""
            page.Writable[0].Flags = pages.At(0).Flags = 1;
            ref StructPage tail = ref page.Writable[0];
            tail.Flags = 1;
            tail.Private = 2;
            page.Unchecked(i).Flags = 1;
            """));

    [Fact]
    public void FilesOfAProject_AreFixedTogether() => VerifyFix<WriteHeadFix>.FixesAll(
        FixAllScope.Project,
        [
            Sample.Method("{|VMM1001:page.Unchecked(100).Flags|} = 1;"),
            "class Other { void Run(Pages pages) => {|VMM1001:pages.At(100).Flags|} = 1; }",
        ],
        [
            Sample.Method("page.Writable[0].Flags = 1;"),
            "class Other { void Run(Pages pages) => pages.At(0).Flags = 1; }",
        ]);

    [Fact]
    public void ProjectsOfASolution_AreFixedTogether() => VerifyFix<WriteHeadFix>.FixesAllOfProjects(
        [
            Sample.Method("{|VMM1001:page.Unchecked(100).Flags|} = 1;"),
            "class Other { void Run(Pages pages) => {|VMM1001:pages.At(100).Flags|} = 1; }",
        ],
        [
            Sample.Method("page.Writable[0].Flags = 1;"),
            "class Other { void Run(Pages pages) => pages.At(0).Flags = 1; }",
        ]);
}

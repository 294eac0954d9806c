using Vmemmap.CodeFixes.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests;

/// <summary>A loop over struct pages stops where they are read-only.</summary>
public sealed class BoundLoopFixTests
{
    [Theory]
    [InlineData("for (long k = 0; k < page.Count; k++)", "for (long k = 0; k < page.Writable.Count; k++)")]
    [InlineData("for (int k = 0; k < page.Count; k++)", "for (int k = 0; k < page.Writable.Count; k++)")]
    [InlineData("for (uint k = 0; k < page.Count; ++k)", "for (uint k = 0; k < page.Writable.Count; ++k)")]
    [InlineData("for (int k = 1; k < 512; k += 2)", "for (int k = 1; k < page.Writable.Count; k += 2)")]
    [InlineData("for (int k = 0; k <= 511; k++)", "for (int k = 0; k < page.Writable.Count; k++)")]
    [InlineData("for (int k = 0; k != 512; k++)", "for (int k = 0; k < page.Writable.Count; k++)")]
    [InlineData("for (long k = 0; page.Count > k; k++)", "for (long k = 0; page.Writable.Count > k; k++)")]
    [InlineData("for (int k = 0; 511 >= k; k++)", "for (int k = 0; page.Writable.Count > k; k++)")]
    [InlineData("for (int k = 0; k < 512 && flag; k++)", "for (int k = 0; k < page.Writable.Count && flag; k++)")]
    [InlineData("for (long k = 0; k < page.Count /* all */; k++) // each", "for (long k = 0; k < page.Writable.Count /* all */; k++) // each")]
    [InlineData("for (long k = 0; k < n; k++)", "for (long k = 0; k < n && k < page.Writable.Count; k++)")]
    [InlineData("for (long k = 0; k <= n; k++)", "for (long k = 0; k <= n && k < page.Writable.Count; k++)")]
    [InlineData("for (long k = 0; n > k; k++)", "for (long k = 0; n > k && k < page.Writable.Count; k++)")]
    [InlineData("for (long k = 0; k < other.Count; k++)", "for (long k = 0; k < other.Count && k < page.Writable.Count; k++)")]
    [InlineData("for (long k = 0; k <= page.Writable.Count; k++)", "for (long k = 0; k < page.Writable.Count; k++)")]
    [InlineData("for (int k = 0; k < 100; k++)", "for (int k = 0; k < 100 && k < page.Writable.Count; k++)")]
    public void Bound_IsThatOfTheWritableOnes(string loop, string expected)
    {
        const string Body = "\n{\n    IT = 1;\n}";
        VerifyFix<BoundLoopFix>.Fixes(
            Sample.Method(loop + Body.Replace("IT", "{|VMM1002:page.Unchecked(k).Flags|}", StringComparison.Ordinal)),
            Sample.Method(expected + Body.Replace("IT", "page.Unchecked(k).Flags", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("for (ulong k = 0; k < 512; k++)", "for (ulong k = 0; k < (ulong)page.Writable.Count; k++)")]
    [InlineData("for (nuint k = 0; k < 512; k++)", "for (nuint k = 0; k < (nuint)page.Writable.Count; k++)")]
    public void UnsignedIndex_IsComparedWithItsOwnType(string loop, string expected)
    {
        const string Body = "\n    IT = 1;";
        VerifyFix<BoundLoopFix>.Fixes(
            Sample.Method(loop + Body.Replace("IT", "{|VMM1002:page.Unchecked((long)k).Flags|}", StringComparison.Ordinal)),
            Sample.Method(expected + Body.Replace("IT", "page.Unchecked((long)k).Flags", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("for (int k = 0; k < 512; k++)", "for (int k = 0; k < 64; k++)")]
    [InlineData("for (int k = 0; k <= 99; k++)", "for (int k = 0; k < 64; k++)")]
    [InlineData("for (int k = 0; k < pages.Count; k++)", "for (int k = 0; k < pages.Count && k < 64; k++)")]
    [InlineData("for (int k = 0; k < i; k++)", "for (int k = 0; k < i && k < 64; k++)")]
    public void NoViewButANumber_BoundIsTheNumber(string loop, string expected)
    {
        const string Body = "\n    IT = 1;";
        VerifyFix<BoundLoopFix>.Fixes(
            Sample.Method(loop + Body.Replace("IT", "{|VMM1002:pages.At(k).Flags|}", StringComparison.Ordinal)),
            Sample.Method(expected + Body.Replace("IT", "pages.At(k).Flags", StringComparison.Ordinal)));
    }

    [Fact]
    public void WhileThatStepsAtItsEnd_IsBounded() => VerifyFix<BoundLoopFix>.Fixes(
        Sample.Method("""
            long k = 0;
            while (k < page.Count)
            {
                {|VMM1002:page.Unchecked(k).Flags|} = 1;
                k++;
            }
            """),
        Sample.Method("""
            long k = 0;
            while (k < page.Writable.Count)
            {
                page.Unchecked(k).Flags = 1;
                k++;
            }
            """));

    [Fact]
    public void ReferenceInTheLoop_IsBounded() => VerifyFix<BoundLoopFix>.Fixes(
        Sample.Method("""
            for (int k = 0; k < 512; k++)
            {
                ref StructPage tail = ref {|S0:_kept.Unchecked(k)|};
                {|VMM1002:tail.Flags|} = 1;
            }
            """),
        Sample.Method("""
            for (int k = 0; k < _kept.Writable.Count; k++)
            {
                ref StructPage tail = ref _kept.Unchecked(k);
                tail.Flags = 1;
            }
            """));

    [Fact]
    public void PassedToAMethod_IsBounded() => VerifyFix<BoundLoopFix>.Fixes(
        Sample.Method("for (int k = 0; k < 512; k++) Touch(ref {|VMM1004:page.Unchecked(k)|});"),
        Sample.Method("for (int k = 0; k < page.Writable.Count; k++) Touch(ref page.Unchecked(k));"));

    [Fact]
    public void InnerOfNestedLoops_IsBounded() => VerifyFix<BoundLoopFix>.Fixes(
        Sample.Method("""
            for (int k = 0; k < 512; k++)
                for (int j = 0; j < 512; j++)
                    {|VMM1002:page.Unchecked(j).Flags|} = (ulong)k;
            """),
        Sample.Method("""
            for (int k = 0; k < 512; k++)
                for (int j = 0; j < page.Writable.Count; j++)
                    page.Unchecked(j).Flags = (ulong)k;
            """));

    [Theory]
    [InlineData("for (int k = 0; k < 512; k++) {|VMM1002:page.Unchecked(k + 1).Flags|} = 1;")]
    [InlineData("for (int k = 511; k >= 0; k--) {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k--) {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k += i) {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k++) { k += 3; {|VMM1002:page.Unchecked(k).Flags|} = 1; }")]
    [InlineData("for (int k = 0; k < 512; k++) {|VMM1002:page.Unchecked(k++).Flags|} = 1;")]
    [InlineData("for (int k = 0; flag; k++) {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512 || flag; k++) {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("for (int k = 0; ; k++) {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("int k = 0; while (k < 512) { k++; {|VMM1002:page.Unchecked(k).Flags|} = 1; }")]
    [InlineData("int k = 0; do { {|VMM1002:page.Unchecked(k).Flags|} = 1; k++; } while (k < 512);")]
    [InlineData("foreach (int k in new[] { 1, 100 }) {|VMM1002:page.Unchecked(k).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k++) { page = other; {|VMM1002:page.Unchecked(k).Flags|} = 1; }")]
    [InlineData("for (int k = 0; k < 512; k++) { var mine = other; {|VMM1002:mine.Unchecked(k).Flags|} = 1; }")]
    [InlineData("for (int k = 0; k < 512; k++) {|VMM1002:_held.Unchecked(k).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k++) {|VMM1002:page.Unchecked(i).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k++) { Action later = () => {|VMM1002:page.Unchecked(k).Flags|} = 1; later(); }")]
    [InlineData("int k = 0; for (; {|VMM1002:page.Unchecked(k).RefCount|}++ < 512; k++) { }")]
    [InlineData("{|VMM1002:page.Unchecked(i).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k++) {|VMM1002:handle.At(k + 0).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 64; k++) {|VMM1002:pages.At(k).Flags|} = 1;")]
    [InlineData("for (int k = 0; k < 512; k++) {|VMM1002:pages.All[k].Flags|} = 1;")]
    public void OtherLoop_IsNotOffered(string marked) => VerifyFix<BoundLoopFix>.OffersNothing(Sample.Method(marked));

    [Fact]
    public void SeveralInOneLoop_BoundItOnce() => VerifyFix<BoundLoopFix>.FixesAll(
        Sample.Method("""
            for (int k = 0; k < 512; k++)
            {
                {|VMM1002:page.Unchecked(k).Flags|} = 1;
                {|VMM1002:page.Unchecked(k).Private|} = {|VMM1002:page.Unchecked(k).Index|} = 2;
            }
            """),
        Sample.Method("""
            for (int k = 0; k < page.Writable.Count; k++)
            {
                page.Unchecked(k).Flags = 1;
                page.Unchecked(k).Private = page.Unchecked(k).Index = 2;
            }
            """));

    [Fact]
    public void NestedLoops_AreBoundedTogether() => VerifyFix<BoundLoopFix>.FixesAll(
        Sample.Method("""
            for (int k = 0; k < 512; k++)
            {
                {|VMM1002:page.Unchecked(k).Flags|} = 1;
                for (long j = 0; j < n; j++)
                {
                    {|VMM1002:page.Unchecked(j).Flags|} = {|VMM1002:pages.At(k).Flags|};
                }
            }
            """),
        Sample.Method("""
            for (int k = 0; k < page.Writable.Count && k < 64; k++)
            {
                page.Unchecked(k).Flags = 1;
                for (long j = 0; j < n && j < page.Writable.Count; j++)
                {
                    page.Unchecked(j).Flags = pages.At(k).Flags;
                }
            }
            """));
}

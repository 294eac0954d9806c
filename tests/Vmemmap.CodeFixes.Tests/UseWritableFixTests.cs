using Vmemmap.CodeFixes.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests;

/// <summary>What is written through a read-only reference goes through the view that checks.</summary>
public sealed class UseWritableFixTests
{
    [Theory]
    [InlineData("{|VMM1009:page[3].SetHead()|};", "page.Writable[3].SetHead();")]
    [InlineData("{|VMM1009:/* head */ page[0] /* sic */ .SetHead()|};", "/* head */ page.Writable[0] /* sic */ .SetHead();")]
    [InlineData("{|VMM1003:Unsafe.AsRef(in page[3])|}.Flags = 1;", "page.Writable[3].Flags = 1;")]
    [InlineData("{|VMM1003:Unsafe.AsRef(in page[i])|}.Flags = 1; // any", "page.Writable[i].Flags = 1; // any")]
    [InlineData("ref StructPage tail = ref {|VMM1003:Unsafe.AsRef(in page[i])|}; tail.Flags = 1;", "ref StructPage tail = ref page.Writable[i]; tail.Flags = 1;")]
    [InlineData("Touch(ref {|VMM1003:Unsafe.AsRef(ref page.Unchecked(i))|});", "Touch(ref page.Writable[i]);")]
    [InlineData("{|VMM1003:Unsafe.AsRef<StructPage>(in page[i])|}.SetHead();", "page.Writable[i].SetHead();")]
    public void Access_GoesThroughTheView(string marked, string expected) =>
        VerifyFix<UseWritableFix>.Fixes(Sample.Method(marked), Sample.Method(expected));

    [Theory]
    [InlineData("{|VMM1009:page[100].SetHead()|};")]
    [InlineData("{|VMM1009:page[i].SetHead()|};")]
    [InlineData("{|VMM1009:pages.Read(3).SetHead()|};")]
    [InlineData("ref readonly StructPage tail = ref {|S0:page[3]|}; {|VMM1009:tail.SetHead()|};")]
    [InlineData("{|VMM1003:Unsafe.AsRef(in page[100])|}.Flags = 1;")]
    [InlineData("{|VMM1003:Unsafe.AsRef(in pages.Read(i))|}.Flags = 1;")]
    [InlineData("{|VMM1003:Unsafe.Add(ref page.Unchecked(i), 1)|}.Flags = 1;")]
    [InlineData("{|VMM1003:Unsafe.AsRef(in page[i].Flags)|} = 1;")]
    public void NothingToUse_IsNotOffered(string marked) => VerifyFix<UseWritableFix>.OffersNothing(Sample.Method(marked));

    [Fact]
    public void All_AreFixedTogether() => VerifyFix<UseWritableFix>.FixesAll(
        Sample.Method("""
            {|VMM1009:page[3].SetHead()|};
            {|VMM1003:Unsafe.AsRef(in page[(long){|VMM1003:Unsafe.AsRef(in other[i])|}.Flags++])|}.Flags = 1;
            """),
        Sample.Method("""
            page.Writable[3].SetHead();
            page.Writable[(long)other.Writable[i].Flags++].Flags = 1;
            """));
}

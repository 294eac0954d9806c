using Vmemmap.CodeFixes.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests;

/// <summary>A member that writes nothing says so.</summary>
public sealed class ReadOnlyMemberFixTests
{
    [Theory]
    [InlineData("public bool Is() => Flags != 0;", "public readonly bool Is() => Flags != 0;", "Is()")]
    [InlineData("public unsafe bool Is() => Flags != 0;", "public readonly unsafe bool Is() => Flags != 0;", "Is()")]
    [InlineData("/* so */ internal bool Is() { return Flags != 0; } // it is", "/* so */ internal readonly bool Is() { return Flags != 0; } // it is", "Is()")]
    [InlineData("public bool Is => Flags != 0;", "public readonly bool Is => Flags != 0;", "Is")]
    [InlineData("public bool Is { get => Flags != 0; set => Flags = 1; }", "public bool Is { readonly get => Flags != 0; set => Flags = 1; }", "Is")]
    public void MemberThatReads_BecomesReadOnly(string member, string expected, string use) => VerifyFix<ReadOnlyMemberFix>.Fixes(
        Source(member, $"{{|VMM1009:page[3].{use}|}}"), Source(expected, $"page[3].{use}"));

    [Theory]
    [InlineData("public bool Is() => Flags++ != 0;", "Is()")]
    [InlineData("public bool Is() { Flags = 1; return true; }", "Is()")]
    [InlineData("public bool Is() => Other(); public bool Other() => Flags++ == 0;", "Is()")]
    [InlineData("public ref ulong Is() => ref Unsafe.AsRef(ref this).Flags;", "Is()")]
    [InlineData("public unsafe bool Is() { fixed (ulong* at = &Flags) return ++*at == 0; }", "Is()")]
    [InlineData("public readonly bool Is() => Flags != 0;", "Is()")]
    [InlineData("public bool Is { get { Flags = 1; return true; } }", "Is")]
    public void MemberThatMayWrite_IsNotOffered(string member, string use) =>
        VerifyFix<ReadOnlyMemberFix>.OffersNothing(Source(member, $"{{|VMM1009:page[3].{use}|}}"));

    [Fact]
    public void MemberOfTheLibrary_IsNotOffered() =>
        VerifyFix<ReadOnlyMemberFix>.OffersNothing(Sample.Method("{|VMM1009:page[3].SetHead()|};"));

    [Fact]
    public void SameMemberTwice_IsChangedOnce() => VerifyFix<ReadOnlyMemberFix>.FixesAll(
        Source("public bool Is() => Flags != 0;", "{|VMM1009:page[3].Is()|} == {|VMM1009:page[4].Is()|}"),
        Source("public readonly bool Is() => Flags != 0;", "page[3].Is() == page[4].Is()"));

    private static string Source(string member, string use) => $$"""
        public struct Word
        {
            public ulong Flags;

            {{member}}
        }

        public class Words
        {
            [ReadOnlyTail(64)] public ref readonly Word this[int index] => throw null!;

            public static object Run(Words page) => {{use}};
        }
        """;
}

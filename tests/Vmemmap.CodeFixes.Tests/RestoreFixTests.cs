using Vmemmap.CodeFixes.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests;

/// <summary>Statements go into a scope in which all struct pages are writable.</summary>
public sealed class RestoreFixTests
{
    [Fact]
    public void Statement_IsPutIntoAScope() => Fixes(
        """
        i++;

        // Metadata of the last base page.
        {|VMM1001:page.Unchecked(511).Private|} = page.Unchecked(1).Private; // both tails

        i++;
        """,
        """
        i++;

        // Metadata of the last base page.
        using (var scope = page.Restore())
        {
            scope[511].Private = scope[1].Private; // both tails
        }

        i++;
        """);

    [Fact]
    public void Loop_IsPutIntoAScopeAsAWhole() => Fixes(
        """
        for (int k = 0; k < 512; k++)
        {
            if (flag)
            {
                {|VMM1002:page.Unchecked(k).Flags|}  =  1;
            }
        #if NEVER
            Off();
        #endif

            /* two
               lines */
            string text = @"
        a";
        }
        """,
        """
        using (var scope = page.Restore())
        {
            for (int k = 0; k < 512; k++)
            {
                if (flag)
                {
                    scope[k].Flags  =  1;
                }
        #if NEVER
            Off();
        #endif

                /* two
                   lines */
                string text = @"
        a";
            }
        }
        """);

    [Fact]
    public void NestedLoops_AreRestoredOnce() => Fixes(
        """
        foreach (int j in new[] { 1, 2 })
        {
            for (int k = 0; k < 512; k++)
                {|VMM1002:page.Unchecked(k).Flags|} = (ulong)j;
        }
        """,
        """
        using (var scope = page.Restore())
        {
            foreach (int j in new[] { 1, 2 })
            {
                for (int k = 0; k < 512; k++)
                    scope[k].Flags = (ulong)j;
            }
        }
        """);

    [Fact]
    public void HugePageOfTheLoop_IsRestoredInIt() => Fixes(
        """
        foreach (var each in new[] { page, other })
        {
            {|VMM1002:each.Unchecked(100).Flags|} = 1;
        }
        """,
        """
        foreach (var each in new[] { page, other })
        {
            using (var scope = each.Restore())
            {
                scope[100].Flags = 1;
            }
        }
        """);

    [Fact]
    public void ReferenceUsedLater_IsInTheScopeThroughItsLastUse() => Fixes(
        """
        ref StructPage tail = ref {|S0:page.Unchecked(100)|};
        {|VMM1002:tail.Flags|} = 1;
        i++;
        ref StructPage again = ref tail;
        again.Private = 2;
        i++;
        """,
        """
        using (var scope = page.Restore())
        {
            ref StructPage tail = ref scope[100];
            tail.Flags = 1;
            i++;
            ref StructPage again = ref tail;
            again.Private = 2;
        }
        i++;
        """);

    [Fact]
    public void LocalUsedLater_IsInTheScope() => Fixes(
        """
        ulong was = {|VMM1002:page.Unchecked(100).Flags|}++;
        i++;
        n = (long)was;
        i++;
        """,
        """
        using (var scope = page.Restore())
        {
            ulong was = scope[100].Flags++;
            i++;
            n = (long)was;
        }
        i++;
        """);

    [Fact]
    public void WhatIsDisposedOfAtTheEnd_StaysUntilTheEnd() => Fixes(
        """
        using var stream = new System.IO.MemoryStream((int)({|VMM1002:page.Unchecked(100).Flags|} = 1));
        i++;
        """,
        """
        using (var scope = page.Restore())
        {
            using var stream = new System.IO.MemoryStream((int)(scope[100].Flags = 1));
            i++;
        }
        """);

    [Fact]
    public void BodyWithoutBraces_GetsThem() => Fixes(
        """
        if (flag)
            {|VMM1002:page.Unchecked(100).Flags|} = 1; // once
        else
            i++;
        """,
        """
        if (flag)
        {
            using (var scope = page.Restore())
            {
                scope[100].Flags = 1; // once
            }
        }
        else
            i++;
        """);

    [Fact]
    public void ConditionOfElseIf_IsInTheScopeWithTheWhole() => Fixes(
        """
        if (flag)
        {
            i++;
        }
        else if ({|VMM1002:page.Unchecked(100).RefCount|}++ == 0)
        {
            i--;
        }
        """,
        """
        using (var scope = page.Restore())
        {
            if (flag)
            {
                i++;
            }
            else if (scope[100].RefCount++ == 0)
            {
                i--;
            }
        }
        """);

    [Fact]
    public void SwitchSection_HasTheScopeInIt() => Fixes(
        """
        switch (i)
        {
            case 1:
                {|VMM1002:page.Unchecked(100).Flags|} = 1;
                break;
        }
        """,
        """
        switch (i)
        {
            case 1:
                using (var scope = page.Restore())
                {
                    scope[100].Flags = 1;
                }
                break;
        }
        """);

    [Fact]
    public void OneLine_BecomesSeveral() => Fixes(
        "if (flag) { {|VMM1002:page.Unchecked(100).Flags|} = 1; }",
        """
        if (flag) {
            using (var scope = page.Restore())
            {
                scope[100].Flags = 1;
            }
        }
        """);

    [Fact]
    public void SeveralInOneLine_GetALineEach() => Fixes(
        """
        i++; ref StructPage tail = ref {|S0:page.Unchecked(100)|}; {|VMM1002:tail.Flags|} = 1; i++;
        """,
        """
        i++;
        using (var scope = page.Restore())
        {
            ref StructPage tail = ref scope[100];
            tail.Flags = 1;
        }
        i++;
        """);

    [Fact]
    public void NameInUse_IsNotTaken() => Fixes(
        """
        int scope = 1;
        foreach (int scope1 in new[] { scope })
        {
        }

        {|VMM1002:page.Unchecked(100).Flags|} = 1;
        """,
        """
        int scope = 1;
        foreach (int scope1 in new[] { scope })
        {
        }

        using (var scope2 = page.Restore())
        {
            scope2[100].Flags = 1;
        }
        """);

    [Fact]
    public void PassedToAMethod_IsPutIntoAScope() => Fixes(
        "Touch(ref {|VMM1004:_kept.Unchecked(100)|});",
        """
        using (var scope = _kept.Restore())
        {
            Touch(ref scope[100]);
        }
        """);

    [Fact]
    public void Index_MayHaveAnotherInIt() => Fixes(
        "{|VMM1002:page.Unchecked((long)page.Unchecked(0).Private).Flags|} = 1;",
        """
        using (var scope = page.Restore())
        {
            scope[(long)scope[0].Private].Flags = 1;
        }
        """);

    [Fact]
    public void Lambda_KeepsItsOwnAccess() => Fixes(
        """
        ulong was = {|VMM1002:page.Unchecked(100).Flags|}++;
        Func<ulong> later = () => page.Unchecked(1).Flags + was;
        i++;
        """,
        """
        using (var scope = page.Restore())
        {
            ulong was = scope[100].Flags++;
            Func<ulong> later = () => page.Unchecked(1).Flags + was;
        }
        i++;
        """);

    [Fact]
    public void StatementOfALambda_IsPutIntoAScopeThere() => Fixes(
        """
        Action later = () =>
        {
            {|VMM1002:page.Unchecked(100).Flags|} = 1;
        };
        """,
        """
        Action later = () =>
        {
            using (var scope = page.Restore())
            {
                scope[100].Flags = 1;
            }
        };
        """);

    [Fact]
    public void Span_IsRestoredWithoutAName() => Fixes(
        "{|VMM1002:handle.All.Clear()|};",
        """
        using (handle.Unfold())
        {
            handle.All.Clear();
        }
        """);

    [Fact]
    public void OwnHandle_IsRestoredByItsOwnMethod() => Fixes(
        "{|VMM1002:handle.At(100).Flags|} = handle.At(i).Flags;",
        """
        using (var scope = handle.Unfold())
        {
            scope[100].Flags = scope[i].Flags;
        }
        """);

    [Fact]
    public void IndexOfAnotherType_StaysAsItIs() => Fixes(
        "{|VMM1002:handle[(ulong)n].Flags|} = 1;",
        """
        using (handle.Unfold())
        {
            handle[(ulong)n].Flags = 1;
        }
        """);

    [Fact]
    public void RestoredOnlyOperation_IsPutIntoAScope() => Fixes(
        "{|VMM1008:handle.Scrub()|};",
        """
        using (handle.Unfold())
        {
            handle.Scrub();
        }
        """);

    [Fact]
    public void LostWrite_IsDoneInTheScope() => Fixes(
        "{|VMM1009:page[100].SetHead()|};",
        """
        using (var scope = page.Restore())
        {
            scope[100].SetHead();
        }
        """);

    [Fact]
    public void ExpressionBody_BecomesABlock() => VerifyFix<RestoreFix>.Fixes(
        Sample.Members("""
            /// <summary>Marks it.</summary>
            public static void Run(HugePage<X64, ReserveOne> page) => {|VMM1002:page.Unchecked(100).Flags|} = 1; // marked

            public static int Next;
            """),
        Sample.Members("""
            /// <summary>Marks it.</summary>
            public static void Run(HugePage<X64, ReserveOne> page)
            {
                using (var scope = page.Restore())
                {
                    scope[100].Flags = 1;
                }
            } // marked

            public static int Next;
            """));

    [Fact]
    public void ExpressionBodyWithAResult_Returns() => VerifyFix<RestoreFix>.Fixes(
        Sample.Members("public static ulong Run(HugePage<X64, ReserveOne> page) => {|VMM1002:page.Unchecked(100).Flags|} |= 1;"),
        Sample.Members("""
            public static ulong Run(HugePage<X64, ReserveOne> page)
            {
                using (var scope = page.Restore())
                {
                    return scope[100].Flags |= 1;
                }
            }
            """));

    [Fact]
    public void AsyncMethod_HasAScopeWithoutAwait() => VerifyFix<RestoreFix>.Fixes(
        Sample.Members("""
            public static async Task Run(HugePage<X64, ReserveOne> page)
            {
                await Task.Yield();
                {|VMM1002:page.Unchecked(100).Flags|} = 1;
            }
            """),
        Sample.Members("""
            public static async Task Run(HugePage<X64, ReserveOne> page)
            {
                await Task.Yield();
                using (var scope = page.Restore())
                {
                    scope[100].Flags = 1;
                }
            }
            """));

    [Fact]
    public void ScopeThatIsNoRefStruct_OutlivesAwait() => VerifyFix<RestoreFix>.Fixes(
        Sample.Members("""
            public static async Task Run(Handle handle)
            {
                for (int k = 0; k < 512; k++)
                {
                    await Task.Yield();
                    {|VMM1002:handle.At(k).Flags|} = 1;
                }
            }
            """),
        Sample.Members("""
            public static async Task Run(Handle handle)
            {
                using (var scope = handle.Unfold())
                {
                    for (int k = 0; k < 512; k++)
                    {
                        await Task.Yield();
                        scope[k].Flags = 1;
                    }
                }
            }
            """));

    [Fact]
    public void LoopWithYield_IsNotTheScope() => VerifyFix<RestoreFix>.Fixes(
        Sample.Members("""
            public static IEnumerable<int> Run(HugePage<X64, ReserveOne> page)
            {
                for (int k = 0; k < 512; k++)
                {
                    {|VMM1002:page.Unchecked(k).Flags|} = 1;
                    yield return k;
                }
            }
            """),
        Sample.Members("""
            public static IEnumerable<int> Run(HugePage<X64, ReserveOne> page)
            {
                for (int k = 0; k < 512; k++)
                {
                    using (var scope = page.Restore())
                    {
                        scope[k].Flags = 1;
                    }
                    yield return k;
                }
            }
            """));

    [Fact]
    public void LinesThatEndAsInWindows_AreKept() => VerifyFix<RestoreFix>.Fixes(
        Sample.Method("{|VMM1002:page.Unchecked(100).Flags|} = 1;\ni++;").ReplaceLineEndings("\r\n"),
        Sample.Method("using (var scope = page.Restore())\n{\n    scope[100].Flags = 1;\n}\ni++;").ReplaceLineEndings("\r\n"));

    [Fact]
    public void StyleOfTheProject_IsFollowed() => VerifyFix<RestoreFix>.Fixes(
        "class Case {\n\tvoid Run(HugePage<X64, ReserveOne> page) {\n\t\t{|VMM1002:page.Unchecked(100).Flags|} = 1;\n\t}\n}\n",
        "class Case {\n\tvoid Run(HugePage<X64, ReserveOne> page) {\n\t\tusing (var scope = page.Restore()) {\n\t\t\tscope[100].Flags = 1;\n\t\t}\n\t}\n}\n",
        "root = true\n[*.cs]\nindent_style = tab\ntab_width = 4\nindent_size = 4\ncsharp_new_line_before_open_brace = none\n");

    [Fact]
    public void LoopWithAwait_IsNotTheScope() => VerifyFix<RestoreFix>.Fixes(
        Sample.Members("""
            public static async Task Run(HugePage<X64, ReserveOne> page)
            {
                for (int k = 0; k < 512; k++)
                {
                    await Task.Yield();
                    {|VMM1002:page.Unchecked(k).Flags|} = 1;
                }
            }
            """),
        Sample.Members("""
            public static async Task Run(HugePage<X64, ReserveOne> page)
            {
                for (int k = 0; k < 512; k++)
                {
                    await Task.Yield();
                    using (var scope = page.Restore())
                    {
                        scope[k].Flags = 1;
                    }
                }
            }
            """));

    [Theory]
    [InlineData("{|VMM1002:pages.At(100).Flags|} = 1;")]
    [InlineData("{|VMM1002:_held.Unchecked(100).Flags|} = 1;")]
    [InlineData("{|VMM1002:new[] { page }[0].Unchecked(100).Flags|} = 1;")]
    [InlineData("Action later = () => {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("{|VMM1002:(page = other).Unchecked(100).Flags|} = 1;")]
    [InlineData("ref StructPage tail = ref {|S0:page.Unchecked(100)|}; page = other; {|VMM1002:tail.Flags|} = 1;")]
    [InlineData("ref OwnPage tail = ref {|S0:handle.At(100)|}; handle.Fold(); {|VMM1002:tail.Flags|} = 1;")]
    [InlineData("{|VMM1008:handle.Fold()|};")]
    [InlineData("goto inside; inside: {|VMM1002:page.Unchecked(100).Flags|} = 1;")]
    [InlineData("ref readonly StructPage tail = ref {|S0:page[100]|}; {|VMM1009:tail.SetHead()|};")]
    public void NoPlaceForAScope_IsNotOffered(string marked) => VerifyFix<RestoreFix>.OffersNothing(Sample.Method(marked));

    [Theory]
    [InlineData("private static HugePage<X64, ReserveOne> Page = null!; public static void Run() => {|VMM1002:Page.Unchecked(100).Flags|} = 1;")]
    [InlineData("public static ulong Run => {|VMM1002:Page.Unchecked(100).Flags|} = 1; private static readonly HugePage<X64, ReserveOne> Page = null!;")]
    [InlineData("public static ulong Was = {|VMM1002:Page.Unchecked(100).Flags|} = 1; private static readonly HugePage<X64, ReserveOne> Page = null!;")]
    [InlineData("public static async Task Run(HugePage<X64, ReserveOne> page) { Use({|VMM1002:page.Unchecked(100).Flags|} = 1, await Task.FromResult(1)); } static void Use(ulong flags, int n) { }")]
    public void OtherPlaces_AreOfferedOnlyWhatCompiles(string members) => VerifyFix<RestoreFix>.OffersNothing(Sample.Members(members));

    [Fact]
    public void FollowingStatements_ShareAScope() => FixesAll(
        """
        {|VMM1002:page.Unchecked(100).Flags|} = 1;
        // The next.
        {|VMM1002:page.Unchecked(101).Flags|} = {|VMM1002:page.Unchecked(102).Flags|} = 2;

        for (int k = 0; k < 512; k++)
        {
            {|VMM1002:page.Unchecked(k).Flags|} = 3;
        }

        i++;
        """,
        """
        using (var scope = page.Restore())
        {
            scope[100].Flags = 1;
            // The next.
            scope[101].Flags = scope[102].Flags = 2;

            for (int k = 0; k < 512; k++)
            {
                scope[k].Flags = 3;
            }
        }

        i++;
        """);

    [Fact]
    public void TwoHugePagesInOneLoop_HaveAScopeEach() => FixesAll(
        """
        for (int k = 0; k < 512; k++)
        {
            {|VMM1002:page.Unchecked(k).Flags|} = {|VMM1002:other.Unchecked(k).Flags|} = 1;
            for (int j = 0; j < 512; j++)
            {
                {|VMM1002:other.Unchecked(j).Flags|} = 1;
            }
        }
        """,
        """
        using (var scope = page.Restore())
        {
            using (var scope1 = other.Restore())
            {
                for (int k = 0; k < 512; k++)
                {
                    scope[k].Flags = scope1[k].Flags = 1;
                    for (int j = 0; j < 512; j++)
                    {
                        scope1[j].Flags = 1;
                    }
                }
            }
        }
        """);

    [Fact]
    public void SpanBesideAnIndex_IsInTheSameScope() => FixesAll(
        """
        foreach (int k in new[] { 100, 200 })
        {
            {|VMM1002:handle.At(k).Flags|} = 1;
            {|VMM1002:handle.All.Clear()|};
        }
        """,
        """
        using (var scope = handle.Unfold())
        {
            foreach (int k in new[] { 100, 200 })
            {
                scope[k].Flags = 1;
                handle.All.Clear();
            }
        }
        """);

    private static void Fixes(string marked, string expected) => VerifyFix<RestoreFix>.Fixes(Sample.Method(marked), Sample.Method(expected));

    private static void FixesAll(string marked, string expected) => VerifyFix<RestoreFix>.FixesAll(Sample.Method(marked), Sample.Method(expected));
}

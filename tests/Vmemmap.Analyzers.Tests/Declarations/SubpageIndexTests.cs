using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Declarations;

/// <summary>VMM1005: indexes of metadata against the struct pages that an optimized huge page keeps.</summary>
public sealed class SubpageIndexTests
{
    /// <summary>The kernel's own enum (v17 of the series) fits everywhere.</summary>
    [Fact]
    public void KernelsIndexes_Fit() => Marks("""
        [SubpageIndex(Count = nameof(Used))]
        enum SubpageIndex { Subpool = 1, CGroup, CGroupReserved, MaximumOfCGroup = CGroupReserved, HwPoison, Used }
        """);

    [Theory]
    [InlineData("0, B = 63")]
    [InlineData("{|VMM1005:B|} = 64")]
    [InlineData("{|VMM1005:B|} = -1")]
    [InlineData("{|VMM1005:B|} = 64, {|VMM1005:C|}, D = 1, {|VMM1005:E|} = C")]
    [InlineData("B = Kept - 1, {|VMM1005:C|} = Kept", "const int Kept = 64;")]
    public void Member_IsBelowWhatTheSmallestVariantKeeps(string members, string before = "") => Marks($$"""
        class Outer
        {
            {{before}}
            [SubpageIndex] internal enum Index { A = {{(members.StartsWith('0') ? members : "1, " + members)}} }
        }
        """);

    /// <summary>
    /// Struct pages of 64 bytes in one page or two: 64 and 128 of 4K, 256 and 512 of 16K, 1024 and 2048 of 64K.
    /// </summary>
    [Theory]
    [InlineData("X64", "ReserveOne", 64)]
    [InlineData("X64", "ReserveTwo", 128)]
    [InlineData("X64", "ReserveTwoPosted", 128)]
    [InlineData("X64", "ReserveOneKeptHead", 64)]
    [InlineData("X64La57", "SharedTail", 64)]
    [InlineData("RiscV64Sv39", "ReserveTwo", 128)]
    [InlineData("Arm64K4Va48", "SharedTail", 64)]
    [InlineData("Arm64K16Va36", "ReserveOne", 256)]
    [InlineData("Arm64K16Va48", "ReserveTwo", 512)]
    [InlineData("Arm64K64Va52", "ReserveOne", 1024)]
    [InlineData("Arm64K64Va42", "ReserveTwo", 2048)]
    [InlineData("Arm64K64Va42", "SharedTail", 1024)]
    public void Bound_FollowsFromArchitectureAndLayout(string architecture, string layout, int kept) => Marks($$"""
        [SubpageIndex(Architecture = typeof({{architecture}}), Layout = typeof({{layout}}))]
        enum Index { First, Last = {{kept - 1}}, {|VMM1005:TooFar|} = {{kept}} }

        static class Constants
        {
            [SubpageIndex(Architecture = typeof({{architecture}}), Layout = typeof({{layout}}))]
            public const int Last = {{kept - 1}};

            [SubpageIndex(Architecture = typeof({{architecture}}), Layout = typeof({{layout}}))]
            public const int {|VMM1005:TooFar|} = {{kept}};
        }
        """);

    [Theory]
    [InlineData("Architecture = typeof(Arm64K16Va48)", 256)]
    [InlineData("Layout = typeof(ReserveTwo)", 128)]
    [InlineData("Layout = typeof(ReserveOne)", 64)]
    [InlineData("", 64)]
    public void WhatIsNotGiven_IsTheSmallest(string arguments, int kept) => Marks(
        $$"""[SubpageIndex({{arguments}})] enum Index { Last = {{kept - 1}}, {|VMM1005:TooFar|} = {{kept}} }""");

    [Theory]
    [InlineData("sbyte", "63", "-1")]
    [InlineData("byte", "63", "64")]
    [InlineData("short", "63", "-1")]
    [InlineData("ushort", "63", "65535")]
    [InlineData("uint", "63", "4294967295")]
    [InlineData("long", "63", "long.MinValue")]
    [InlineData("ulong", "63", "ulong.MaxValue")]
    public void EveryIntegerType_IsJudged(string type, string good, string bad) => Marks($$"""
        [SubpageIndex] enum Index : {{type}} { Good = {{good}}, {|VMM1005:Bad|} = {{bad}} }

        static class Constants
        {
            [SubpageIndex] public const {{type}} Good = {{good}};
            [SubpageIndex] public const {{type}} {|VMM1005:Bad|} = {{bad}};
        }
        """);

    [Fact]
    public void NativeSizedAndEnumConstants_AreJudged() => Marks("""
        enum Plain { Far = 64 }

        static class Constants
        {
            [SubpageIndex] public const nint {|VMM1005:Native|} = 64;
            [SubpageIndex] public const Plain {|VMM1005:OfEnum|} = Plain.Far;
            [SubpageIndex] public const int {|VMM1005:A|} = 70, Good = 3, {|VMM1005:B|} = 71;
        }
        """);

    [Theory]
    [InlineData("Used = 64")]
    [InlineData("Used = 0")]
    [InlineData("{|VMM1005:Used|} = 65")]
    [InlineData("{|VMM1005:Used|} = -1")]
    [InlineData("Used = 64, {|VMM1005:Other|} = 64")]
    public void Count_MayEqualWhatIsKept(string members) =>
        Marks($$"""[SubpageIndex(Count = nameof(Used))] enum Index { A = 1, {{members}} }""");

    [Fact]
    public void CountOfAConstant_IsTheConstantItself() => Marks("""
        static class Constants
        {
            [SubpageIndex(Count = nameof(Used))] public const int Used = 64;
            [SubpageIndex(Count = nameof(TooMany))] public const int {|VMM1005:TooMany|} = 65;
            [SubpageIndex(Count = nameof(Used))] public const int {|VMM1005:Other|} = 64;
        }
        """);

    [Fact]
    public void CountThatIsNoMember_ExcusesNone() => Marks("""
        [SubpageIndex(Count = "Elsewhere")] enum Index { {|VMM1005:A|} = 64 }
        """);

    /// <summary>One index of an enum may belong to another variant.</summary>
    [Fact]
    public void MarkOfAMember_WinsOverThatOfItsEnum() => Marks("""
        [SubpageIndex]
        enum Index
        {
            Near = 1,
            [SubpageIndex(Layout = typeof(ReserveTwo))] SecondPage = 64,
            {|VMM1005:Far|} = 65,
        }

        enum Unmarked
        {
            Far = 1000,
            [SubpageIndex] {|VMM1005:Marked|} = 1001,
        }
        """);

    /// <summary>Nothing is known of these when the code is compiled.</summary>
    [Fact]
    public void WhatHasNoConstantInteger_IsQuiet() => Marks("""
        static class Fields
        {
            [SubpageIndex] public static readonly int ReadOnly = 100;
            [SubpageIndex] public static int Variable = 100;
            [SubpageIndex] public const string Text = "100";
            [SubpageIndex] public const double Fraction = 100.0;
            [SubpageIndex] public const char Letter = 'x';
            [SubpageIndex] public const bool Flag = true;
            [SubpageIndex] public const decimal Money = 100;
        }
        """);

    [Fact]
    public void WhatIsNotMarked_IsQuiet() => Marks("""
        enum Index { A = 64, B = -1 }

        class SubpageIndexAttributeOfAnother : Attribute;

        [SubpageIndexAttributeOfAnother] enum Marked { A = 64 }

        static class Constants
        {
            public const int Far = 64;
        }
        """);

    [Fact]
    public void SameNameInAnotherNamespace_IsQuiet() => Marks("""
        namespace Other
        {
            class SubpageIndexAttribute : Attribute;

            [Other.SubpageIndex] enum Index { A = 64 }
        }
        """);

    [Fact]
    public void SuppressedByPragma_IsNotReported() => Marks("""
        [SubpageIndex]
        enum Index
        {
        #pragma warning disable VMM1005
            Far = 64,
        #pragma warning restore VMM1005
            {|VMM1005:Farther|} = 65,
        }
        """);

    [Fact]
    public void TypeThatIsNoArchitecture_IsQuiet() => Marks("""
        [SubpageIndex(Architecture = typeof(string))] enum Index { A = 64, B = 1 << 30 }
        """);

    /// <summary>A layout of a user's own, with and without the constant that says what it keeps.</summary>
    [Fact]
    public void OwnLayout_IsReadFromItsConstant() => Marks("""
        struct KeepThree { public const int ReservedPages = 3; }
        struct Silent;
        struct Absurd { public const int ReservedPages = -1; }

        [SubpageIndex(Layout = typeof(KeepThree))] enum Three { Last = 191, {|VMM1005:TooFar|} = 192 }
        [SubpageIndex(Layout = typeof(Silent))] enum Any { Last = 63, {|VMM1005:TooFar|} = 64 }
        [SubpageIndex(Layout = typeof(Absurd))] enum Other { Last = 63, {|VMM1005:TooFar|} = 64 }
        """);

    [Theory]
    [InlineData("x86-64", 64)]
    [InlineData("arm64-16k", 256)]
    [InlineData("arm64-16k-va52", 256)]
    [InlineData(" arm64-64k ", 1024)]
    [InlineData("riscv64-sv57", 64)]
    [InlineData("", 64)]
    [InlineData("ARM64-16K", 64)] // names count by case, everywhere
    [InlineData("arm64-32k", 64)] // no such name: another rule's business
    public void ArchitectureOfTheBuild_CountsWhereNoneIsGiven(string name, int kept) => Marks(
        $$"""
        [SubpageIndex] enum Index { Last = {{kept - 1}}, {|VMM1005:TooFar|} = {{kept}} }

        [SubpageIndex(Architecture = typeof(Arm64K64Va48))] enum Given { Last = 1023, {|VMM1005:TooFar|} = 1024 }

        [SubpageIndex(Layout = typeof(ReserveTwo))] enum Two { Last = {{(2 * kept) - 1}}, {|VMM1005:TooFar|} = {{2 * kept}} }
        """,
        Build(name));

    /// <summary>MSBuild shows analyzers no property that is not listed.</summary>
    [Fact]
    public void PropertyOfTheBuild_IsVisibleToTheCompiler() => Assert.Contains(
        "<CompilerVisibleProperty Include=\"VmemmapArchitecture\" />",
        File.ReadAllText(Path.Combine(RulePages.RulePage.Folder, "..", "..", "generators", "build", "Vmemmap.props")),
        StringComparison.Ordinal);

    /// <summary>An architecture that the generator made of a table of the project's own is in the compilation itself.</summary>
    [Theory]
    [InlineData("mine-16k-va48")]
    [InlineData("mine-16k")]
    public void ArchitectureOfTheProject_IsFound(string name) => Marks(
        OwnArchitecture.Source + "[SubpageIndex] enum Index { Last = 255, {|VMM1005:TooFar|} = 256 }", Build(name));

    /// <summary>A struct that only has such constants is no architecture.</summary>
    [Fact]
    public void StructWithTheNameOfAnArchitecture_IsNotTaken() => Marks(
        """
        struct Mine { public const string Name = "mine"; public const ulong PageSize = 65536; }

        [SubpageIndex] enum Index { Last = 63, {|VMM1005:TooFar|} = 64 }
        """,
        Build("mine"));

    [Fact]
    public void Message_NamesTheSmallest() => Verify<SubpageIndexAnalyzer>.Message(
        "[SubpageIndex] enum Index { {|VMM1005:HwPoison|} = 64 }",
        "Index.HwPoison is 64, and an optimized huge page keeps 64 struct pages (the smallest of all architectures and layouts): metadata there is in a read-only tail");

    [Fact]
    public void Message_NamesArchitectureAndLayout() => Verify<SubpageIndexAnalyzer>.Message(
        "class C { [SubpageIndex(Architecture = typeof(Arm64K4Va48), Layout = typeof(ReserveOneKeptHead))] const long {|VMM1005:HwPoison|} = 100; }",
        "HwPoison is 100, and an optimized huge page keeps 64 struct pages (arm64-4k, reserve-one-kept-head): metadata there is in a read-only tail");

    [Fact]
    public void Message_NamesTheArchitectureOfTheBuild() => Verify<SubpageIndexAnalyzer>.Message(
        "[SubpageIndex(Count = nameof(Used))] enum Index { {|VMM1005:Used|} = 300 }",
        "Index.Used is 300, and an optimized huge page keeps 256 struct pages (arm64-16k, the smallest of all layouts): the last of so many is in a read-only tail",
        Build("arm64-16k-va48"));

    [Fact]
    public void Message_SaysWhatANegativeIndexIs() => Verify<SubpageIndexAnalyzer>.Message(
        "[SubpageIndex(Layout = typeof(ReserveTwo))] enum Index { {|VMM1005:Before|} = -1 }",
        "Index.Before is -1, and an optimized huge page keeps 128 struct pages (the smallest of all architectures, reserve-two): "
            + "metadata there is in a struct page before the huge page's own");

    [Fact]
    public void WithoutVmemmap_IsSilent() => Verify<SubpageIndexAnalyzer>.SilentWithoutVmemmap("""
        namespace Vmemmap.Mine
        {
            class SubpageIndexAttribute : Attribute;

            [SubpageIndex] enum Index { A = 64 }
        }
        """);

    [Theory]
    [InlineData("[SubpageIndex(Architecture = typeof(Missing))] enum Index { A = 64, B = Missing, C = }")]
    [InlineData("[SubpageIndex(Architecture = 1, Layout = null, Count = 2)] enum Index { A = 1 }")]
    [InlineData("class C { [SubpageIndex] const int A = B; [SubpageIndex] const int B = A; [SubpageIndex] const int C; }")]
    [InlineData("[SubpageIndex] struct S { [SubpageIndex] const Missing A = 64; }")]
    [InlineData("[SubpageIndex] enum Index : string { A = \"x\" }")]
    [InlineData("[SubpageIndex(Architecture = typeof(List<>), Layout = typeof(int[]))] enum Index { A = 100 }")]
    public void BrokenCode_IsSurvived(string source) =>
        Assert.Empty(AnalyzerRun.Of(new SubpageIndexAnalyzer(), ConsumerProject.Of(source)).Exceptions);

    private static void Marks(string source, IReadOnlyDictionary<string, string>? properties = null) =>
        Verify<SubpageIndexAnalyzer>.Marks(source, properties);

    private static Dictionary<string, string> Build(string architecture) => new() { ["build_property.VmemmapArchitecture"] = architecture };
}

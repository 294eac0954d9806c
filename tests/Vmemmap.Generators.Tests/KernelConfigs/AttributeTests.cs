using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>Mistakes of the attribute, each at its place in the source, where #pragma reaches it.</summary>
public class AttributeTests
{
    private static readonly ConfigText[] Files =
    [
        new("debian/config-6.12", MinimalConfig.X64()), new("mainline/config-6.12", MinimalConfig.Arm64()), new("configs/config-6.1", MinimalConfig.X64("6.1.1")),
    ];

    /// <summary>Checks a source whose mistakes are marked: <c>[KernelConfig({|VMM3011:"x"|})]</c>.</summary>
    /// <returns>The messages.</returns>
    private static string[] Check(string marked, params ConfigText[] files)
    {
        List<(string Id, string Text)> expected = [];
        string source = System.Text.RegularExpressions.Regex.Replace(
            marked, @"\{\|(VMM\d{4}):(.*?)\|\}", m =>
            {
                expected.Add((m.Groups[1].Value, m.Groups[2].Value));
                return m.Groups[2].Value;
            });
        ConfigProject project = ConfigProject.With("using Vmemmap;\n" + source, files.Length > 0 ? files : Files);
        Diagnostic[] told = project.Analyze();
        Assert.All(told, d => Assert.Equal(LocationKind.SourceFile, d.Location.Kind));
        Assert.Equal(expected, told.Select(d => (d.Id, d.Location.SourceTree!.ToString()[d.Location.SourceSpan.Start..d.Location.SourceSpan.End])));
        Assert.Equal(expected.Any(e => e.Id != "VMM3010"), project.Result.GeneratedSources.Length == 0);
        return [.. told.Select(d => d.GetMessage(CultureInfo.InvariantCulture))];
    }

    [Theory]
    [InlineData("config-6.1")]
    [InlineData("configs/config-6.1")]
    [InlineData("debian/config-6.12")]
    [InlineData("debian\\\\config-6.12")]
    public void NameThatFitsOneFile_IsSound(string name) => Check($"[KernelConfig(\"{name}\")] partial class P;");

    [Fact]
    public void PathsOfWindows_AreCutAtBackslashes() => Check(
        "[KernelConfig(\"debian/config\")] partial class P;", new ConfigText("C:\\kernels\\debian\\config", MinimalConfig.X64()), new ConfigText("C:\\kernels\\other\\config", "bad"));

    [Theory]
    [InlineData("config-6.2", "no <KernelConfig> item of the project is named 'config-6.2'; did you mean 'config-6.1'? There are 'config-6.1' and 'config-6.12'")]
    [InlineData("Config-6.1", "no <KernelConfig> item of the project is named 'Config-6.1'; did you mean 'config-6.1'? There are 'config-6.1' and 'config-6.12'")]
    [InlineData("onfig-6.12", "no <KernelConfig> item of the project is named 'onfig-6.12'; did you mean 'config-6.12'? There are 'config-6.1' and 'config-6.12'")]
    [InlineData("production", "no <KernelConfig> item of the project is named 'production'; there are 'config-6.1' and 'config-6.12'")]
    public void NoSuchFile_ListsWhatThereIs(string name, string message) =>
        Assert.Equal([message], Check($"[KernelConfig({{|VMM3011:\"{name}\"|}})] partial class P;"));

    [Fact]
    public void ManyFiles_AreNotAllListed() => Assert.EndsWith(
        "'config-16', 'config-17', ...",
        Assert.Single(Check(
            "[KernelConfig({|VMM3011:\"production\"|})] partial class P;",
            [.. Enumerable.Range(0, 30).Select(i => new ConfigText("config-" + i, MinimalConfig.X64()))])), StringComparison.Ordinal);

    [Fact]
    public void ProjectWithoutConfigs_IsToldHowToAddOne()
    {
        ConfigProject project = ConfigProject.With("[Vmemmap.KernelConfig(\"config-6.12\")] partial class P;");
        Assert.Equal(
            "the project includes no kernel configuration; add <KernelConfig Include=\"config-6.12\" /> to it",
            Assert.Single(project.Analyze()).GetMessage(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void TwoFilesOfAName_AreListedWithWhatTellsThemApart() => Assert.Equal(
        ["'config-6.12' is the name of 'debian/config-6.12' and 'mainline/config-6.12'; write one of these, or include only one"],
        Check("[KernelConfig({|VMM3012:\"config-6.12\"|})] partial class P;"));

    [Fact]
    public void FileThatIsListedTwice_IsOne() => Check(
        "[KernelConfig(\"config\")] partial class P;", new ConfigText("a/config", MinimalConfig.X64()), new ConfigText("a/config", MinimalConfig.X64()));

    [Theory]
    [InlineData("[{|VMM3013:KernelConfig(\"config-6.1\")|}] class P;", "'P' is not partial, so nothing can be added to it; add 'partial'")]
    [InlineData("[{|VMM3013:KernelConfig(\"config-6.1\")|}] partial class P<T>;", "'P' is generic, so it has no constants of one kernel; move the attribute to a class without type parameters")]
    [InlineData("[{|VMM3013:KernelConfig(\"config-6.1\")|}] file partial class P;", "'P' is local to its file, and what is generated is another file; remove 'file'")]
    [InlineData("class Outer { [{|VMM3013:KernelConfig(\"config-6.1\")|}] partial class P; }", "'Outer', which contains 'P', is not partial, so nothing can be added to it; add 'partial'")]
    [InlineData("partial class Outer<T> { [{|VMM3013:KernelConfig(\"config-6.1\")|}] partial class P; }", "'Outer', which contains 'P', is generic, so it has no constants of one kernel; move the attribute to a class without type parameters")]
    public void ClassThatCannotTakeConstants_IsTold(string source, string message) => Assert.Equal([message], Check(source));

    /// <summary>Names that the generated part has, of which none can be the class's.</summary>
    [Theory]
    [InlineData("Layout")]
    [InlineData("Candidates")]
    [InlineData("Hstates")]
    [InlineData("PageSize")]
    [InlineData("Select")]
    [InlineData("Accept")]
    [InlineData("TryTranslate")]
    [InlineData("Huge2M")]
    public void ClassNamedAsItsMember_IsTold(string name) => Assert.Equal(
        [$"'{name}' gets a member of that name, and no class has a member of its own name; rename the class"],
        Check($"[{{|VMM3013:KernelConfig(\"config-6.1\")|}}] static partial class {name};"));

    [Theory]
    [InlineData("class", "public const int PageSize = 1;", "PageSize")]
    [InlineData("class", "public static string Layout => \"\";", "Layout")]
    [InlineData("class", "static void Candidates(string other) { }", "Candidates")]
    [InlineData("class", "static class Huge1G;", "Huge1G")]
    [InlineData("class", "static partial class Huge2M;", "Huge2M")]
    [InlineData("class", "static int Select;", "Select")]
    [InlineData("class", "delegate void Accept();", "Accept")]
    [InlineData("class", "static void Select(int other) { }", "Select")]
    [InlineData("class", "static void Accept<A, B>(int other, out A visitor) => visitor = default!;", "Accept")]
    [InlineData("class", "static void TryTranslate<M>(ref M m, ulong a, ulong b, ref Translation t) { }", "TryTranslate")]
    [InlineData("record", "", "Hstates", "(int Hstates)")]
    public void MemberOfThatNameInTheOwnPart_IsTold(string kind, string member, string name, string parameters = "") => Assert.Equal(
        [$"'P' declares '{name}', which is the name of a member that is generated; rename it or remove it"],
        Check($"[{{|VMM3013:KernelConfig(\"config-6.1\")|}}] partial {kind} P{parameters}; partial {kind} P {{ {member} }}"));

    [Theory]
    [InlineData("static void Select(string other) { }")]
    [InlineData("static void Select<T>(int other) { }")]
    [InlineData("static void Select(ref int other) { }")]
    [InlineData("static void Accept<T>(int other, ref T visitor) { }")]
    [InlineData("static void TryTranslate(ulong address) { }")]
    [InlineData("static void TryTranslate<M>(in M m, ulong a, long b, out Translation t) => t = default;")]
    [InlineData("static int pageSize() => 1;")]
    [InlineData("static class Huge4M;")]
    [InlineData("static class Inner { const int PageSize = 1; static class Layout; }")]
    public void MemberThatLeavesRoom_IsSound(string member)
    {
        string source = $"[KernelConfig(\"config-6.1\")] static partial class P {{ {member} }}";
        Check(source);
        Assert.Empty(ConfigProject.With("using Vmemmap;\n" + source, Files).Compile().GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && d.Id[..2] == "CS"));
    }

    [Fact]
    public void ContainingType_MayHaveAnyName() => Check("partial class Layout { const int PageSize = 1; [KernelConfig(\"config-6.1\")] static partial class P; }");

    [Theory]
    [InlineData("KernelConfig({|VMM3014:\"\"|})", "no file is named; write the name of a <KernelConfig> item, such as \"config-6.12\"")]
    [InlineData("KernelConfig({|VMM3014:null|})", "no file is named; write the name of a <KernelConfig> item, such as \"config-6.12\"")]
    [InlineData("KernelConfig(\"config-6.1\", StructPageSize = {|VMM3014:0|})", "a struct page of 0 bytes cannot be; it is a multiple of 8, such as 64 or 80 (VMCOREINFO SIZE(page))")]
    [InlineData("KernelConfig(\"config-6.1\", StructPageSize = {|VMM3014:-64|})", "a struct page of -64 bytes cannot be; it is a multiple of 8, such as 64 or 80 (VMCOREINFO SIZE(page))")]
    [InlineData("KernelConfig(\"config-6.1\", StructPageSize = {|VMM3014:60|})", "a struct page of 60 bytes cannot be; it is a multiple of 8, such as 64 or 80 (VMCOREINFO SIZE(page))")]
    [InlineData("KernelConfig(StructPageSize = {|VMM3014:1 << 20|}, file: \"config-6.1\")", "a struct page of 1048576 bytes cannot be; it is a multiple of 8, such as 64 or 80 (VMCOREINFO SIZE(page))")]
    [InlineData("KernelConfig(\"config-6.1\", Layout = {|VMM3014:(VmemmapLayout)9|})", "there is no such layout; write ReserveTwo, ReserveOne or SharedTail of VmemmapLayout")]
    public void ValueThatCannotBe_IsToldAtItself(string attribute, string message) => Assert.Equal([message], Check($"[{attribute}] partial class P;"));

    [Fact]
    public void SeveralMistakes_AreAllTold() => Assert.Equal(
        ["VMM3013", "VMM3014", "VMM3014"],
        ConfigProject.With("[Vmemmap.KernelConfig(\"\", StructPageSize = 3)] class P;", Files).Analyze().Select(d => d.Id).Order());

    [Theory]
    [InlineData("VMM3011", "\"production\"", "")]
    [InlineData("VMM3012", "\"config-6.12\"", "")]
    [InlineData("VMM3013", "\"config-6.1\"", "<T>")]
    [InlineData("VMM3014", "\"\"", "")]
    public void Pragma_Suppresses(string id, string file, string parameters)
    {
        string source = $"using Vmemmap;\n[KernelConfig({file})] partial class P{parameters};";
        Assert.Equal(id, Assert.Single(ConfigProject.With(source, Files).Analyze()).Id);
        Assert.Empty(ConfigProject.With($"#pragma warning disable {id}\n" + source, Files).Analyze());
    }

    [Fact]
    public void AttributeOfThatNameElsewhere_IsNotOurs() => Assert.Empty(
        ConfigProject.With("class KernelConfigAttribute : System.Attribute; [KernelConfig] class P;", Files).Analyze());

    [Fact]
    public void AttributeWithoutAFile_IsLeftToTheCompiler() => Assert.Empty(ConfigProject.With("[Vmemmap.KernelConfig] partial class P;", Files).Analyze());
}

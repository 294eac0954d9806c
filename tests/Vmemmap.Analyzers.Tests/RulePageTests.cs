using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Rules;
using Vmemmap.Analyzers.Tests.Verification;
using Vmemmap.RulePages;

namespace Vmemmap.Analyzers.Tests;

/// <summary>Ids, descriptors, release notes and pages say the same, and the code of the pages is judged as they say.</summary>
public sealed partial class RulePageTests
{
    private static readonly string[] Sections = ["Cause", "Why", "Wrong", "Right", "How to suppress", "Limits"];

    private static readonly Func<DiagnosticAnalyzer>[] Analyzers =
        [() => new TailAccessAnalyzer(), () => new SubpageIndexAnalyzer(), () => new StructPageLayoutAnalyzer(), () => new TargetAliasAnalyzer()];

    public static TheoryData<string, int> Wrong => Blocks("csharp wrong");

    public static TheoryData<string, int> Right => Blocks("csharp right");

    public static TheoryData<string, int> Suppressed => Blocks("csharp suppressed");

    [Fact]
    public void IdsDescriptorsNotesAndPages_Agree() => RuleBooks.Agree(
        "VMM1",
        typeof(RuleIds).GetFields().Select(f => (string)f.GetRawConstantValue()!),
        Analyzers.SelectMany(a => a().SupportedDiagnostics),
        [Notes("AnalyzerReleases.Shipped.md"), Notes("AnalyzerReleases.Unshipped.md")],
        Sections);

    [Fact]
    public void EveryRuleClass_HasADescriptorOfAnAnalyzer() => Assert.Equal(
        typeof(RuleIds).Assembly.GetTypes().Select(t => t.GetField("Descriptor")?.GetValue(null)).OfType<DiagnosticDescriptor>().Select(d => d.Id)
            .Order(StringComparer.Ordinal),
        Analyzers.SelectMany(a => a().SupportedDiagnostics).Select(d => d.Id).Order(StringComparer.Ordinal));

    /// <summary>A page that belongs to no rule would never be linked to.</summary>
    [Fact]
    public void EveryPage_IsOfASeries() => Assert.All(
        RulePage.Names, n => Assert.True(SeriesOfRules().IsMatch(n), n));

    [Fact]
    public void EveryPage_HasWrongRightAndSuppressedCode_AndAPicture()
    {
        foreach (RulePage page in Pages())
        {
            Assert.NotEmpty(page.BlocksOf("csharp wrong"));
            Assert.NotEmpty(page.BlocksOf("csharp right"));
            Assert.Single(page.BlocksOf("csharp suppressed"));
            Assert.NotEmpty(page.BlocksOf("text"));
            Assert.All(page.Blocks, b => Assert.Contains(b.Info, (string[])["csharp wrong", "csharp right", "csharp suppressed", "text", "ini"]));
        }
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongCode_GivesItsRuleAndNoOther(string id, int block) => Judged(id, Code(id, "csharp wrong", block));

    [Theory]
    [MemberData(nameof(Right))]
    public void RightCode_GivesNothing(string id, int block) => Assert.Empty(Reported(Code(id, "csharp right", block)));

    /// <summary>The pragma is what makes it quiet: without it the code is reported.</summary>
    [Theory]
    [MemberData(nameof(Suppressed))]
    public void SuppressedCode_IsQuietByItsPragma(string id, int block)
    {
        string code = Code(id, "csharp suppressed", block);
        Assert.Empty(Reported(code));
        Judged(id, Pragma().Replace(code, ""));
    }

    private static void Judged(string id, string code)
    {
        string[] reported = Reported(code);
        Assert.NotEmpty(reported);
        Assert.All(reported, text => Assert.Contains(id, text, StringComparison.Ordinal));
    }

    private static string[] Reported(string members)
    {
        CSharpCompilation compilation = ConsumerProject.Of($"static unsafe class Example\n{{\n{members}}}\n");
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        AnalyzerRun[] runs = [.. Analyzers.Select(a => AnalyzerRun.Of(a(), compilation))];
        Assert.All(runs, run => Assert.Empty(run.Exceptions));
        return [.. runs.SelectMany(run => run.Diagnostics).Where(d => !d.IsSuppressed).Select(d => d.ToString())];
    }

    private static IEnumerable<RulePage> Pages() =>
        RulePage.Names.Where(n => n.StartsWith("VMM1", StringComparison.Ordinal)).Select(RulePage.Read);

    private static TheoryData<string, int> Blocks(string info)
    {
        TheoryData<string, int> blocks = [];
        foreach (RulePage page in Pages())
        {
            for (int i = 0; i < page.BlocksOf(info).Count(); i++)
            {
                blocks.Add(page.Name, i);
            }
        }

        return blocks;
    }

    private static string Code(string id, string info, int block) => RulePage.Read(id).BlocksOf(info).ElementAt(block);

    private static string Notes(string file) => File.ReadAllText(Path.Combine(RulePage.Folder, "..", "..", "generators", "Vmemmap.Analyzers", file));

    [GeneratedRegex(@"\AVMM[1-5]\d{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SeriesOfRules();

    [GeneratedRegex(@"^#pragma .*\n", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Pragma();
}

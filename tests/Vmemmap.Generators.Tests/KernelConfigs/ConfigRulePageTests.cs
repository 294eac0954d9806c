using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Generators.KernelConfigs.Parsing;
using Vmemmap.Generators.KernelConfigs.Pipeline;
using Vmemmap.RulePages;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>Ids, descriptors, release notes and pages say the same, and the pages show what the compiler says.</summary>
public class ConfigRulePageTests
{
    private const string Name = "config-mine";
    private const string FilesMark = " files=";

    public static TheoryData<string> Pages => [.. RulePage.Names.Where(n => n.StartsWith("VMM3", StringComparison.Ordinal))];

    private static string SoundConfig => Assert.Single(RulePage.Index.BlocksOf("config sound"));

    private static string SoundSource => Assert.Single(RulePage.Index.BlocksOf("csharp sound"));

    [Fact]
    public void IdsDescriptorsNotesAndPages_Agree() => RuleBooks.Agree(
        "VMM3",
        typeof(ConfigRules).GetFields().Select(f => (string)f.GetRawConstantValue()!),
        ConfigDescriptors.All,
        [
            Repository.Read("generators", "Vmemmap.Generators", "AnalyzerReleases.Shipped.md"),
            Repository.Read("generators", "Vmemmap.Generators", "AnalyzerReleases.Unshipped.md"),
        ],
        ["Cause", "Wrong", "Right", "How to suppress"]);

    [Fact]
    public void ProjectOfTheIndex_IsSound() => Assert.Empty(Told(SoundSource, SoundConfig, [Name]));

    /// <summary>Each page breaks the index's project in one place, and gives the compiler's message for it.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_ShowsWhatTheCompilerSays(string id)
    {
        RulePage page = RulePage.Read(id);
        RulePage.CodeBlock right = Assert.Single(page.Blocks, b => b.Info.Contains(" right", StringComparison.Ordinal));
        RulePage.CodeBlock[] wrong = [.. page.Blocks.Where(b => b.Info.Contains(" wrong", StringComparison.Ordinal))];
        string[] messages = [.. page.BlocksOf("text message")];
        Assert.NotEmpty(wrong);
        Assert.Equal(messages, wrong.Select(block => Assert.Single(TellOf(block)) + "\n"));
        Assert.All(messages, message => Assert.Contains($" {id}: ", message, StringComparison.Ordinal));
        Assert.Empty(TellOf(right));

        string[] TellOf(RulePage.CodeBlock block)
        {
            string[] files = block.Info.Split(FilesMark) is [_, var list] ? list.Split(',') : [Name];
            return block.Info.StartsWith("csharp", StringComparison.Ordinal) ? Told(block.Code, SoundConfig, files)
                : block.Info == "config wrong file" ? Told(SoundSource, block.Code, files)
                : Told(SoundSource, MarkedTable.Break(right.Code, block.Code, SoundConfig), files);
        }
    }

    private static string[] Told(string source, string config, string[] files)
    {
        // Severities as they are: warnings stay warnings.
        ConfigProject project = ConfigProject.With(
            source, [.. files.Select(f => new ConfigText(f, config))], [], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        IEnumerable<Diagnostic> found = project.Result.Diagnostics.Concat(project.Analyze());
        return [.. found.Select(d => d.ToString())];
    }
}

using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.Tests.Selection;

/// <summary>VmemmapArchitecture names an architecture of an assembly that the project references.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData("mine-16k")]
    [InlineData("mine")]
    public void PublicArchitecture_IsFound(string name) =>
        Assert.Equal("global::Mine.Tables.Mine16K", Selected(name, Library("Theirs", MarkedTable.Sound)));

    [Fact]
    public void KeywordInItsNamespace_IsEscaped() => Assert.Equal(
        "global::My.@class.Mine16K",
        Selected("mine", Library("Theirs", MarkedTable.Break(" namespace=\"Mine.Tables\"", ""), rootNamespace: "My.class")));

    [Fact]
    public void InternalArchitecture_IsNone() =>
        Assert.Equal("VMM4002", Mistake("mine", Library("Theirs", MarkedTable.Sound, accessibility: "internal")).Id);

    [Fact]
    public void BuiltInName_IsNeverTaken() => Assert.Equal(
        "global::Vmemmap.X64", Selected("x86-64", Library("Any", MarkedTable.Break("alias=\"mine\"", "alias=\"x86-64\""))));

    [Fact]
    public void OwnTable_WinsOverAReference()
    {
        TableText own = new("a.pagetables.xml", MarkedTable.Break("Mine.Tables", "Own.Tables"));
        TableProject project = SelectingProject.Of("mine", Referencing(Library("Theirs", MarkedTable.Sound)), tables: [own]);
        Assert.Contains("Target = global::Own.Tables.Mine16K;", project.Source(SelectingProject.HintName), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Other.Tables", "other-16k", "other")]
    [InlineData("Mine.Tables", "other-16k", "mine")]
    [InlineData("Mine.Tables", "other-16k", "other-16k")]
    public void SameNameOrTypeInTwoAssemblies_IsTold(string space, string name, string alias)
    {
        string other = MarkedTable.Sound
            .Replace("Mine.Tables", space, StringComparison.Ordinal)
            .Replace("\"mine-16k\"", $"\"{name}\"", StringComparison.Ordinal)
            .Replace("alias=\"mine\"", alias == name ? "" : $"alias=\"{alias}\"", StringComparison.Ordinal);
        MetadataReference[] both = [Library("Theirs", MarkedTable.Sound), Library("Others", other)];
        if (space == "Other.Tables")
        {
            Assert.Equal("global::Mine.Tables.Mine16K", Selected("mine", both));
        }
        else
        {
            Diagnostic mistake = Mistake("mine", both);
            Assert.Equal("VMM4002", mistake.Id);
            Assert.Contains("Others", mistake.GetMessage(null), StringComparison.Ordinal);
            Assert.Contains("Theirs", mistake.GetMessage(null), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ReferenceWithAnExternAlias_IsNotSeen()
    {
        MetadataReference hidden = Library("Others", MarkedTable.Sound).WithAliases(["others"]);
        Assert.Equal("VMM4002", Mistake("mine", hidden).Id);
        Assert.Equal("global::Mine.Tables.Mine16K", Selected("mine", Library("Theirs", MarkedTable.Sound), hidden));
        Assert.Equal(
            "global::Mine.Tables.Mine16K", Selected("mine", Library("Theirs", MarkedTable.Sound).WithAliases(["theirs", "global"])));
    }

    private static string Selected(string name, params MetadataReference[] references)
    {
        TableProject project = SelectingProject.Of(name, Referencing(references));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Empty(SelectingProject.Shown(project));
        string line = project.Source(SelectingProject.HintName).Split('\n').Single(l => l.StartsWith("global using Target = ", StringComparison.Ordinal));
        return line.Split(" = ")[1].TrimEnd(';');
    }

    private static Diagnostic Mistake(string name, params MetadataReference[] references) =>
        SelectingProject.Mistake(SelectingProject.Of(name, Referencing(references)));

    private static ProjectSource Referencing(params MetadataReference[] references) => new() { References = references };

    private static PortableExecutableReference Library(string name, string table, string accessibility = "public", string rootNamespace = "Library")
    {
        TableText text = new("a.pagetables.xml", table.Replace("accessibility=\"internal\"", $"accessibility=\"{accessibility}\"", StringComparison.Ordinal));
        TableProject project = TableProject.With(
            [text], new() { ["RootNamespace"] = rootNamespace }, source: new ProjectSource { AssemblyName = name });
        return MetadataReference.CreateFromImage(SelectingProject.Image(project));
    }
}

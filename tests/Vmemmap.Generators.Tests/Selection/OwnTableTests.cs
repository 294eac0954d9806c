using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.Tests.Selection;

/// <summary>VmemmapArchitecture names an architecture of the project's own tables.</summary>
public sealed class OwnTableTests
{
    private static readonly ProjectSource Source = new()
    {
        Files = ["public static class C { public static string N() => typeof(Target) + \" \" + Target.Name + \" \" + TargetHugePage.Name; }"],
    };

    [Theory]
    [InlineData("mine-16k")]
    [InlineData("mine")]
    public void OwnTable_IsFoundByNameAndAlias(string name)
    {
        TableProject project = SelectingProject.Of(name, Source, tables: [new TableText("a.pagetables.xml", MarkedTable.Sound)]);
        Assert.Empty(SelectingProject.Shown(project));
        Assert.Equal("Mine.Tables.Mine16K mine-16k 32M", SelectingProject.Call(project, "C", "N"));
    }

    [Theory]
    [InlineData("alias=\"mine\"", "alias=\"x86-64\"", "x86-64", "Mine.Tables.Mine16K mine-16k 32M")]
    [InlineData("name=\"mine-16k\"", "name=\"arm64-16k\"", "arm64-16k", "Mine.Tables.Mine16K arm64-16k 32M")]
    public void OwnTable_WinsOverABuiltInOne(string old, string replacement, string name, string expected)
    {
        TableText table = new("a.pagetables.xml", MarkedTable.Break(old, replacement));
        Assert.Equal(expected, SelectingProject.Call(SelectingProject.Of(name, Source, tables: [table]), "C", "N"));
    }

    // The namespace comes from the project, and may hold a keyword or be none.
    [Theory]
    [InlineData("My.class", "My.class.Mine16K mine-16k 32M")]
    [InlineData("", "Mine16K mine-16k 32M")]
    public void Namespace_IsTheProjects(string space, string expected)
    {
        TableText table = new("a.pagetables.xml", MarkedTable.Break(" namespace=\"Mine.Tables\"", ""));
        TableProject project = TableProject.With(
            [table], new() { ["VmemmapArchitecture"] = "mine", ["RootNamespace"] = space }, source: Source);
        Assert.Equal(expected, SelectingProject.Call(project, "C", "N"));
    }

    [Fact]
    public void UnknownName_IsToldWithOwnNames()
    {
        TableText table = new("a.pagetables.xml", MarkedTable.Sound);
        string message = Assert.Single(SelectingProject.Of("mine-16", tables: [table]).Result.Diagnostics).GetMessage(null);
        Assert.Contains("did you mean 'mine-16k'? There are: mine-16k, mine, arm64-16k-va36, ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index=\"35:25\"", "index=\"35:26\"", "VMM2006")]
    [InlineData("entry=\"mine\"", "entry=\"nine\"", "VMM2014")]
    [InlineData("namespace=\"Mine.Tables\"", "namespace=\"Mine.2\"", "VMM2016")]
    [InlineData("<pageTables ", "<pageTablez ", "VMM2002")]
    [InlineData("</architecture>", "</architecture", "VMM2001")]
    [InlineData("pageSize=\"16K\"", "pageSize=16K", "VMM2001")]
    public void MistakeOfItsTable_IsToldAlone(string old, string broken, string id)
    {
        string text = MarkedTable.Break(old, broken);
        text = id == "VMM2002" ? MarkedTable.Break("</pageTables>", "</pageTablez>", text) : text;
        TableProject project = SelectingProject.Of("mine", tables: [new TableText("a.pagetables.xml", text)]);
        Assert.DoesNotContain(SelectingProject.HintName, project.HintNames);
        Assert.All(project.Result.Diagnostics, d => Assert.StartsWith("VMM2", d.Id, StringComparison.Ordinal));
        Assert.Contains(id, project.Result.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void NameOfABrokenTableThatIsBuiltInToo_IsNotTakenFromTheLibrary()
    {
        string text = MarkedTable.Break("index=\"35:25\"", "index=\"35:26\"", MarkedTable.Break("alias=\"mine\"", "alias=\"x86-64\""));
        TableProject project = SelectingProject.Of("x86-64", tables: [new TableText("a.pagetables.xml", text)]);
        Assert.Empty(project.HintNames);
        Assert.Equal("VMM2006", Assert.Single(project.Result.Diagnostics).Id);
    }

    [Fact]
    public void MistakeOfAnotherTable_IsNoReasonToGiveNothing()
    {
        TableText broken = new("a.pagetables.xml", MarkedTable.Break("</architecture>", "</architecture"));
        Assert.Contains(SelectingProject.HintName, SelectingProject.Of("x86-64", tables: [broken]).HintNames);
        TableText unsound = new("a.pagetables.xml", MarkedTable.Break("index=\"35:25\"", "index=\"35:26\""));
        Assert.Contains("VMM4002", SelectingProject.Of("x86", tables: [unsound]).Result.Diagnostics.Select(d => d.Id));
    }

    [Fact]
    public void NameThatTwoTablesHave_IsToldAlone()
    {
        TableText first = new("a.pagetables.xml", MarkedTable.Sound);
        TableText second = new(
            "b.pagetables.xml", MarkedTable.Break("alias=\"mine\"", "alias=\"other\"").Replace("\"mine-16k\"", "\"other-16k\"", StringComparison.Ordinal));
        TableProject project = SelectingProject.Of("other", tables: [first, second]);
        Assert.Equal("VMM2015", Assert.Single(project.Result.Diagnostics).Id);
        Assert.DoesNotContain(SelectingProject.HintName, project.HintNames);
    }

    [Fact]
    public void ReindentedTable_EmitsNothingAgain()
    {
        TableText table = new("a.pagetables.xml", MarkedTable.Sound);
        TableProject project = SelectingProject.Of("mine", tables: [table]);
        project.Edit(table, new TableText(table.Path, MarkedTable.Sound.Replace("  <", "\t\t<", StringComparison.Ordinal)));
        Assert.All(
            project.OutputReasons, reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    [Fact]
    public void OtherDefaultSize_EmitsTheAliasAgain()
    {
        TableText table = new("a.pagetables.xml", MarkedTable.Sound);
        TableProject project = SelectingProject.Of("mine", tables: [table]);
        project.Edit(table, new TableText(table.Path, MarkedTable.Break("default=\"32M\"", "default=\"1G\"")));
        Assert.Contains("global using TargetHugePage = global::Mine.Tables.Mine16K.Huge1G;", project.Source(SelectingProject.HintName), StringComparison.Ordinal);
    }
}

using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.Tests;

/// <summary>What an edit makes again. That an unrelated one makes nothing is checked in every run of <see cref="TableProject"/>.</summary>
public class IncrementalityTests
{
    private static readonly IncrementalStepRunReason[] Idle = [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged];

    [Fact]
    public void ChangedTable_EmitsItsOwnArchitecturesAgain()
    {
        TableText x86 = Repository.Table("x86-64");
        TableProject project = TableProject.With(x86, Repository.Table("arm64"), Repository.Table("riscv64"));
        string[] changed = project.Edit(x86, Changed(x86, "vmemmap=\"blocks\"", "vmemmap=\"pages\""));
        Assert.Equal(["x86-64", "x86-64-la57"], changed);
        Assert.Equal(2, project.OutputReasons.Count(reason => !Idle.Contains(reason)));
    }

    [Fact]
    public void ChangedArchitecture_EmitsItselfOnly()
    {
        TableText arm = Repository.Table("arm64");
        TableProject project = TableProject.With(Repository.Table("x86-64"), arm);
        Assert.Equal(
            ["arm64-4k-va39"],
            project.Edit(arm, Changed(arm, "breakBeforeMake=\"true\"", "breakBeforeMake=\"false\"", true)));
        Assert.Equal(1, project.OutputReasons.Count(reason => !Idle.Contains(reason)));
    }

    [Fact]
    public void ReindentedTable_EmitsNothing()
    {
        TableText arm = Repository.Table("arm64");
        TableProject project = TableProject.With(arm, Repository.Table("x86-64"));
        Assert.Empty(project.Edit(arm, Changed(arm, "  <", "\t\t<!-- moved -->\r\n<")));
        Assert.All(project.OutputReasons, reason => Assert.Contains(reason, Idle));
    }

    [Fact]
    public void MistakeThatMoves_EmitsNothing()
    {
        TableText broken = new("a.pagetables.xml", MarkedTable.Break("</pageTables>", "<bad /></pageTables>"));
        TableProject project = TableProject.With(broken, Repository.Table("x86-64"));
        Assert.Single(project.Result.Diagnostics);
        Assert.Empty(project.Edit(broken, Changed(broken, "<bad", "\n\n<bad")));
        Assert.Single(project.OutputReasons, reason => !Idle.Contains(reason));
        Assert.Equal(14, Assert.Single(project.Result.Diagnostics).Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void MistakeInOneArchitecture_LeavesTheOthers()
    {
        TableText arm = Repository.Table("arm64");
        TableProject project = TableProject.With(arm);
        project.Edit(arm, Changed(arm, "index=\"38:30\"", "index=\"38:31\"", true));
        Assert.Equal(9, project.Result.GeneratedSources.Length);
        Assert.Equal("VMM2006", Assert.Single(project.Result.Diagnostics).Id);
    }

    [Fact]
    public void RememberedValues_HoldNothingOfTheCompiler()
    {
        TableText broken = new("a.pagetables.xml", MarkedTable.Break("index=\"35:25\"", "index=\"35:26\""));
        TableProject project = TableProject.With(
            broken, Repository.Table("x86-64"), Repository.Table("arm64"), Repository.Table("riscv64"));
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        foreach (object value in project.RememberedValues)
        {
            Tests.RememberedValues.Visit(value, value.GetType().Name, seen);
        }

        Assert.True(seen.Count > 100);
    }

    private static TableText Changed(TableText table, string old, string replacement, bool isFirstOnly = false)
    {
        string text = table.GetText().ToString();
        string edited = !isFirstOnly
            ? text.Replace(old, replacement, StringComparison.Ordinal)
            : MarkedTable.Break(old, replacement, text);
        Assert.NotEqual(text, edited);
        return new TableText(table.Path, edited);
    }
}

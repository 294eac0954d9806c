using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.Tests;

/// <summary>Names that two files claim.</summary>
public class SeveralFilesTests
{
    [Fact]
    public void SameFileNameInTwoFolders_IsNoConflict()
    {
        string other = MarkedTable.Sound
            .Replace("mine-16k", "other-16k", StringComparison.Ordinal)
            .Replace("alias=\"mine\"", "", StringComparison.Ordinal)
            .Replace("Mine16K", "Other16K", StringComparison.Ordinal);
        TableProject project = TableProject.With(
            new TableText("a/t.pagetables.xml", MarkedTable.Sound), new TableText("b/t.pagetables.xml", other));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Equal(["Mine.Tables.Mine16K.g.cs", "Mine.Tables.Other16K.g.cs"], project.HintNames);
    }

    [Theory]
    [InlineData("mine-16k", "other", "Other", "mine-16k")]
    [InlineData("other", "mine", "Other", "mine")]
    [InlineData("mine", "other", "Other", "mine")]
    [InlineData("other-16k", "other", "Mine16K", "Mine16K")]
    [InlineData("other-16k", "other", "MINE16K", "MINE16K")]
    public void NameOfAnotherFile_IsToldInTheLaterFile(string name, string alias, string type, string told)
    {
        string text = MarkedTable.Sound
            .Replace("\"mine-16k\"", $"\"{name}\"", StringComparison.Ordinal)
            .Replace("alias=\"mine\"", $"alias=\"{alias}\"", StringComparison.Ordinal)
            .Replace("\"Mine16K\"", $"\"{type}\"", StringComparison.Ordinal);

        // The compiler may list them in any order.
        TableProject project = TableProject.With(
            new TableText("b/t.pagetables.xml", text), new TableText("a/t.pagetables.xml", MarkedTable.Sound));
        Diagnostic diagnostic = Assert.Single(project.Result.Diagnostics);
        Assert.Equal("VMM2015", diagnostic.Id);
        Assert.Equal("b/t.pagetables.xml", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal(told, text.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        Assert.Contains("is in t.pagetables.xml already", diagnostic.GetMessage(null), StringComparison.Ordinal);
        Assert.Equal(["Mine.Tables.Mine16K.g.cs"], project.HintNames);
    }

    [Fact]
    public void SameTypeInAnotherNamespace_IsNoConflict()
    {
        string other = MarkedTable.Sound
            .Replace("\"mine-16k\" alias=\"mine\"", "\"other\"", StringComparison.Ordinal)
            .Replace("Mine.Tables", "Other.Tables", StringComparison.Ordinal);
        TableProject project = TableProject.With(
            new TableText("a.pagetables.xml", MarkedTable.Sound), new TableText("b.pagetables.xml", other));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Equal(2, project.HintNames.Length);
    }

    [Fact]
    public void Mistakes_AreReportedInTheFile()
    {
        string text = MarkedTable.Break("readOnly=\"7\"", "readOnly=\"1\"");
        text = MarkedTable.Break("index=\"35:25\"", "index=\"35:26\"", text);
        text = MarkedTable.Break("alias=\"mine\"", "alais=\"mine\"", text);
        text = MarkedTable.Break("default=\"32M\"", "default=\"64M\"", text);
        text = MarkedTable.Break("</architecture>", "</architecture>\n  <architecture name=\"broken>\n  </architecture>", text);
        TableProject project = TableProject.With(new TableText("folder/broken.pagetables.xml", text));
        Snapshot.Matches(string.Join("\n", project.Result.Diagnostics.Select(d => d.ToString())));
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Tests.Facts;

namespace Vmemmap.Generators.Tests.Selection;

/// <summary>VmemmapArchitecture: what it may name, what it emits, and what is told of a name that is none.</summary>
public sealed class SelectionTests
{
    [Theory]
    [InlineData("arm64-4k", "Arm64K4Va48", "Huge2M")]
    [InlineData("arm64-16k", "Arm64K16Va48", "Huge32M")]
    [InlineData("arm64-64k", "Arm64K64Va48", "Huge512M")]
    [InlineData("arm64-64k-va48", "Arm64K64Va48", "Huge512M")]
    [InlineData(" \t arm64-16k  ", "Arm64K16Va48", "Huge32M")]
    [InlineData("x86-64-la57", "X64La57", "Huge2M")]
    public void NameOrAlias_GivesTypeAndDefaultSize(string name, string type, string size)
    {
        string source = SelectingProject.Of(name).Source(SelectingProject.HintName);
        Assert.Contains($"global using Target = global::Vmemmap.{type};\n", source, StringComparison.Ordinal);
        Assert.Contains($"global using TargetHugePage = global::Vmemmap.{type}.{size};\n", source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void EmptyProperty_DoesNothing(string architecture)
    {
        TableProject project = SelectingProject.Of(architecture, alias: "no name");
        Assert.Empty(project.Result.GeneratedSources);
        Assert.Empty(project.Result.Diagnostics);
        Assert.Empty(project.Result.TrackedSteps.Keys.Intersect(TrackingNames.Selection));
    }

    [Theory]
    [InlineData("Arch", "Arch", "ArchHugePage")]
    [InlineData(" Arch ", "Arch", "ArchHugePage")]
    [InlineData("", "Target", "TargetHugePage")]
    [InlineData("Größe", "Größe", "GrößeHugePage")]
    public void Alias_RenamesBoth(string alias, string first, string second)
    {
        ProjectSource source = new() { Files = [$"public static class C {{ public static string N() => {first}.Name + \" \" + {second}.Name; }}"] };
        TableProject project = SelectingProject.Of("arm64-16k", source, alias);
        Assert.Empty(SelectingProject.Shown(project));
        Assert.Equal("arm64-16k-va48 32M", SelectingProject.Call(project, "C", "N"));
    }

    [Theory]
    [InlineData("My Arch", "MyArch")]
    [InlineData("My.Arch", "MyArch")]
    [InlineData("2D", "_2D")]
    [InlineData("class", "Class")]
    [InlineData("arch", "Arch")]
    [InlineData("@Arch", "Arch")]
    [InlineData("A<int>", "AInt")]
    public void UnusableAlias_IsToldWithAUsableOne(string alias, string usable)
    {
        Diagnostic mistake = SelectingProject.Mistake(SelectingProject.Of("arm64-16k", alias: alias));
        Assert.Equal("VMM4004", mistake.Id);
        Assert.Contains($"'{alias}'", mistake.GetMessage(null), StringComparison.Ordinal);
        Assert.EndsWith($"did you mean {usable}?", mistake.GetMessage(null), StringComparison.Ordinal);
        Assert.Empty(SelectingProject.Of("arm64-16k", alias: usable).Result.Diagnostics);
    }

    [Theory]
    [InlineData("Arm64-16K", "arm64-16k")]
    [InlineData("X86-64", "x86-64")]
    [InlineData("x86_64", "x86-64")]
    [InlineData("arm64-16k-va84", "arm64-16k-va48")]
    [InlineData("riscv64-sv93", "riscv64-sv39")]
    public void UnknownName_IsToldWithTheNearest(string name, string nearest)
    {
        string message = Unknown(SelectingProject.Of(name));
        Assert.Contains($"'{name}', which is no architecture; did you mean '{nearest}'? There are: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void NameNearToNone_IsToldWithAllThereAre()
    {
        string message = Unknown(SelectingProject.Of("z13"));
        Assert.DoesNotContain("did you mean", message, StringComparison.Ordinal);
        string[] told = message.Split(": ")[1].Split(", ");
        Assert.Equal(ArchitectureNames.All.Concat(["arm64-4k", "arm64-16k", "arm64-64k"]).Order(), told.Order());
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp9)]
    [InlineData(LanguageVersion.CSharp7_3)]
    public void OldLanguage_IsToldOnce(LanguageVersion language)
    {
        TableProject project = SelectingProject.Of("no such", new ProjectSource { Language = language }, "no name");
        Assert.Equal("VMM4003", SelectingProject.Mistake(project).Id);
        Assert.Empty(project.Compile().GetDiagnostics());
    }

    [Fact]
    public void OldLanguageWithoutTheProperty_IsNoMistake() =>
        Assert.Empty(SelectingProject.Of("", new ProjectSource { Language = LanguageVersion.CSharp9 }).Result.Diagnostics);

    [Fact]
    public void CSharp10_IsEnough()
    {
        ProjectSource source = new()
        {
            Language = LanguageVersion.CSharp10,
            Files = ["public static class C { public static string N() => Target.Name + \" \" + TargetHugePage.Name; }"],
        };
        Assert.Equal("x86-64 2M", SelectingProject.Call(SelectingProject.Of("x86-64", source), "C", "N"));
    }

    [Theory]
    [InlineData(NullableContextOptions.Disable, false)]
    [InlineData(NullableContextOptions.Disable, true)]
    [InlineData(NullableContextOptions.Enable, true)]
    public void StrictProjects_CompileWithoutAWarning(NullableContextOptions nullable, bool isChecked)
    {
        ProjectSource source = new()
        {
            Files = ["/// <summary>Code of the user's, with docs.</summary>\npublic static class C\n{\n    /// <summary>A name.</summary>\n    public const string Name = Target.Name;\n}\n"],
        };
        TableProject project = SelectingProject.Of("arm64-16k", source, options: TableProject.Strict(nullable, isChecked));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Empty(SelectingProject.Shown(project));
    }

    /// <summary>What VMM4001 warns of: the compiler says nothing, and takes the type.</summary>
    [Fact]
    public void TypeOfANamespace_WinsWithoutAWord()
    {
        ProjectSource source = new()
        {
            Files = ["namespace Mine { class Target { public const string Name = \"mine\"; } public static class C { public static string N() => Target.Name; } }"],
        };
        TableProject project = SelectingProject.Of("x86-64", source);
        Assert.Empty(SelectingProject.Shown(project));
        Assert.Equal("mine", SelectingProject.Call(project, "Mine.C", "N"));
    }

    /// <summary>In the global namespace neither wins.</summary>
    [Theory]
    [InlineData("class Target { public const string Name = \"mine\"; } public static class C { public static string N() => Target.Name; }")]
    [InlineData("namespace Target { class D; } public static class C { public static string N() => Target.Name; }")]
    public void TypeOfTheGlobalNamespace_IsTheCompilersError(string text) => Assert.Equal(
        "CS0576", Assert.Single(SelectingProject.Shown(SelectingProject.Of("x86-64", new ProjectSource { Files = [text] }))).Id);

    [Fact]
    public void AliasOfAFile_IsTheCompilersError() => Assert.Equal(
        "CS1537",
        Assert.Single(SelectingProject.Shown(SelectingProject.Of("x86-64", new ProjectSource { Files = ["using Target = System.String;"] }))).Id);

    private static string Unknown(TableProject project)
    {
        Diagnostic mistake = SelectingProject.Mistake(project);
        Assert.Equal("VMM4002", mistake.Id);
        return mistake.GetMessage(null);
    }
}

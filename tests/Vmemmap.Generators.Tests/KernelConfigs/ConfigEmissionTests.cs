using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>What is emitted: three classes by snapshot, and every kind of class and project by a strict compiler.</summary>
public class ConfigEmissionTests
{
    [Theory]
    [InlineData("config-6.1.0-56-amd64")]
    [InlineData("config-6.12.117+deb12-arm64-16k")]
    [InlineData("config-6.1-arm64-64k-va48-hvo")]
    public void Kernel_IsEmittedAsAccepted(string config)
    {
        ConfigProject project = ConfigProject.With(
            $"namespace Mine; [Vmemmap.KernelConfig(\"{config}\")] internal static partial class Production;", ConfigFixture.Read(config));
        Snapshot.Matches($"//HintName: Mine.Production.KernelConfig.g.cs\n{project.Source("Mine.Production.KernelConfig.g.cs")}", config, "cs");
    }

    [Theory]
    [InlineData(NullableContextOptions.Disable, true)]
    [InlineData(NullableContextOptions.Enable, true)]
    [InlineData(NullableContextOptions.Disable, false)]
    public void EmittedCode_CompilesWithoutAWarning(NullableContextOptions nullable, bool isChecked)
    {
        const string Source = """
            [global::Vmemmap.KernelConfig("a")] public static partial class InNoNamespace;

            namespace @class.My.@int
            {
                [global::Vmemmap.KernelConfig("a")] public sealed partial class @event { internal int Own; }
                [global::Vmemmap.KernelConfig("a")] abstract partial record Recorded(int Value);
                /// <summary>The user documents what is the user's.</summary>
                public partial struct Outer { internal partial interface IMiddle { [global::Vmemmap.KernelConfig("b", StructPageSize = 80)] partial class Inner; } }
                internal partial record struct Data { [global::Vmemmap.KernelConfig("c")] private static partial class Hidden; }
                [global::Vmemmap.KernelConfig("d")] partial class System;
                [global::Vmemmap.KernelConfig("d")] partial class Vmemmap;
            }
            """;
        ConfigProject project = ConfigProject.With(
            Source,
            [
                new ConfigText("a", MinimalConfig.X64()), new ConfigText("b", MinimalConfig.Arm64(bits: 52, more: MinimalConfig.HvoNew)),
                new ConfigText("c", MinimalConfig.RiscV64(more: "CONFIG_KMSAN=y\n")),
                new ConfigText("d", MinimalConfig.Arm64(pages: 64).Replace("CONFIG_HUGETLB_PAGE=y\n", "", StringComparison.Ordinal)),
            ],
            [],
            TableProject.Strict(nullable, isChecked));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Equal(7, project.Result.GeneratedSources.Length);

        // A field that nothing assigns is the source's own.
        Assert.Empty(project.Compile().GetDiagnostics().Where(d => d.Id != "CS0649"));
    }

    [Fact]
    public void FileNames_MayHoldAnything()
    {
        const string Name = "config <6.12> & \"co\" \u2028 {0}\\t";
        ConfigProject project = ConfigProject.With(
            "[Vmemmap.KernelConfig(\"config <6.12> & \\\"co\\\" \\u2028 {0}/t\")] public static partial class P;", new ConfigText(Name, MinimalConfig.X64()));
        Assert.Empty(project.Compile().GetDiagnostics());
        EmittedKernel kernel = new(project.Load());
        Assert.Equal("t", kernel.Constant<string>("ConfigFile"));

        const string File = "config <6.12> & \"co\" \u2028 {0}";
        EmittedKernel other = new(ConfigProject.With(
            "[Vmemmap.KernelConfig(\"config <6.12> & \\\"co\\\" \\u2028 {0}\")] public static partial class P;", new ConfigText("x/" + File, MinimalConfig.X64())).Load());
        Assert.Equal(File, other.Constant<string>("ConfigFile"));
        Assert.Contains(File, Assert.ThrowsAny<ArgumentException>(() => other.Select(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesThatDifferInCaseOnly_AreTwoSources()
    {
        ConfigProject project = ConfigProject.With(
            "[Vmemmap.KernelConfig(\"a\")] partial class Kernel; [Vmemmap.KernelConfig(\"b\")] partial class KERNEL; [Vmemmap.KernelConfig(\"b\")] partial class Other;",
            new ConfigText("a", MinimalConfig.X64()), new ConfigText("b", MinimalConfig.Arm64()));
        Assert.Equal(
            ["KERNEL-1.KernelConfig.g.cs", "Kernel-2.KernelConfig.g.cs", "Other.KernelConfig.g.cs"],
            project.Result.GeneratedSources.Select(s => s.HintName).Order(StringComparer.Ordinal));
        Assert.Empty(project.Compile().GetDiagnostics());
    }

    [Fact]
    public void TwoClassesMayNameOneConfig_AndOneProjectTwoConfigs()
    {
        Type first = ConfigProject.With(
            "[Vmemmap.KernelConfig(\"a\")] public static partial class P; [Vmemmap.KernelConfig(\"a\", StructPageSize = 128)] public static partial class Q; [Vmemmap.KernelConfig(\"b\")] public static partial class R;",
            new ConfigText("a", MinimalConfig.X64(more: MinimalConfig.HvoNew)), new ConfigText("b", MinimalConfig.Arm64())).Load();
        Assert.Equal(7, new EmittedKernel(first).Constant<long>("2M", "FreedPages"));
        Assert.Equal(15, new EmittedKernel(first.Assembly.GetType("Q")!).Constant<long>("2M", "FreedPages"));
        Assert.Equal("arm64", new EmittedKernel(first.Assembly.GetType("R")!).Constant<string>("ArchitectureFamily"));
    }

    /// <summary>Constants serve where C# wants constants.</summary>
    [Fact]
    public void Constants_AreUsableInAttributes()
    {
        const string Source = """
            using Vmemmap;

            [KernelConfig("a")] static partial class P;

            sealed class Pages
            {
                [ReadOnlyTail(P.Huge2M.FirstReadOnlyIndex)]
                public StructPage[] All { get; } = new StructPage[P.Huge2M.StructPages];

                public static string Layout() => P.Layout switch { VmemmapLayout.ReserveOne => P.KernelRelease, _ => "" };
            }
            """;
        Assert.Empty(ConfigProject.With(Source, new ConfigText("a", MinimalConfig.X64(more: MinimalConfig.HvoNew))).Compile().GetDiagnostics());
    }

    [Fact]
    public void LineEnds_AreOneNewline() => Assert.DoesNotContain(
        '\r', ConfigProject.Of(new ConfigText("a", MinimalConfig.X64().ReplaceLineEndings("\r\n"))).Result.GeneratedSources.Single().SourceText.ToString());
}

using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>Projects of the pages are XML, and every item and property in them means something to somebody.</summary>
public sealed partial class ProjectTests
{
    private static readonly string[] OfMSBuild =
    [
        "Project", "PropertyGroup", "ItemGroup", "PackageReference", "ProjectReference", "Compile", "None", "AdditionalFiles",
        "Import", "Using", "TargetFramework", "OutputType", "Nullable", "ImplicitUsings", "AllowUnsafeBlocks", "LangVersion",
        "WarningsAsErrors", "NoWarn", "TreatWarningsAsErrors", "MSBuildWarningsAsMessages", "EmitCompilerGeneratedFiles",
        "CompilerGeneratedFilesOutputPath", "RestoreSources", "RestoreAdditionalProjectSources",
    ];

    private static readonly string[] PackageIds = ["Vmemmap", "Vmemmap.Dumps", "Vmemmap.Tool"];

    public static TheoryData<string, int> Projects => BlockKinds.Of(BlockKind.Project);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_HasOnlyKnownNames(string page, int line)
    {
        Block block = AllPages.Block(page, line);
        XElement project = XElement.Parse($"<Parts>{block.Code}</Parts>");
        string[] known = [.. OfMSBuild, .. OfOurs()];
        foreach (XElement element in project.Descendants())
        {
            string name = element.Name.LocalName;
            Assert.True(known.Contains(name), $"{block}: <{name}> is known neither to MSBuild nor to Vmemmap.props and .targets");
        }

        Assert.All(
            project.Descendants("PackageReference"), p => Assert.Contains((string?)p.Attribute("Include"), PackageIds));
        Assert.All(
            project.Descendants().Select(e => (string?)e.Attribute("Project") ?? (string?)e.Attribute("Include"))
                .OfType<string>().Where(p => p.StartsWith("../", StringComparison.Ordinal)),
            path => Assert.True(Repository.Exists(path.TrimStart('.', '/')), $"{block}: {path}"));
    }

    // Properties that the compiler is shown, properties that are read, and kinds of items.
    private static IEnumerable<string> OfOurs() => Repository.Files("generators/build", "Vmemmap.*").Select(Repository.Read)
        .SelectMany(text => Name().Matches(text)).Select(m => m.Groups["name"].Value);

    [GeneratedRegex(
        @"(?:CompilerVisibleProperty|AvailableItemName) Include=""(?<name>\w+)""|\$\((?<name>\w+)\)|@\((?<name>\w+)\)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

using System.Xml.Linq;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>What the package's MSBuild files hand over is what the generator asks for.</summary>
public class ConfigItemTests
{
    private static readonly XElement Props = XElement.Parse(Repository.Read("generators", "build", "Vmemmap.props"));
    private static readonly XElement Targets = XElement.Parse(Repository.Read("generators", "build", "Vmemmap.targets"));

    [Fact]
    public void Metadata_IsVisibleAndSet()
    {
        XElement visible = Assert.Single(Props.Descendants("CompilerVisibleItemMetadata"), e => e.Attribute("MetadataName")!.Value == "VmemmapKernelConfig");
        Assert.Equal("AdditionalFiles", visible.Attribute("Include")!.Value);
        XElement added = Assert.Single(Targets.Descendants("AdditionalFiles"), e => e.Attribute("Include")!.Value == "@(KernelConfig)");
        Assert.Equal("true", added.Attribute("VmemmapKernelConfig")!.Value);
    }

    [Fact]
    public void Item_IsOfferedByEditors_AndNoneNoMore()
    {
        Assert.Contains("KernelConfig", Props.Descendants("AvailableItemName").Select(e => e.Attribute("Include")!.Value));
        Assert.Contains("@(KernelConfig)", Targets.Descendants("None").Select(e => e.Attribute("Remove")!.Value));
    }
}

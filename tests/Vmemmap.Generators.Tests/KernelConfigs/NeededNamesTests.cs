using System.Reflection;
using Vmemmap.Generators.KernelConfigs.Pipeline;
using Vmemmap.Tests.Facts;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>The names that a class must leave free are those of the members that are generated, for one kernel or another.</summary>
public class NeededNamesTests
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    [Fact]
    public void NeededNames_AreThoseThatAreGenerated()
    {
        string source = string.Concat(ArchitectureNames.All.Select((_, i) => $"[Vmemmap.KernelConfig(\"config-{i}\")] public static partial class P{i};\n"));
        Assembly assembly = ConfigProject.With(
            source, [.. ArchitectureNames.All.Select((name, i) => new ConfigText($"config-{i}", MinimalConfig.Of(name, "6.12.1")))]).Load("P0").Assembly;
        IEnumerable<string> generated = assembly.GetTypes().Where(t => !t.IsNested && t.Name[0] == 'P').SelectMany(t => t.GetMembers(Declared))
            .Where(m => m is not MethodBase { IsSpecialName: true } && !m.Name.StartsWith('<')).Select(m => m.Name).Distinct();
        Assert.Equal(generated.Order(StringComparer.Ordinal), NeededNames.All.Order(StringComparer.Ordinal));
    }
}

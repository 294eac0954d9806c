using Microsoft.CodeAnalysis;
using Vmemmap.Generators.Pipeline;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests;

/// <summary>Ids, descriptors and release notes say the same.</summary>
public class DescriptorTests
{
    [Fact]
    public void EveryId_HasADescriptor() => Assert.Equal(
        typeof(TableRules).GetFields().Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        TableDescriptors.All.Select(d => d.Id));

    [Fact]
    public void EveryDescriptor_IsInTheReleaseNotes()
    {
        string notes = Repository.Read("generators", "Vmemmap.Generators", "AnalyzerReleases.Unshipped.md")
            + Repository.Read("generators", "Vmemmap.Generators", "AnalyzerReleases.Shipped.md");
        foreach (DiagnosticDescriptor descriptor in TableDescriptors.All)
        {
            Assert.Contains(
                $"{descriptor.Id} | {descriptor.Category} | {descriptor.DefaultSeverity} | {descriptor.Title}", notes,
                StringComparison.Ordinal);
        }
    }
}

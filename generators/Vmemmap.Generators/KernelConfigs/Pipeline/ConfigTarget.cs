using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>A class with the attribute, and what the attribute says.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Declarations">How it is declared, outermost type first: "partial class Production".</param>
/// <param name="FullName">Its name with namespace and containing types.</param>
/// <param name="File">The file that is named.</param>
/// <param name="StructPageSize">sizeof(struct page) as given; 0 if it is not.</param>
/// <param name="Layout">The layout as given; none if it is not.</param>
internal sealed record ConfigTarget(
    string Namespace, EquatableArray<string> Declarations, string FullName, string File, int StructPageSize, ConfigLayout Layout);

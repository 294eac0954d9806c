using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.Pipeline;

/// <summary>An architecture, and where its type goes: all that its source depends on.</summary>
/// <param name="Spec">The architecture.</param>
/// <param name="Namespace">Namespace of its type; empty for the global one.</param>
/// <param name="Accessibility">"public" or "internal".</param>
internal sealed record ResolvedArchitecture(ArchitectureSpec Spec, string Namespace, string Accessibility)
{
    public ResolvedArchitecture(ArchitectureSpec spec, TableOptions options)
        : this(spec, spec.Namespace ?? options.Namespace, spec.Accessibility ?? options.Accessibility)
    {
    }

    /// <summary>Name of its source: one for each type.</summary>
    public string HintName => $"{(Namespace.Length > 0 ? Namespace.Replace("@", "") + "." : "")}{Spec.TypeName}.g.cs";
}

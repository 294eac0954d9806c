using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.Selection;

/// <summary>Finds the public architectures of the assemblies that a project references, by the constants of their types.</summary>
/// <remarks>
/// Read from the references alone, in a compilation without sources: what is found stays until a reference changes, however much is
/// typed. Such a compilation shares the symbols of the project's own.
/// </remarks>
internal static class ReferencedArchitectures
{
    /// <summary>The assembly of the built-in architectures.</summary>
    public const string Library = "Vmemmap";

    private const string Contract = "Vmemmap.IArchitecture";

    /// <summary>All of them: those of the library first, each assembly's in the order of their names.</summary>
    public static EquatableArray<KnownArchitecture> Read(ImmutableArray<MetadataReference> references, CancellationToken token)
    {
        CSharpCompilation compilation = CSharpCompilation.Create("Vmemmap.References", references: references);
        if (compilation.GetTypeByMetadataName(Contract) is not { } contract)
        {
            return default;
        }

        List<KnownArchitecture> found = [];
        foreach (MetadataReference reference in references)
        {
            token.ThrowIfCancellationRequested();

            // What is seen only through an extern alias has no name that starts with global.
            ImmutableArray<string> aliases = reference.Properties.Aliases;
            bool isGlobal = aliases.IsDefaultOrEmpty || aliases.Contains(MetadataReferenceProperties.GlobalAlias);
            if (isGlobal && compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly && KnowsLibrary(assembly))
            {
                Collect(assembly.GlobalNamespace, contract, found);
            }
        }

        return new(found
            .OrderBy(a => a.Assembly == Library ? 0 : 1)
            .ThenBy(a => a.Assembly, StringComparer.Ordinal)
            .ThenBy(a => a.Name, StringComparer.Ordinal));
    }

    private static bool KnowsLibrary(IAssemblySymbol assembly) =>
        assembly.Name == Library || assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name == Library));

    private static void Collect(INamespaceSymbol space, INamedTypeSymbol contract, List<KnownArchitecture> found)
    {
        foreach (INamedTypeSymbol type in space.GetTypeMembers())
        {
            if (type is { TypeKind: TypeKind.Struct, DeclaredAccessibility: Accessibility.Public }
                && type.AllInterfaces.Contains(contract, SymbolEqualityComparer.Default)
                && Known(type) is { } architecture)
            {
                found.Add(architecture);
            }
        }

        foreach (INamespaceSymbol inner in space.GetNamespaceMembers())
        {
            Collect(inner, contract, found);
        }
    }

    // Null if the type lacks one of the constants, as one that was not generated would.
    private static KnownArchitecture? Known(INamedTypeSymbol type)
    {
        if (Text(type, "Name") is not { } name || Text(type, "Alias") is not { } alias || Text(type, "DefaultHstateName") is not { } size
            || type.GetTypeMembers().FirstOrDefault(t => Text(t, "Name") == size) is not { } hugePage)
        {
            return null;
        }

        string fullName = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return new(name, alias, fullName, hugePage.Name, type.ContainingAssembly.Name);
    }

    private static string? Text(INamedTypeSymbol type, string constant) =>
        type.GetMembers(constant).OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue)?.ConstantValue as string;
}

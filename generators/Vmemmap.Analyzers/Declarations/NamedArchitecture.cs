using Microsoft.CodeAnalysis;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>Finds an architecture by the name that builds and command lines use.</summary>
internal static class NamedArchitecture
{
    /// <summary>
    /// The architecture of a name or alias, such as "arm64-16k": one of this compilation (generated from a table of its own) or a built-in one.
    /// </summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="contract">Vmemmap.IArchitecture, whose assembly has the built-in ones.</param>
    /// <param name="name">The name; case counts.</param>
    /// <returns>Null if none has that name.</returns>
    public static INamedTypeSymbol? Find(Compilation compilation, INamedTypeSymbol contract, string name) =>
        Find(compilation.Assembly.GlobalNamespace, contract, name)
            ?? Find(contract.ContainingAssembly.GlobalNamespace, contract, name);

    private static INamedTypeSymbol? Find(INamespaceSymbol space, INamedTypeSymbol contract, string name)
    {
        foreach (INamedTypeSymbol type in space.GetTypeMembers())
        {
            if (type.TypeKind == TypeKind.Struct && HasName(type, name) && type.AllInterfaces.Contains(contract, SymbolEqualityComparer.Default))
            {
                return type;
            }
        }

        foreach (INamespaceSymbol inner in space.GetNamespaceMembers())
        {
            if (Find(inner, contract, name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static bool HasName(INamedTypeSymbol type, string name) =>
        ConstantField.Text(type, "Name") == name || ConstantField.Text(type, "Alias") == name;
}

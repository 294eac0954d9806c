using System.Text;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Api.Tests;

/// <summary>Prints what an assembly offers to others: one line a member, sorted, as C# would declare it.</summary>
internal static class ApiText
{
    /// <summary>All types that others can see, each with the members that they can use or override.</summary>
    public static string Of(IAssemblySymbol assembly)
    {
        StringBuilder text = new();
        foreach (INamedTypeSymbol type in Types(assembly.GlobalNamespace).OrderBy(TypeText.FullName, StringComparer.Ordinal))
        {
            text.Append(text.Length > 0 ? "\n" : "");
            foreach (string attribute in AttributeText.Of(type.GetAttributes()))
            {
                text.Append(attribute).Append('\n');
            }

            text.Append(TypeText.Header(type)).Append('\n');
            IEnumerable<string> members = type.GetMembers().Where(m => IsOffered(m, type)).Select(MemberText.Of);
            foreach (string member in type.TypeKind == TypeKind.Enum ? members : members.Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container)
    {
        foreach (INamespaceOrTypeSymbol member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            bool isSeen = member is not INamedTypeSymbol type || IsSeen(type);
            if (isSeen && member is INamedTypeSymbol seen)
            {
                yield return seen;
            }

            foreach (INamedTypeSymbol inner in isSeen ? Types(member) : [])
            {
                yield return inner;
            }
        }
    }

    private static bool IsOffered(ISymbol member, INamedTypeSymbol type) =>
        IsSeen(member)
        && member is not INamedTypeSymbol
        && !IsOfRecord(member)
        && member is not IMethodSymbol
        {
            MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove or MethodKind.Destructor,
        }

        // The constructor of a struct and the four members of a delegate are there whatever anyone writes.
        && !(member is IMethodSymbol { MethodKind: MethodKind.Constructor, IsImplicitlyDeclared: true } && type.IsValueType)
        && type.TypeKind != TypeKind.Delegate;

    // Equality, Deconstruct and the like, which the compiler writes of a record's properties.
    private static bool IsOfRecord(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.UserDefinedOperator }
        && member.GetAttributes().Any(a => a.AttributeClass!.Name == "CompilerGeneratedAttribute");

    /// <summary>Public, or protected in a class that others may derive from.</summary>
    private static bool IsSeen(ISymbol symbol) => symbol.DeclaredAccessibility switch
    {
        Accessibility.Public => true,
        Accessibility.Protected or Accessibility.ProtectedOrInternal => symbol.ContainingType is { IsSealed: false } type && CanBeDerivedFrom(type),
        _ => false,
    };

    private static bool CanBeDerivedFrom(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Class
        && type.InstanceConstructors.Any(c => c.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal);
}

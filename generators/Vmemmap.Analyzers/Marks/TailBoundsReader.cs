using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Declarations;

namespace Vmemmap.Analyzers.Marks;

/// <summary>Works out from which index on a marked member's struct pages are read-only, from the number or the types that the mark names.</summary>
internal static class TailBoundsReader
{
    // sizeof(struct page) that constants of generated sizes assume; the rules assume it too.
    private const int StructPageSize = 64;

    // The smallest base page of any architecture, and the fewest vmemmap pages that any layout keeps.
    private const long SmallestPage = 4096;
    private const int FewestReserved = 1;
    private const int MostReserved = 2;

    /// <summary>Reads a mark as it is on a member with its type arguments in place.</summary>
    /// <param name="mark">The attribute.</param>
    /// <param name="member">The constructed member; its type parameters and those of the types around it may be named.</param>
    /// <param name="hasStates">Whether the huge page's state is followed: then an optimized one has a size that can be optimized.</param>
    public static TailBounds Read(AttributeData mark, ISymbol member, bool hasStates)
    {
        ImmutableArray<TypedConstant> arguments = mark.ConstructorArguments;
        if (arguments.Length == 1 && Constants.TryInteger(arguments[0].Value, out long index))
        {
            return new TailBounds(index, index, string.Empty, null);
        }

        ITypeSymbol? hstate = arguments.Length == 2 ? arguments[0].Value as ITypeSymbol : null;
        ITypeSymbol? layout = arguments.Length == 2 ? arguments[1].Value as ITypeSymbol : null;
        ITypeSymbol? architecture = null;
        foreach (KeyValuePair<string, TypedConstant> named in mark.NamedArguments)
        {
            if (named.Value.Value is string name)
            {
                ITypeSymbol? type = TypeArgument(member, name);
                _ = named.Key switch
                {
                    "Hstate" => hstate = type,
                    "Layout" => layout = type,
                    "Architecture" => architecture = type,
                    _ => null,
                };
            }
        }

        return Of(architecture ?? (hstate as INamedTypeSymbol)?.ContainingType, hstate, layout, hasStates);
    }

    private static TailBounds Of(ITypeSymbol? architecture, ITypeSymbol? hstate, ITypeSymbol? layout, bool hasStates)
    {
        long? reserved = layout is null ? null : Constant(layout, "ReservedPages");
        int fewest = (int)(reserved ?? FewestReserved);
        int most = (int)(reserved ?? MostReserved);
        string variant = Variant(architecture, hstate, layout);
        bool? isMappedReadOnly = architecture is null ? null : ConstantField.Boolean(architecture, "HasReadOnlyKernelMappings");
        if (hstate is not null && Constant(hstate, "Size") is { } size && Constant(hstate, "Order") is { } order)
        {
            long lowest = FirstReadOnlyIndex.Of(size >> (int)order, StructPageSize, (int)order, fewest);
            long highest = FirstReadOnlyIndex.Of(size >> (int)order, StructPageSize, (int)order, most);
            return new TailBounds(
                lowest == FirstReadOnlyIndex.None ? TailBounds.Never : lowest,
                highest == FirstReadOnlyIndex.None ? TailBounds.Never : highest,
                variant,
                isMappedReadOnly);
        }

        long? page = architecture is null ? null : Constant(architecture, "PageSize");
        long low = fewest * ((page ?? SmallestPage) / StructPageSize);
        bool isExact = page is not null && hasStates;
        return new TailBounds(low, isExact ? most * (page!.Value / StructPageSize) : TailBounds.Never, variant, isMappedReadOnly);
    }

    private static long? Constant(ITypeSymbol type, string name) => (long?)ConstantField.Integer(type, name);

    private static string Variant(ITypeSymbol? architecture, ITypeSymbol? hstate, ITypeSymbol? layout)
    {
        var names = new List<string>(3);
        if (architecture is not null && architecture.TypeKind != TypeKind.TypeParameter)
        {
            names.Add(VariantName.OfArchitecture(architecture));
        }

        if (hstate is not null && hstate.TypeKind != TypeKind.TypeParameter)
        {
            names.Add(ConstantField.Text(hstate, "Name") ?? hstate.Name);
        }

        if (layout is not null && layout.TypeKind != TypeKind.TypeParameter)
        {
            names.Add(VariantName.OfLayout(layout));
        }

        return string.Join(", ", names);
    }

    private static ITypeSymbol? TypeArgument(ISymbol member, string name)
    {
        if (member is IMethodSymbol method && At(method.TypeParameters, method.TypeArguments, name) is { } own)
        {
            return own;
        }

        for (INamedTypeSymbol? type = member.ContainingType; type is not null; type = type.ContainingType)
        {
            if (At(type.TypeParameters, type.TypeArguments, name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static ITypeSymbol? At(ImmutableArray<ITypeParameterSymbol> parameters, ImmutableArray<ITypeSymbol> arguments, string name)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].Name == name)
            {
                return arguments[i];
            }
        }

        return null;
    }
}

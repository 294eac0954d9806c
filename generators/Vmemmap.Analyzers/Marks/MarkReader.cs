using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Marks;

/// <summary>Reads the attributes of members and types, once for each in a compilation. Any thread.</summary>
internal sealed class MarkReader
{
    private readonly ConcurrentDictionary<ISymbol, MemberMarks> _members = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IAssemblySymbol, bool> _assemblies = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _handles = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, Interval> _enums = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, ISymbol?> _sources = new(SymbolEqualityComparer.Default);

    public MarkReader(MarkTypes types) => Types = types;

    public MarkTypes Types { get; }

    /// <summary>The marks of a method, property or field; an accessor has its property's.</summary>
    public MemberMarks Of(ISymbol member)
    {
        ISymbol definition = (member is IMethodSymbol { AssociatedSymbol: IPropertySymbol property } ? property : member).OriginalDefinition;
        return MayBeMarked(definition) ? _members.GetOrAdd(definition, Read) : MemberMarks.None;
    }

    /// <summary>Whether values of a type are handles to huge pages: it has a property that tells a state.</summary>
    public bool IsHandle(ITypeSymbol? type)
    {
        if (type is null || type.SpecialType != SpecialType.None || Types.State is null
            || (type.ContainingAssembly is { } assembly && !_assemblies.GetOrAdd(assembly, KnowsAttributes)))
        {
            return false;
        }

        return _handles.GetOrAdd(type.OriginalDefinition, HasStateProperty);
    }

    /// <summary>The first marked member of a handle's type; null if it has none.</summary>
    public ISymbol? SourceOf(ITypeSymbol handle) => _sources.GetOrAdd(
        handle, type => type.GetMembers().FirstOrDefault(m => m is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol && Of(m).Tail is not null));

    /// <summary>The values of an enum of sub-page indexes, which its variables keep to.</summary>
    /// <returns>False if the type is no such enum.</returns>
    public bool TrySubpageIndexes(ITypeSymbol type, out Interval values)
    {
        values = type.TypeKind == TypeKind.Enum && Types.SubpageIndex is not null ? _enums.GetOrAdd(type, ReadEnum) : new Interval(0, -1);
        return !values.IsEmpty;
    }

    /// <summary>[ReadOnlyTail] of a symbol itself.</summary>
    public AttributeData? TailOf(ISymbol symbol) => Find(symbol.GetAttributes(), Types.ReadOnlyTail);

    private static AttributeData? Find(ImmutableArray<AttributeData> attributes, INamedTypeSymbol? type)
    {
        foreach (AttributeData attribute in attributes)
        {
            if (type is not null && SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, type))
            {
                return attribute;
            }
        }

        return null;
    }

    // Most members that code uses are the framework's, which knows nothing of the attributes.
    private bool MayBeMarked(ISymbol member) => member.ContainingAssembly is { } assembly && _assemblies.GetOrAdd(assembly, KnowsAttributes);

    private bool KnowsAttributes(IAssemblySymbol assembly) =>
        assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name == Types.ReadOnlyTail.ContainingAssembly.Name))
        || SymbolEqualityComparer.Default.Equals(assembly, Types.ReadOnlyTail.ContainingAssembly);

    private MemberMarks Read(ISymbol member)
    {
        AttributeData? tail = null;
        PageStates state = PageStates.None;
        bool isRestoredOnly = false;
        bool isWritableCount = false;
        ParameterMarks[]? parameters = null;
        foreach (ISymbol declaration in Declarations(member))
        {
            tail ??= TailOf(declaration) ?? (declaration is IMethodSymbol method ? Find(method.GetReturnTypeAttributes(), Types.ReadOnlyTail) : null);
            state |= StateOf(declaration);
            isRestoredOnly |= Find(declaration.GetAttributes(), Types.RestoredOnly) is not null;
            isWritableCount |= Find(declaration.GetAttributes(), Types.WritableCount) is not null;
            ImmutableArray<IParameterSymbol> own = ParametersOf(declaration);
            for (int i = 0; i < own.Length; i++)
            {
                var marks = new ParameterMarks(TailOf(own[i]), StateOf(own[i]), Find(own[i].GetAttributes(), Types.RestoredOnly) is not null);
                if (marks.HasAny)
                {
                    parameters ??= new ParameterMarks[own.Length];
                    parameters[i] = marks;
                }
            }
        }

        if (tail is null && HandsOutStructPages(member) && member.ContainingType is { } type)
        {
            tail = TailOf(type.OriginalDefinition);
        }

        return tail is null && state == PageStates.None && !isRestoredOnly && !isWritableCount && parameters is null
            ? MemberMarks.None
            : new MemberMarks(tail, state, isRestoredOnly, isWritableCount, parameters?.ToImmutableArray() ?? ImmutableArray<ParameterMarks>.Empty);
    }

    /// <summary>The member, what it overrides, and what it implements of interfaces.</summary>
    private static ImmutableArray<ISymbol> Declarations(ISymbol member)
    {
        ImmutableArray<ISymbol>.Builder all = ImmutableArray.CreateBuilder<ISymbol>();
        all.Add(member);
        for (ISymbol? over = Overridden(member); over is not null; over = Overridden(over))
        {
            all.Add(over.OriginalDefinition);
        }

        if (member is not (IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } or IPropertySymbol)
            || member.ContainingType is not { TypeKind: not TypeKind.Interface } type)
        {
            return all.ToImmutable();
        }

        foreach (INamedTypeSymbol contract in type.AllInterfaces)
        {
            foreach (ISymbol candidate in contract.GetMembers())
            {
                if ((candidate.Name == member.Name || member.Name.EndsWith("." + candidate.Name, System.StringComparison.Ordinal))
                    && candidate.Kind == member.Kind
                    && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(candidate), member))
                {
                    all.Add(candidate.OriginalDefinition);
                }
            }
        }

        return all.ToImmutable();
    }

    private static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        _ => null,
    };

    private static ImmutableArray<IParameterSymbol> ParametersOf(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => ImmutableArray<IParameterSymbol>.Empty,
    };

    private static bool HandsOutStructPages(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Ordinary } method => method.ReturnsByRef || method.ReturnsByRefReadonly || IsRange(method.ReturnType),
        IPropertySymbol property => property.ReturnsByRef || property.ReturnsByRefReadonly || IsRange(property.Type),
        _ => false,
    };

    private static bool IsRange(ITypeSymbol type) =>
        type is IPointerTypeSymbol or IArrayTypeSymbol or INamedTypeSymbol { Name: "Span" or "ReadOnlySpan", ContainingNamespace.Name: "System", Arity: 1 };

    private PageStates StateOf(ISymbol symbol) =>
        Find(symbol.GetAttributes(), Types.State) is { ConstructorArguments: { Length: 1 } arguments }
            ? arguments[0].Value switch
            {
                0 => PageStates.Fresh,
                1 => PageStates.Optimized,
                2 => PageStates.Restored,
                3 => PageStates.Dissolved,
                _ => PageStates.None,
            }
            : PageStates.None;

    private bool HasStateProperty(ITypeSymbol type)
    {
        for (ITypeSymbol? at = type; at is not null; at = at.BaseType)
        {
            if (HasOwnStateProperty(at))
            {
                return true;
            }
        }

        return type.AllInterfaces.Any(HasOwnStateProperty)
            || (type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(IsHandle));
    }

    private bool HasOwnStateProperty(ITypeSymbol type) =>
        type.GetMembers().Any(m => m is IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean } && StateOf(m) != PageStates.None);

    private Interval ReadEnum(ITypeSymbol type)
    {
        var values = new Interval(0, -1);
        if (Find(type.GetAttributes(), Types.SubpageIndex) is null)
        {
            return values;
        }

        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.HasConstantValue && Constants.TryInteger(field.ConstantValue, out long value))
            {
                values = values.Join(Interval.Of(value));
            }
        }

        return values;
    }
}

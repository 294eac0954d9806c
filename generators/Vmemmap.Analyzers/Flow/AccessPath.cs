using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Vmemmap.Analyzers.Flow;

/// <summary>A field or automatic property of what a variable holds: read twice, it is the same until that member of anything is written.</summary>
/// <param name="Variable">A local or parameter.</param>
/// <param name="Member">The field or property.</param>
internal sealed record AccessPath(ISymbol Variable, ISymbol Member)
{
    public bool Equals(AccessPath? other) => other is not null
        && SymbolEqualityComparer.Default.Equals(Variable, other.Variable) && SymbolEqualityComparer.Default.Equals(Member, other.Member);

    public override int GetHashCode() =>
        unchecked((SymbolEqualityComparer.Default.GetHashCode(Variable) * 397) ^ SymbolEqualityComparer.Default.GetHashCode(Member));

    /// <summary>The path of a field or property reference; null if it is longer, or what is read may differ each time.</summary>
    public static object? Of(IOperation? instance, ISymbol member) => instance switch
    {
        null or IInstanceReferenceOperation => member,
        ILocalReferenceOperation local => new AccessPath(local.Local, member),
        IParameterReferenceOperation parameter => new AccessPath(parameter.Parameter, member),
        _ => null,
    };
}

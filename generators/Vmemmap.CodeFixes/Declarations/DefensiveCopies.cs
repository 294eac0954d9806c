using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Vmemmap.CodeFixes.Declarations;

/// <summary>
/// Calls of members that may write on a copy, which the compiler makes without a word where what they are called on is read-only.
/// </summary>
internal static class DefensiveCopies
{
    /// <summary>How many a method has.</summary>
    public static async Task<int> CountAsync(Document document, SyntaxNode declaration, CancellationToken cancellationToken)
    {
        SemanticModel? model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        return model is null ? 0 : declaration.DescendantNodes().Count(node => IsOne(model.GetOperation(node, cancellationToken)));
    }

    private static bool IsOne(IOperation? operation) => operation switch
    {
        IInvocationOperation { Instance: { } instance, TargetMethod.IsReadOnly: false } => IsReadOnlyValue(instance),
        IMethodReferenceOperation { Instance: { } instance, Method.IsReadOnly: false } => IsReadOnlyValue(instance),
        IPropertyReferenceOperation { Instance: { } instance, Property.GetMethod.IsReadOnly: false } => IsReadOnlyValue(instance),
        _ => false,
    };

    private static bool IsReadOnlyValue(IOperation place) => place.Type is { IsReferenceType: false } && place switch
    {
        IParameterReferenceOperation parameter => parameter.Parameter.RefKind is RefKind.In or RefKind.RefReadOnlyParameter,
        ILocalReferenceOperation local => local.Local.RefKind == RefKind.RefReadOnly,
        IFieldReferenceOperation field => field.Field.IsReadOnly || (field.Instance is { } instance && IsReadOnlyValue(instance)),
        IPropertyReferenceOperation property => property.Property.ReturnsByRefReadonly,
        IInvocationOperation call => call.TargetMethod.ReturnsByRefReadonly,
        _ => false,
    };
}

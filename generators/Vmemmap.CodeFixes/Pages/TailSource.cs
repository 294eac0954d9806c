using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Vmemmap.CodeFixes.Pages;

/// <summary>An expression that hands out one struct page of a huge page by its index: page.Unchecked(i), page[i].</summary>
internal sealed class TailSource
{
    private TailSource(ExpressionSyntax syntax, ISymbol member, ITypeSymbol element, bool isWritable, ExpressionSyntax index)
    {
        Syntax = syntax;
        Member = member;
        Element = element;
        IsWritable = isWritable;
        Index = index;
    }

    /// <summary>The call, or the access by brackets.</summary>
    public ExpressionSyntax Syntax { get; }

    public ISymbol Member { get; }

    /// <summary>The type of the struct page.</summary>
    public ITypeSymbol Element { get; }

    /// <summary>Whether the reference that comes out may be written.</summary>
    public bool IsWritable { get; }

    /// <summary>The argument that is the index.</summary>
    public ExpressionSyntax Index { get; }

    /// <summary>Which argument the index is.</summary>
    public int IndexOrdinal => ArgumentsOf(Syntax)!.Arguments.IndexOf((ArgumentSyntax)Index.Parent!);

    /// <summary>The huge page; null for this, where it is not written, and after "?.".</summary>
    public ExpressionSyntax? Page => Syntax switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Expression,
        ElementAccessExpressionSyntax element => element.Expression,
        _ => null,
    };

    /// <summary>Whether the huge page is this, and not written.</summary>
    public bool IsOfImplicitThis => !Member.IsStatic && Syntax is InvocationExpressionSyntax { Expression: SimpleNameSyntax };

    /// <summary>Whether the huge page is what its member is called on, and not an argument.</summary>
    public bool IsOnPage => !Member.IsStatic && Member is not IMethodSymbol { MethodKind: MethodKind.ReducedExtension };

    public static TailSource? Of(ExpressionSyntax syntax, SemanticModel model, CancellationToken cancellationToken)
    {
        (ISymbol Member, ITypeSymbol Element, RefKind Reference, IEnumerable<IArgumentOperation> Arguments)? found =
            model.GetOperation(syntax, cancellationToken) switch
            {
                IInvocationOperation call => (call.TargetMethod, call.Type!, call.TargetMethod.RefKind, call.Arguments),
                IPropertyReferenceOperation { Arguments.Length: > 0 } property =>
                    (property.Property, property.Type!, property.Property.RefKind, property.Arguments),
                _ => null,
            };
        if (found is not { Reference: not RefKind.None } source)
        {
            return null;
        }

        string? name = PageMarks.IndexNameOf(source.Member, model.Compilation);
        IArgumentOperation[] indexes = source.Arguments
            .Where(argument => argument is { ArgumentKind: ArgumentKind.Explicit, Parameter: { } parameter }
                && (name is null ? IsIndexType(parameter.Type) : parameter.Name == name))
            .ToArray();
        return indexes.Length == 1 && indexes[0].Syntax is ArgumentSyntax index
            ? new TailSource(syntax, source.Member, source.Element, source.Reference == RefKind.Ref, index.Expression)
            : null;
    }

    public static BaseArgumentListSyntax? ArgumentsOf(ExpressionSyntax source) => source switch
    {
        InvocationExpressionSyntax call => call.ArgumentList,
        ElementAccessExpressionSyntax access => access.ArgumentList,
        _ => null,
    };

    private static bool IsIndexType(ITypeSymbol type) => type.TypeKind == TypeKind.Enum
        || type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32 or SpecialType.System_UInt64
            or SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_Int16 or SpecialType.System_UInt16
            or SpecialType.System_Byte or SpecialType.System_SByte;
}

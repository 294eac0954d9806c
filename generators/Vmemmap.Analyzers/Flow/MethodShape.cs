using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What a method's variables are, as far as that says which of them can be followed.</summary>
internal sealed class MethodShape
{
    private readonly HashSet<ISymbol> _unfollowed = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _shared = new(SymbolEqualityComparer.Default);

    private MethodShape()
    {
    }

    /// <summary>Looks at all of a method, its local functions and lambdas included.</summary>
    public static MethodShape Of(IOperation root)
    {
        var shape = new MethodShape();
        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            shape.Look(operation);
        }

        return shape;
    }

    /// <summary>Whether a variable may change by what is not seen in the flow: it is written through an address, or by a function inside.</summary>
    public bool IsUnfollowed(ISymbol symbol) => _unfollowed.Contains(symbol);

    /// <summary>Adds the variables and captures that a block gives a value.</summary>
    public static void GatherAssigned(BasicBlock block, HashSet<object> assigned)
    {
        foreach (IOperation root in block.BranchValue is null ? block.Operations : block.Operations.Add(block.BranchValue))
        {
            foreach (IOperation operation in root.DescendantsAndSelf())
            {
                object? variable = operation switch
                {
                    IFlowCaptureOperation capture => capture.Id,
                    ILocalReferenceOperation local when IsWritten(local) => local.Local,
                    IParameterReferenceOperation parameter when IsWritten(parameter) => parameter.Parameter,
                    _ => null,
                };
                if (variable is not null)
                {
                    assigned.Add(variable);
                }

                if (operation is IFlowCaptureOperation { Value: ILocalReferenceOperation { Local: var captured } })
                {
                    assigned.Add(captured);
                }
            }
        }
    }

    /// <summary>Whether a variable or field gets a value anywhere in it.</summary>
    public bool IsWritten(ISymbol symbol) => _written.Contains(symbol);

    /// <summary>Whether code that is called may change a variable.</summary>
    /// <param name="key">The variable.</param>
    /// <param name="function">The function that is followed: what is declared around it belongs to others too.</param>
    public bool IsShared(object key, IMethodSymbol? function) => key switch
    {
        AccessPath path => IsShared(path.Member, function) || IsShared(path.Variable, function),
        IPropertySymbol property => !property.IsReadOnly,
        IFieldSymbol field => !field.IsReadOnly && !field.IsConst,
        IParameterSymbol { RefKind: not RefKind.None } => true,

        // A primary constructor's parameter is a field of its methods.
        IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } constructor } =>
            !SymbolEqualityComparer.Default.Equals(constructor, function),
        ISymbol symbol => _shared.Contains(symbol) && _written.Contains(symbol) && !SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, function),
        _ => false,
    };

    /// <summary>Whether a reference that comes from outside may lead to a variable.</summary>
    public static bool MayBeReferredTo(object key) => key switch
    {
        AccessPath path => MayBeReferredTo(path.Member) || MayBeReferredTo(path.Variable),
        IFieldSymbol field => !field.IsReadOnly && !field.IsConst,
        IParameterSymbol parameter => parameter.RefKind != RefKind.None,
        _ => false,
    };

    private static IMethodSymbol? FunctionAround(IOperation operation)
    {
        for (IOperation? at = operation.Parent; at is not null; at = at.Parent)
        {
            switch (at)
            {
                case IAnonymousFunctionOperation lambda:
                    return lambda.Symbol;
                case ILocalFunctionOperation function:
                    return function.Symbol;
                default:
                    break;
            }
        }

        return null;
    }

    private static bool IsWritten(IOperation operation) => operation.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == operation,
        IIncrementOrDecrementOperation => true,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        IDeclarationExpressionOperation => true,
        IAddressOfOperation => true,
        ITupleOperation tuple => IsWritten(tuple),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: true } } => true,
        _ => false,
    };

    // Whether a reference to the variable is made that may outlive the expression.
    private static bool IsAliased(IOperation operation) => operation.Parent switch
    {
        IAddressOfOperation => true,
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: true } } => true,
        ISimpleAssignmentOperation { IsRef: true } assignment => assignment.Value == operation,
        IConditionalOperation { IsRef: true } conditional => conditional.Condition != operation,
        IFieldReferenceOperation { Field.ContainingType.IsValueType: true } field => IsAliased(field),
        IArgumentOperation { Parameter.RefKind: not RefKind.None, Parent: IInvocationOperation call } =>
            call.TargetMethod.RefKind != RefKind.None || call.TargetMethod.ReturnType.IsRefLikeType,
        IArgumentOperation { Parameter.RefKind: not RefKind.None, Parent: IObjectCreationOperation { Type.IsRefLikeType: true } } => true,
        _ => false,
    };

    private void Look(IOperation operation)
    {
        ISymbol? symbol = operation switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            IFieldReferenceOperation field => field.Field,
            _ => null,
        };
        if (symbol is null)
        {
            return;
        }

        // What an address or a reference leads to changes behind the flow's back.
        if (IsAliased(operation) && symbol is not ILocalSymbol { IsRef: true } && symbol is not IParameterSymbol { RefKind: not RefKind.None })
        {
            _unfollowed.Add(symbol);
        }

        if (IsWritten(operation))
        {
            _written.Add(symbol);
        }

        if (symbol is IFieldSymbol)
        {
            return;
        }

        IMethodSymbol? around = FunctionAround(operation);
        if (around is null || SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, around))
        {
            return;
        }

        _shared.Add(symbol);
        if (IsWritten(operation))
        {
            _unfollowed.Add(symbol);
        }
    }
}

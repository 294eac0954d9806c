using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Follows struct pages and huge pages through a method and the functions inside it.</summary>
internal static class TailFlow
{
    /// <summary>All accesses of a method, in the order in which they are written; safe ones and those that are lost too.</summary>
    /// <param name="model">The file's semantic model.</param>
    /// <param name="declaration">A method, constructor, operator or accessor with a body.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static ImmutableArray<TailAccess> Accesses(SemanticModel model, SyntaxNode declaration, CancellationToken cancellation)
    {
        IOperation? operation = model.GetOperation(declaration, cancellation);
        ControlFlowGraph? graph = operation switch
        {
            IMethodBodyOperation body => ControlFlowGraph.Create(body, cancellation),
            IConstructorBodyOperation body => ControlFlowGraph.Create(body, cancellation),
            IBlockOperation { Parent: null } body => ControlFlowGraph.Create(body, cancellation),
            _ => null,
        };
        return graph is null || MarkTypes.In(model.Compilation) is not { } types || model.GetDeclaredSymbol(declaration, cancellation) is not { } owner
            ? ImmutableArray<TailAccess>.Empty
            : Accesses(graph, owner, new MarkReader(types), cancellation);
    }

    /// <summary>All accesses of a graph and of the functions inside it.</summary>
    public static ImmutableArray<TailAccess> Accesses(ControlFlowGraph graph, ISymbol owner, MarkReader marks, CancellationToken cancellation)
    {
        var accesses = new List<TailAccess>();
        MethodShape shape = MethodShape.Of(graph.OriginalOperation);
        Follow(graph, owner as IMethodSymbol, shape, marks, accesses, cancellation);
        return accesses.OrderBy(access => access.Syntax.SpanStart).ToImmutableArray();
    }

    /// <summary>Whether code uses anything that is marked: most does not, and is not followed.</summary>
    public static bool IsWorthFollowing(IOperation root, ISymbol owner, MarkReader marks)
    {
        if (owner is IMethodSymbol method && !marks.Of(method).Parameters.IsEmpty)
        {
            return true;
        }

        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            bool isMarked = operation switch
            {
                IInvocationOperation call => marks.Of(call.TargetMethod).IsInteresting,
                IPropertyReferenceOperation property => marks.Of(property.Property) is { Tail: not null } or { IsRestoredOnly: true },
                IFieldReferenceOperation field => marks.Of(field.Field).Tail is not null,
                ILocalFunctionOperation function => !marks.Of(function.Symbol).Parameters.IsEmpty,
                _ => false,
            };
            if (isMarked)
            {
                return true;
            }
        }

        return false;
    }

    private static void Follow(
        ControlFlowGraph graph, IMethodSymbol? owner, MethodShape shape, MarkReader marks, List<TailAccess> accesses, CancellationToken cancellation)
    {
        var ids = new PageIds();
        var captured = new Dictionary<CaptureId, IOperation?>();
        var functions = new List<IFlowAnonymousFunctionOperation>();
        foreach (BasicBlock block in graph.Blocks)
        {
            foreach (IOperation operation in block.Operations)
            {
                Gather(operation, captured, functions);
            }

            if (block.BranchValue is not null)
            {
                Gather(block.BranchValue, captured, functions);
            }
        }

        var transfer = new Transfer(marks, shape, owner, ids, captured);
        new Solver(graph, transfer, ids, transfer.Incoming(owner), cancellation).Run(accesses.Add);
        foreach (IMethodSymbol function in graph.LocalFunctions)
        {
            Follow(graph.GetLocalFunctionControlFlowGraph(function, cancellation), function, shape, marks, accesses, cancellation);
        }

        foreach (IFlowAnonymousFunctionOperation function in functions)
        {
            Follow(graph.GetAnonymousFunctionControlFlowGraph(function, cancellation), function.Symbol, shape, marks, accesses, cancellation);
        }
    }

    // What each capture stands for, if it is one variable; and the lambdas.
    private static void Gather(IOperation root, Dictionary<CaptureId, IOperation?> captured, List<IFlowAnonymousFunctionOperation> functions)
    {
        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            if (operation is IFlowCaptureOperation capture)
            {
                captured[capture.Id] = captured.ContainsKey(capture.Id) ? null : capture.Value;
            }
            else if (operation is IFlowAnonymousFunctionOperation function)
            {
                functions.Add(function);
            }
        }
    }
}

using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.Analyzers.Flow;

/// <summary>
/// Up to which block a variable is read: what nobody reads any more need not be carried through the rest of a long method. And what it is compared with.
/// </summary>
internal sealed class VariableUse
{
    private readonly Dictionary<object, int> _lastUse = new(VariableComparer.Instance);
    private readonly int[] _earliestNext;

    public VariableUse(ControlFlowGraph graph)
    {
        int count = graph.Blocks.Length;
        _earliestNext = new int[count];
        for (int i = count - 1; i >= 0; i--)
        {
            BasicBlock block = graph.Blocks[i];
            int earliest = Math.Min(i, i + 1 < count ? _earliestNext[i + 1] : i);
            earliest = Math.Min(earliest, block.FallThroughSuccessor?.Destination?.Ordinal ?? i);
            _earliestNext[i] = Math.Min(earliest, block.ConditionalSuccessor?.Destination?.Ordinal ?? i);
            foreach (IOperation operation in block.Operations)
            {
                Look(operation, i);
            }

            if (block.BranchValue is not null)
            {
                Look(block.BranchValue, i);
            }
        }
    }

    /// <summary>Constants that a variable is compared with.</summary>
    public Dictionary<object, SortedSet<long>> Compared { get; } = new(VariableComparer.Instance);

    /// <summary>Whether a variable or captured value may still be read when a block begins.</summary>
    public bool IsLive(object key, int ordinal) => key switch
    {
        ILocalSymbol or IParameterSymbol or CaptureId => _lastUse.TryGetValue(key, out int last) && last >= _earliestNext[ordinal],
        AccessPath path => IsLive(path.Variable, ordinal),
        _ => true,
    };

    private void Look(IOperation root, int ordinal)
    {
        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            if (operation is IBinaryOperation
                {
                    OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan
                or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual
                } comparison)
            {
                Compare(comparison.LeftOperand, comparison.RightOperand);
                Compare(comparison.RightOperand, comparison.LeftOperand);
            }

            object? key = operation switch
            {
                ILocalReferenceOperation local => local.Local,
                IParameterReferenceOperation parameter => parameter.Parameter,
                IFlowCaptureReferenceOperation capture => capture.Id,
                _ => null,
            };
            if (key is not null && !_lastUse.ContainsKey(key))
            {
                _lastUse.Add(key, ordinal);
            }
        }
    }

    private void Compare(IOperation operand, IOperation number)
    {
        if (!number.ConstantValue.HasValue || !Constants.TryInteger(number.ConstantValue.Value, out long constant) || constant is long.MinValue or long.MaxValue)
        {
            return;
        }

        while (operand is IConversionOperation or IIncrementOrDecrementOperation)
        {
            operand = operand is IConversionOperation conversion ? conversion.Operand : ((IIncrementOrDecrementOperation)operand).Target;
        }

        object? variable = operand switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            _ => null,
        };
        if (variable is null)
        {
            return;
        }

        if (!Compared.TryGetValue(variable, out SortedSet<long>? numbers))
        {
            Compared.Add(variable, numbers = new SortedSet<long>());
        }

        // k < 64 and k <= 64, up and down.
        numbers.Add(constant - 1);
        numbers.Add(constant);
        numbers.Add(constant + 1);
    }
}

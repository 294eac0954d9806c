using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Assignments of every form.</summary>
internal sealed partial class Transfer
{
    private Value? Assignment(ISimpleAssignmentOperation assignment)
    {
        Value? target = EvaluateTarget(assignment.Target);
        (int changes, int transitions) = (_state.Changes, _state.Transitions);
        Value? value = Evaluate(assignment.Value);

        // The value's code may have changed the state after the target was taken.
        if (target is not null && _state.Changes != changes)
        {
            target = ValuePages.WithoutBounds(target, PageIds.None);
            target = _state.Transitions == transitions ? target : ValuePages.AfterChange(target, ValuePages.Of(target));
        }

        if (assignment.IsRef)
        {
            Bind(assignment.Target, value);
            return value;
        }

        return Write(assignment.Target, target, value is Place or Lost ? OfType(assignment.Value.Syntax, assignment.Value.Type) : value);
    }

    private Value? Compound(ICompoundAssignmentOperation compound)
    {
        Value? target = EvaluateBoth(compound.Target);
        Value? by = Evaluate(compound.Value);
        Value? result = (target, by) switch
        {
            (Number a, Number b) when compound.OperatorMethod is null && TypeRanges.TryOf(compound.Type, out Interval range) =>
                Arithmetic.Binary(compound.OperatorKind, a, b, range, compound.IsChecked),
            (PageRange pages, Number b) when compound.Type is IPointerTypeSymbol =>
                PointerMoved(compound, pages, compound.OperatorKind == BinaryOperatorKind.Subtract ? b.Range.Negated() : b.Range),
            _ => OfType(compound.Syntax, compound.Type),
        };
        return Write(compound.Target, target, result);
    }

    private Value? Step(IIncrementOrDecrementOperation step)
    {
        Value? target = EvaluateBoth(step.Target);
        Interval by = Interval.Of(step.Kind == OperationKind.Decrement ? -1 : 1);
        Value? result = target switch
        {
            Number number when step.OperatorMethod is null && TypeRanges.TryOf(step.Type, out Interval range) =>
                Arithmetic.Binary(BinaryOperatorKind.Add, number, new Number(by), range, step.IsChecked),
            PageRange pages when step.Type is IPointerTypeSymbol => PointerMoved(step, pages, by),
            _ => OfType(step.Syntax, step.Type),
        };
        Write(step.Target, target, result);
        return step.IsPostfix && target is Number or PageRange ? target : result;
    }

    private Value? Deconstruction(IDeconstructionAssignmentOperation deconstruction)
    {
        IOperation target = deconstruction.Target is IDeclarationExpressionOperation declared ? declared.Expression : deconstruction.Target;
        IOperation value = deconstruction.Value;
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        var writes = new List<(IOperation Target, Value? Place, IOperation? Value)>();
        GatherTargets(target, value, writes);
        if (value is not ITupleOperation)
        {
            Evaluate(value);
        }

        // Targets are evaluated first, then all values, then everything is written.
        List<Value?> values = writes.Select(write => write.Value is null ? null : Evaluate(write.Value)).ToList();
        for (int i = 0; i < values.Count; i++)
        {
            IOperation to = writes[i].Target;
            Write(to, writes[i].Place, values[i] is null or Place or Lost ? OfType(to.Syntax, to.Type) : values[i]);
        }

        return null;
    }

    private void GatherTargets(IOperation target, IOperation? value, List<(IOperation Target, Value? Place, IOperation? Value)> writes)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
        {
            value = conversion.Operand;
        }

        if (target is not ITupleOperation tuple)
        {
            writes.Add((target, EvaluateTarget(target), value));
            return;
        }

        var values = value as ITupleOperation;
        for (int i = 0; i < tuple.Elements.Length; i++)
        {
            GatherTargets(tuple.Elements[i], values is not null && i < values.Elements.Length ? values.Elements[i] : null, writes);
        }
    }

    /// <summary>Evaluates what an assignment needs of its target before the value: not what is there.</summary>
    private Value? EvaluateTarget(IOperation target) => target switch
    {
        ILocalReferenceOperation { Local.IsRef: false } or IDiscardOperation => null,
        IParameterReferenceOperation { Parameter.RefKind: RefKind.None } => null,
        IPropertyReferenceOperation { Property: { ReturnsByRef: false, ReturnsByRefReadonly: false } } property => SetterInstance(property),
        IDeclarationExpressionOperation declaration => EvaluateTarget(declaration.Expression),
        _ => Evaluate(target),
    };

    /// <summary>Evaluates what is read and written: of a struct page's property the struct page.</summary>
    private Value? EvaluateBoth(IOperation target) =>
        target is IPropertyReferenceOperation { Property: { ReturnsByRef: false, ReturnsByRefReadonly: false } } && EvaluateTarget(target) is { } instance
            ? instance
            : Evaluate(target);

    // Of a property that is set: the instance, if it is a struct page, else nothing.
    private Value? SetterInstance(IPropertyReferenceOperation property)
    {
        Value? instance = property.Instance is null ? null : Evaluate(property.Instance);
        foreach (IArgumentOperation argument in property.Arguments)
        {
            Evaluate(argument.Value);
        }

        return instance is Place or Lost && property.Property.ContainingType is { IsValueType: true } ? instance : null;
    }

    /// <summary>A reference is made to lead elsewhere.</summary>
    private void Bind(IOperation target, Value? value)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                Value bound = value is Place or Lost ? value : Elsewhere.Value;
                Store(local.Local, bound is Place place && local.Local.RefKind is RefKind.RefReadOnly ? place with { IsReadOnly = true } : bound);
                break;
            case IParameterReferenceOperation parameter:
                Store(parameter.Parameter, value is Place or Lost ? value : Elsewhere.Value);
                break;
            case IDeclarationExpressionOperation declaration:
                Bind(declaration.Expression, value);
                break;
            case IFlowCaptureReferenceOperation capture when _captured.TryGetValue(capture.Id, out IOperation? captured) && captured is not null:
                Bind(captured, value);
                break;
            default:
                break;
        }
    }

    /// <summary>Writes a value to a target that was evaluated before.</summary>
    /// <returns>The value.</returns>
    private Value? Write(IOperation target, Value? place, Value? value)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration:
                return Write(declaration.Expression, place, value);
            case IFlowCaptureReferenceOperation capture
                when place is not (Place or Lost) && _captured.TryGetValue(capture.Id, out IOperation? captured) && captured is not null:
                return Write(captured, place, value);
            case ILocalReferenceOperation { Local.IsRef: false } local:
                Store(local.Local, value);
                return value;
            case IParameterReferenceOperation { Parameter.RefKind: RefKind.None } parameter:
                Store(parameter.Parameter, value);
                return value;
            case IPropertyReferenceOperation { Property: { ReturnsByRef: false, ReturnsByRefReadonly: false } } property:
                Set(property, place, value);
                return value;
            default:
                break;
        }

        if (place is Place or Lost)
        {
            Record(AccessKind.Write, place, target);
        }
        else if (target is IFieldReferenceOperation field)
        {
            StoreMember(field.Field.CorrespondingTupleField ?? field.Field, Path(field), value);
        }
        else if (target is ILocalReferenceOperation local)
        {
            // A reference to a variable that is not followed, unless it is somebody else's.
            _state.Forget(MethodShape.MayBeReferredTo);
            Store(local.Local, place);
        }
        else if (target is IParameterReferenceOperation parameter)
        {
            Store(parameter.Parameter, value);
        }

        return value;
    }

    private void Set(IPropertyReferenceOperation property, Value? instance, Value? value)
    {
        bool isReadOnly = property.Property.SetMethod is null or { IsReadOnly: true };
        if (instance is Place or Lost && !isReadOnly)
        {
            Record(instance is Place { IsReadOnly: true } ? AccessKind.WriteCopy : AccessKind.Write, instance, property);
        }
        else if (instance is null && IsAutomatic(property.Property))
        {
            StoreMember(property.Property, AccessPath.Of(property.Instance, property.Property), value is Handle ? value : null);
        }
        else if (instance is null && property.Property.SetMethod is { } setter && !IsHarmless(setter))
        {
            Reset();
        }
    }

    // A property that only keeps what it is given.
    private static bool IsAutomatic(IPropertySymbol property)
    {
        foreach (ISymbol member in property.ContainingType.GetMembers())
        {
            if (member is IFieldSymbol { AssociatedSymbol: IPropertySymbol of } && SymbolEqualityComparer.Default.Equals(of, property))
            {
                return true;
            }
        }

        return false;
    }
}

using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.Analyzers.Flow;

/// <summary>What an operation does to what is known, in the order in which the code runs; and the accesses that it is.</summary>
internal sealed partial class Transfer
{
    private readonly MarkReader _marks;
    private readonly MethodShape _shape;
    private readonly IMethodSymbol? _owner;
    private readonly PageIds _ids;
    private readonly Dictionary<CaptureId, IOperation?> _captured;
    private readonly List<(IOperation Operation, Value Value, int Moment)> _operands = new();
    private readonly Dictionary<ISymbol, TailBounds> _bounds = new(SymbolEqualityComparer.Default);
    private FlowState _state = new();
    private Action<TailAccess>? _record;

    // Whether operands are looked at again after they were evaluated: those of conditions, of indexes, and of what is asserted.
    private bool _remembers;

    // Counts what was written: an operand that was read before tells nothing of what is there afterwards.
    private int _writes;

    public Transfer(MarkReader marks, MethodShape shape, IMethodSymbol? owner, PageIds ids, Dictionary<CaptureId, IOperation?> captured)
    {
        _marks = marks;
        _shape = shape;
        _owner = owner;
        _ids = ids;
        _captured = captured;
    }

    /// <summary>Runs a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="state">What is known before it; changed to what is known after it.</param>
    /// <param name="record">Takes the accesses; null while the flow has not come to rest.</param>
    public void Run(BasicBlock block, FlowState state, Action<TailAccess>? record)
    {
        _state = state;
        _record = record;
        _operands.Clear();
        foreach (IOperation operation in block.Operations)
        {
            Evaluate(operation);
        }

        if (block.BranchValue is { } value)
        {
            _remembers = true;
            Evaluate(value);
            _remembers = false;
        }
    }

    /// <summary>Evaluates an operation.</summary>
    /// <returns>What is known of its value; for what denotes a struct page, the place. Null if nothing is known.</returns>
    private Value? Evaluate(IOperation operation)
    {
        Optional<object?> constant = operation.ConstantValue;
        if (constant.HasValue && constant.Value is bool truth)
        {
            return new Truth(truth);
        }

        return Remember(operation, constant.HasValue && Constants.TryInteger(constant.Value, out long integer)
            ? new Number(Interval.Of(integer))
            : EvaluateKind(operation));
    }

    private Value? EvaluateKind(IOperation operation) => operation.Kind switch
    {
        OperationKind.LocalReference => ((ILocalReferenceOperation)operation).Local is var local ? Load(local, local.Type) : null,
        OperationKind.ParameterReference => ((IParameterReferenceOperation)operation).Parameter is var parameter ? Load(parameter, parameter.Type) : null,
        OperationKind.FlowCaptureReference => Captured((IFlowCaptureReferenceOperation)operation),
        OperationKind.FlowCapture => Capture((IFlowCaptureOperation)operation),
        OperationKind.InstanceReference => Instance((IInstanceReferenceOperation)operation),
        OperationKind.FieldReference => Field((IFieldReferenceOperation)operation),
        OperationKind.PropertyReference => Property((IPropertyReferenceOperation)operation),
        OperationKind.Invocation => Call((IInvocationOperation)operation),
        OperationKind.ObjectCreation => Creation((IObjectCreationOperation)operation),
        OperationKind.SimpleAssignment => Assignment((ISimpleAssignmentOperation)operation),
        OperationKind.CompoundAssignment => Compound((ICompoundAssignmentOperation)operation),
        OperationKind.Increment or OperationKind.Decrement => Step((IIncrementOrDecrementOperation)operation),
        OperationKind.DeconstructionAssignment => Deconstruction((IDeconstructionAssignmentOperation)operation),
        OperationKind.Conversion => Conversion((IConversionOperation)operation),
        OperationKind.Binary => Binary((IBinaryOperation)operation),
        OperationKind.Unary => Unary((IUnaryOperation)operation),
        OperationKind.AddressOf => AddressOf((IAddressOfOperation)operation),
        OperationKind.ArrayElementReference => Element((IArrayElementReferenceOperation)operation),
        OperationKind.ImplicitIndexerReference => ImplicitIndexer((IImplicitIndexerReferenceOperation)operation),
        OperationKind.InlineArrayAccess => InlineElement((IInlineArrayAccessOperation)operation),
        OperationKind.FunctionPointerInvocation => PointerCall((IFunctionPointerInvocationOperation)operation),
        OperationKind.YieldReturn or OperationKind.Await or OperationKind.DelegateCreation or OperationKind.FlowAnonymousFunction
            or OperationKind.DynamicInvocation or OperationKind.EventAssignment => Opaque(operation),
        OperationKind.DefaultValue when operation is { IsImplicit: true, Type.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => Absent.Value,
        OperationKind.DeclarationExpression => Evaluate(((IDeclarationExpressionOperation)operation).Expression),
        OperationKind.ExpressionStatement => Evaluate(((IExpressionStatementOperation)operation).Operation),
        OperationKind.None => Pointer(operation),
        _ => Children(operation),
    };

    private Value? Captured(IFlowCaptureReferenceOperation capture) => _state[capture.Id] is { } value && !(value is Place && IsCopy(capture.Syntax)) ? value : null;

    private Value? Children(IOperation operation)
    {
        foreach (IOperation child in operation.ChildOperations)
        {
            Evaluate(child);
        }

        return OfType(operation, operation.Type);
    }

    /// <summary>What is known of any value of a type: numbers keep to it, and a handle is some huge page.</summary>
    private Value? OfType(object site, ITypeSymbol? type)
    {
        if (TypeRanges.TryOfIncoming(type, _marks, out Interval range))
        {
            return new Number(range);
        }

        return _marks.IsHandle(type) ? Appear(site, type!) : null;
    }

    private Handle Appear(object site, ITypeSymbol type)
    {
        Handle handle = _state.Appear(_ids, site);
        if (_marks.SourceOf(type) is { } source)
        {
            _ids.SetTail(handle.Id, BoundsOf(source, hasStates: true));
        }

        return handle;
    }

    /// <summary>The field as a variable; null if it cannot be followed.</summary>
    private object? Path(IFieldReferenceOperation field)
    {
        IFieldSymbol symbol = field.Field.CorrespondingTupleField ?? field.Field;
        object? path = _shape.IsUnfollowed(symbol) ? null : AccessPath.Of(field.Instance, symbol);
        return path is AccessPath { Variable: var variable } && _shape.IsUnfollowed(variable) ? null : path;
    }

    /// <summary>A field or property of anything gets a value.</summary>
    private void StoreMember(ISymbol member, object? path, Value? value)
    {
        _state.ForgetMember(member);
        _state.Forget(static key => key is IParameterSymbol { RefKind: not RefKind.None });
        if (path is not null)
        {
            _state[path] = value;
        }

        _writes++;
    }

    /// <summary>The value of a variable, or of a path from one.</summary>
    private Value? Load(object variable, ITypeSymbol? type)
    {
        if (variable is ISymbol symbol && _shape.IsUnfollowed(symbol))
        {
            return OfType((variable, "unfollowed"), type);
        }

        if (_state[variable] is { } known)
        {
            // A reference to a variable: of a number or a handle nothing is known but the type.
            if (known is Elsewhere)
            {
                return OfType((variable, known), type) ?? known;
            }

            return known is Number number && TypeRanges.TryOf(type, out Interval range)
                ? number with { Range = number.Range.Intersect(range) }
                : known;
        }

        // Of an enum of sub-page indexes a method's own variables may hold more than it declares.
        ISymbol member = variable is AccessPath path ? path.Member : (ISymbol)variable;
        if (TypeRanges.TryOf(type, out Interval all) && (member is not IFieldSymbol || _shape.IsWritten(member)))
        {
            return new Number(all);
        }

        Value? fresh = OfType(variable, type);
        if (fresh is Handle)
        {
            _state[variable] = fresh;
        }

        return fresh;
    }

    private void Store(ISymbol symbol, Value? value)
    {
        if (symbol is IParameterSymbol { RefKind: not RefKind.None })
        {
            // Whose variable it is, nobody knows: another reference's, or a field.
            _state.Forget(MethodShape.MayBeReferredTo);
        }

        _state[symbol] = _shape.IsUnfollowed(symbol) ? null : value;
        _state.ForgetPathsOf(symbol);
        _writes++;
    }

    /// <summary>Forgets variables that are assigned somewhere, and the states of huge pages.</summary>
    public void ForgetAssigned(FlowState state, HashSet<object> assigned) => state.Reset(key => assigned.Contains(key) || IsShared(key));

    private Value? Capture(IFlowCaptureOperation capture)
    {
        Value? value = Evaluate(capture.Value);
        _state[capture.Id] = value;
        _state[new LinkKey(capture.Id)] = value is Number && Variable(capture.Value) is { } variable ? new Link(variable) : null;
        return value;
    }

    // "c ? a : b" without ref is a copy of one of the two, and "a with { … }" changes a copy.
    private static bool IsCopy(SyntaxNode syntax) =>
        syntax is ConditionalExpressionSyntax { WhenTrue: not RefExpressionSyntax } or SwitchExpressionSyntax or WithExpressionSyntax
        || syntax.Parent is WithExpressionSyntax with && with.Expression == syntax;

    // An array inside a struct page.
    private Value? InlineElement(IInlineArrayAccessOperation element)
    {
        Value? instance = Evaluate(element.Instance);
        Evaluate(element.Argument);
        return instance is Place or Lost ? instance : OfType(element.Syntax, element.Type);
    }

    private Value? Instance(IInstanceReferenceOperation instance)
    {
        if (instance.ReferenceKind != InstanceReferenceKind.ContainingTypeInstance || !_marks.IsHandle(instance.Type))
        {
            return null;
        }

        object site = (object?)instance.Type ?? instance.Syntax;
        if (_state[site] is { } known)
        {
            return known;
        }

        return _state[site] = Appear(site, instance.Type!);
    }

    private Value? Field(IFieldReferenceOperation field)
    {
        Value? instance = field.Instance is null ? null : Evaluate(field.Instance);
        if (instance is Place or Lost && field.Field.ContainingType is { IsValueType: true })
        {
            return instance;
        }

        if (Marked(field.Field, field, instance, index: null) is { } source)
        {
            return source;
        }

        return field.Field.IsConst || Path(field) is not { } path ? OfType(field.Syntax, field.Type) : Load(path, field.Type);
    }

    private Value? Conversion(IConversionOperation conversion)
    {
        Value? value = Evaluate(conversion.Operand);
        switch (value)
        {
            case Number number when TypeRanges.TryOf(conversion.Type, out Interval range):
                // A count of struct pages fits 32 bits: 2^22 at most (16G pages of 4K).
                return range.Contains(number.Range) ? number
                    : range.High >= int.MaxValue && !number.Bound.IsEmpty ? number with { Range = number.Range.Intersect(range).Intersect(Interval.NotNegative) }
                    : new Number(range);
            case Handle when conversion.OperatorMethod is null:
                return value;
            case PageRange pages when conversion.OperatorMethod is { Name: "op_Implicit", ContainingType: { } type } && IsSpan(type):
                return pages with { IsReadOnly = pages.IsReadOnly || type.Name == "ReadOnlySpan" };
            case PageRange pages when conversion.Type is INamedTypeSymbol named && IsSpan(named):
                return pages with { IsReadOnly = pages.IsReadOnly || named.Name == "ReadOnlySpan" };
            case PageRange pages when conversion.Type is IPointerTypeSymbol to && ElementOf(conversion.Operand.Type) is { } from:
                if (SymbolEqualityComparer.Default.Equals(to.PointedAtType, from) || from.SpecialType == SpecialType.System_Void)
                {
                    return value;
                }

                if (conversion.Parent is IBinaryOperation)
                {
                    return value;
                }

                Record(AccessKind.RemoveReadOnly, pages, conversion, isWhole: false);
                return Lost.Track;
            case PageRange when conversion.Type is { SpecialType: SpecialType.System_Array }:
                return value;
            case Place or PageRange or Lost:
                return conversion.Operand.Type is { } same && SymbolEqualityComparer.Default.Equals(same, conversion.Type)
                    ? value
                    : OfType(conversion.Syntax, conversion.Type);
            case Outcome or Absent when conversion.OperatorMethod is null && !IsInteger(conversion.Type):
                return value;
            default:
                return OfType(conversion.Syntax, conversion.Type);
        }
    }

    private bool IsInteger(ITypeSymbol? type) => type is not { TypeKind: TypeKind.Enum } && TypeRanges.TryOf(type, out _);

    private Value? Binary(IBinaryOperation binary)
    {
        Value? left = Evaluate(binary.LeftOperand);
        Value? right = Evaluate(binary.RightOperand);
        if (binary.OperatorMethod is null && left is Number a && right is Number b && TypeRanges.TryOf(binary.Type, out Interval range))
        {
            return Arithmetic.Binary(binary.OperatorKind, a, b, range, binary.IsChecked);
        }

        if (binary.Type is IPointerTypeSymbol && (left as PageRange ?? right as PageRange) is { } pages && (left as Number ?? right as Number) is { } by)
        {
            return PointerMoved(binary, pages, binary.OperatorKind == BinaryOperatorKind.Subtract ? by.Range.Negated() : by.Range);
        }

        if (binary.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals && left is Outcome told
            && binary.RightOperand.ConstantValue is { HasValue: true, Value: bool flag })
        {
            return flag == (binary.OperatorKind == BinaryOperatorKind.Equals) ? told : Negated(told);
        }

        return OfType(binary.Syntax, binary.Type);
    }

    private static Outcome Negated(Outcome told) => told with { OnSuccess = told.OnFailure, OnFailure = told.OnSuccess };

    private Value? Unary(IUnaryOperation unary)
    {
        Value? value = Evaluate(unary.Operand);
        if (value is Outcome told && unary.OperatorKind == UnaryOperatorKind.Not && unary.OperatorMethod is null)
        {
            return Negated(told);
        }

        return value is Number number && unary.OperatorMethod is null && TypeRanges.TryOf(unary.Type, out Interval range)
            ? unary.OperatorKind switch
            {
                UnaryOperatorKind.Minus => new Number(Arithmetic.Fitted(number.Range.Negated(), range)),
                UnaryOperatorKind.Plus => number,
                UnaryOperatorKind.BitwiseNegation when range.Low < 0 => new Number(Arithmetic.Fitted(number.Range.Negated().Plus(Interval.Of(-1)), range)),
                _ => new Number(range),
            }
            : OfType(unary.Syntax, unary.Type);
    }

    private Value? Opaque(IOperation operation)
    {
        Children(operation);
        Reset();
        return OfType(operation, operation.Type);
    }

    private void Reset() => _state.Reset(IsShared);

    private bool IsShared(object key) => _shape.IsShared(key, _owner);

    // Conditions are looked at again when a branch is taken.
    private Value? Remember(IOperation operation, Value? value)
    {
        if (_remembers && value is (Number or Outcome or Handle or PageRange or View))
        {
            _operands.Add((operation, value, Moment));
        }

        return value;
    }

    private int Moment => _writes + _state.Changes;

    /// <summary>The value of an operand, if nothing was written since.</summary>
    private Value? Operand(IOperation operation) => Remembered(operation) is var (value, moment) && moment == Moment ? value : null;

    // A condition has few operands: a search among them is faster than to ask each for its hash.
    private (Value? Value, int Moment) Remembered(IOperation operation)
    {
        for (int i = _operands.Count - 1; i >= 0; i--)
        {
            if (_operands[i].Operation == operation)
            {
                return (_operands[i].Value, _operands[i].Moment);
            }
        }

        return default;
    }

    /// <summary>Evaluates what is looked at again.</summary>
    private Value? EvaluateToRemember(IOperation operation)
    {
        bool before = _remembers;
        _remembers = true;
        Value? value = Evaluate(operation);
        _remembers = before;
        return value;
    }

    private static bool IsSpan(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Arity: 1, Name: "Span" or "ReadOnlySpan", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static ITypeSymbol? ElementOf(ITypeSymbol? type) => type switch
    {
        IPointerTypeSymbol pointer => pointer.PointedAtType,
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { Arity: 1 } named => named.TypeArguments[0],
        _ => null,
    };

    private TailBounds BoundsOf(ISymbol source, bool hasStates)
    {
        if (!_bounds.TryGetValue(source, out TailBounds bounds))
        {
            bounds = TailBoundsReader.Read(_marks.Of(source).Tail!, source, hasStates);
            _bounds.Add(source, bounds);
        }

        return bounds;
    }
}

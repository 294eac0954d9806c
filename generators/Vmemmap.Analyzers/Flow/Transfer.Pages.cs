using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Huge pages: what is taken from them, and what their marked members tell and do.</summary>
internal sealed partial class Transfer
{
    private const PageStates AfterScope = PageStates.Fresh | PageStates.Optimized | PageStates.Restored;

    /// <summary>What a marked member hands out; null if it is not marked.</summary>
    private Value? Marked(ISymbol member, IOperation operation, Value? instance, Arguments? index)
    {
        MemberMarks marks = _marks.Of(member);
        if (marks.Tail is null)
        {
            return null;
        }

        int page = instance switch
        {
            Handle handle => handle.Id,
            View view => view.Id,
            _ when !member.IsStatic && _marks.IsHandle(member.ContainingType) => Appear(operation.Syntax, member.ContainingType).Id,
            _ => index?.OnlyPage ?? (HandleOf(member) is { } handleType ? Appear(operation.Syntax, handleType).Id : PageIds.Marked),
        };
        var origin = new Origin(page, BoundsOf(member, page != PageIds.Marked), member, operation.Syntax);
        (ITypeSymbol type, RefKind refKind) = member switch
        {
            IMethodSymbol method => (method.ReturnType, method.RefKind),
            IPropertySymbol property => (property.Type, property.RefKind),
            IFieldSymbol field => (field.Type, field.RefKind),
            _ => (operation.Type!, RefKind.None),
        };
        return refKind != RefKind.None
            ? new Place(origin, index?.IndexOf(marks.Tail, _marks) ?? new Number(Interval.NotNegative), refKind == RefKind.RefReadOnly)
            : Range(origin, type);
    }

    // The type of a parameter that is a handle: the member belongs to some huge page.
    private ITypeSymbol? HandleOf(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters.FirstOrDefault(p => _marks.IsHandle(p.Type))?.Type,
        IPropertySymbol property => property.Parameters.FirstOrDefault(p => _marks.IsHandle(p.Type))?.Type,
        _ => null,
    };

    /// <summary>The struct pages of a span, array or pointer from the head on; null if the type is none of these.</summary>
    private static PageRange? Range(Origin origin, ITypeSymbol type) => type is IPointerTypeSymbol or IArrayTypeSymbol || IsSpan(type)
        ? new PageRange(origin, Interval.Of(0), type is IPointerTypeSymbol ? Interval.NotNegative : new Interval(0, int.MaxValue), type.Name == "ReadOnlySpan")
        : null;

    /// <summary>What a method's parameters hold when it begins, as far as they are marked.</summary>
    public FlowState Incoming(IMethodSymbol? method)
    {
        var incoming = new FlowState();
        if (method is null)
        {
            return incoming;
        }

        _state = incoming;
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            incoming[parameter] = Incoming(parameter)
                ?? (_marks.TrySubpageIndexes(parameter.Type, out Interval declared) ? new Number(declared) : null);
            if (_marks.Of(method).ParameterAt(parameter.Ordinal).IsRestoredOnly && _marks.IsHandle(parameter.Type))
            {
                Handle restored = Appear(parameter, parameter.Type);
                incoming[parameter] = restored;
                incoming.Learn(restored.Id, PageStates.Fresh | PageStates.Restored);
            }
        }

        return incoming;
    }

    private Value? Incoming(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not { } method || (_marks.Of(method).ParameterAt(parameter.Ordinal).Tail ?? _marks.TailOf(parameter)) is not { } mark)
        {
            return null;
        }

        var origin = new Origin(PageIds.Marked, TailBoundsReader.Read(mark, method, hasStates: false), parameter, null);
        return parameter.RefKind != RefKind.None
            ? new Place(origin, new Number(Interval.Of(0)), parameter.RefKind is RefKind.In or RefKind.RefReadOnlyParameter)
            : Range(origin, parameter.Type);
    }

    private Value? Property(IPropertyReferenceOperation property)
    {
        Value? instance = property.Instance is null ? null : Evaluate(property.Instance);
        var arguments = Arguments.Of(property.Arguments, Evaluate);
        IPropertySymbol symbol = property.Property;
        MemberMarks marks = _marks.Of(symbol);
        int page = instance is Handle or View ? ValuePages.Of(instance) : PageIds.None;
        if (page > PageIds.Marked && (marks.Tail is not null || marks.IsRestoredOnly || (instance is Handle && symbol.Type.IsRefLikeType)))
        {
            RecordPage(AccessKind.UsePage, page, property, property.Instance!.Syntax);
        }

        // A scope that has not ended keeps its huge page from all others; only where it never began is it optimized for certain.
        bool isInScope = instance is View { IsScope: true, IsStale: false } && _state.StatesOf(page) != PageStates.Optimized;
        if (page > PageIds.Marked && marks.IsRestoredOnly && !isInScope)
        {
            RecordPage(AccessKind.UseRestored, page, property, property.Instance!.Syntax);
        }

        if (Marked(symbol, property, instance, arguments) is { } source)
        {
            return source;
        }

        switch (instance)
        {
            case Handle or View { IsStale: false } when marks.IsWritableCount:
                return new Number(Interval.NotNegative, AtMost: PageSet.Of(page));
            case Handle handle when marks.State != PageStates.None:
                PageStates states = _state.StatesOf(handle.Id);
                return new Outcome(handle.Id, states & marks.State, states & ~marks.State & ~PageStates.Unsaid, IsChange: false);
            case View view when symbol.RefKind != RefKind.None:
                PageSet below = view.IsStale ? default : PageSet.Of(view.Id);
                var index = new Number(arguments.NumberAt(0, Interval.NotNegative), Below: below);
                return new Place(OfView(view, symbol, property), index, symbol.RefKind == RefKind.RefReadOnly);
            case Handle handle when symbol.Type is { IsValueType: true, SpecialType: SpecialType.None, TypeKind: TypeKind.Struct }:
                return new View(handle.Id, IsScope: false);
            case PageRange range when SpanProperty(property, range, arguments) is { } known:
                return known;
            case Place or Lost when symbol.ContainingType is { IsValueType: true }:
                return StructProperty(property, instance);
            default:
                return symbol is { Name: "Length" or "Count", Type.SpecialType: SpecialType.System_Int32 } && IsSystem(symbol.ContainingType)
                    ? new Number(new Interval(0, int.MaxValue))
                    : Steady(property);
        }
    }

    // It may be written as it comes; kept over a change of state, it is judged like any other.
    // That a scope has ended is told where it is used.
    private Origin OfView(View view, ISymbol member, IOperation operation) => new(
        view.Id,
        _ids.TailOf(view.Id),
        member,
        operation.Syntax,
        IsTold: view.IsScope && Judgement.OfRestoredOnly(_state.StatesOf(view.Id)) is Verdict.May or Verdict.Must,
        IsScoped: view is { IsScope: true, IsStale: false });

    // A reference that a struct page hands out leads into it; a getter that is not readonly may write.
    private Value? StructProperty(IPropertyReferenceOperation property, Value instance)
    {
        if (property.Property.GetMethod is { IsReadOnly: false } && !property.Property.ContainingType.IsReadOnly)
        {
            Record(instance is Place { IsReadOnly: true } ? AccessKind.WriteCopy : AccessKind.Write, instance, property);
        }

        return property.Property.RefKind != RefKind.None ? instance : OfType(property.Syntax, property.Type);
    }

    // A property that keeps what it holds until somebody writes: two reads give one huge page.
    private Value? Steady(IPropertyReferenceOperation property)
    {
        if (!_marks.IsHandle(property.Type) || !IsAutomatic(property.Property) || AccessPath.Of(property.Instance, property.Property) is not { } path)
        {
            return OfType(property.Syntax, property.Type);
        }

        return _state[path] is { } known ? known : _state[path] = Appear(path, property.Type!);
    }

    /// <summary>What marked methods do to the huge pages they get, checks first.</summary>
    /// <returns>The result; null if the method has no such mark.</returns>
    private Value? Transition(IInvocationOperation call, Value? instance, Arguments arguments, MemberMarks marks)
    {
        IMethodSymbol method = call.TargetMethod;
        int page = instance is Handle or View ? ValuePages.Of(instance) : PageIds.None;
        if (page > PageIds.Marked && (marks.Tail is not null || marks.IsRestoredOnly || marks.State != PageStates.None))
        {
            RecordPage(AccessKind.UsePage, page, call, call.Instance!.Syntax);
        }

        if (page > PageIds.Marked && marks.IsRestoredOnly)
        {
            RecordPage(AccessKind.UseRestored, page, call, call.Instance!.Syntax);
        }

        Value? result = null;
        if (marks.State != PageStates.None && method.MethodKind == MethodKind.Ordinary)
        {
            result = Change(call, page, marks.State);
        }

        foreach (IArgumentOperation argument in call.Arguments)
        {
            ParameterMarks parameter = argument.Parameter is null ? default : marks.ParameterAt(argument.Parameter.Ordinal);
            int given = arguments[argument] is Handle handle ? handle.Id : PageIds.None;
            if (given > PageIds.Marked && (parameter.HasAny || !IsSystem(method.ContainingType)))
            {
                RecordPage(AccessKind.UsePage, given, argument.Value, argument.Value.Syntax);
            }

            if (given > PageIds.Marked && parameter.IsRestoredOnly)
            {
                RecordPage(AccessKind.UseRestored, given, argument.Value, argument.Value.Syntax, method.Name);
            }

            if (parameter.State != PageStates.None)
            {
                result = Change(call, given, parameter.State);
            }
        }

        return result;
    }

    // The method brings a huge page into a state: always, or where it says so.
    private Value Change(IInvocationOperation call, int page, PageStates to)
    {
        PageStates before = page > PageIds.Marked ? _state.StatesOf(page) : PageStates.Full;
        ITypeSymbol returned = call.TargetMethod.ReturnType;
        bool tells = returned.SpecialType == SpecialType.System_Boolean || returned.TypeKind == TypeKind.Enum;
        _state.Change(page, tells ? before | to : to);
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.Out } parameter && HasDispose(parameter.Type))
            {
                Assigned(argument.Value, new View(page, IsScope: true));
            }
        }

        return tells ? new Outcome(page, to, before, IsChange: true) : new View(page, HasDispose(returned));
    }

    private static bool HasDispose(ITypeSymbol type) =>
        type.GetMembers("Dispose").Any(m => m is IMethodSymbol { Parameters.Length: 0 })
        || type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_IDisposable);

    /// <summary>A variable gets a value in another way than by an assignment.</summary>
    private void Assigned(IOperation target, Value? value)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration:
                Assigned(declaration.Expression, value);
                break;
            case ILocalReferenceOperation local:
                Store(local.Local, value);
                break;
            case IParameterReferenceOperation parameter:
                Store(parameter.Parameter, value);
                break;
            case IFieldReferenceOperation field:
                StoreMember(field.Field.CorrespondingTupleField ?? field.Field, Path(field), value);
                break;
            case IFlowCaptureReferenceOperation capture when _captured.TryGetValue(capture.Id, out IOperation? captured) && captured is not null:
                Assigned(captured, value);
                break;
            default:
                break;
        }
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Ways around what the compiler watches: pointers, Unsafe, MemoryMarshal.</summary>
internal sealed partial class Transfer
{
    private static readonly Interval One = Interval.Of(1);

    private bool UnsafeCall(IInvocationOperation call, Arguments arguments, out Value? result)
    {
        result = null;
        Value? first = arguments.At(0);
        string name = call.TargetMethod.Name;
        switch (first)
        {
            case Lost:
                result = call.Type is { SpecialType: SpecialType.System_Void } ? null : Lost.Track;
                return true;
            case PageRange pointer when name == "AsRef":
                result = new Place(pointer.Origin, new Number(pointer.First), IsReadOnly: false);
                return true;
            case Place place:
                return UnsafePlace(call, place, arguments, out result);
            default:
                return false;
        }
    }

    private bool UnsafePlace(IInvocationOperation call, Place place, Arguments arguments, out Value? result)
    {
        string name = call.TargetMethod.Name;
        result = null;
        switch (name)
        {
            case "AsRef":
                result = Taken(call, place with { IsReadOnly = false });
                return true;
            case "Add" or "Subtract":
                Interval by = arguments.NumberAt(1, Interval.All);
                bool isSameSize = call.TargetMethod.TypeArguments is { Length: 1 } types && IsStructPage(types[0], place);
                result = isSameSize
                    ? Taken(call, place with { Index = new Number(place.Index.Range.Plus(name == "Add" ? by : by.Negated())) })
                    : Taken(call, place with { Index = new Number(Interval.NotNegative) });
                return true;
            case "AddByteOffset" or "SubtractByteOffset":
                result = Taken(call, place with { Index = new Number(Interval.NotNegative) });
                return true;
            case "As":
                result = place;
                return true;
            case "AsPointer":
                Record(AccessKind.RemoveReadOnly, place, call);
                result = new PageRange(Told(place.Origin), place.Index.Range, Interval.NotNegative, IsReadOnly: false);
                return true;
            case "AreSame" or "IsNullRef" or "ByteOffset" or "IsAddressLessThan" or "IsAddressGreaterThan" or "Read" or "ReadUnaligned" or "SizeOf":
                result = OfType(call.Syntax, call.Type);
                return true;
            case "Write" or "WriteUnaligned" or "CopyBlock" or "CopyBlockUnaligned" or "InitBlock" or "InitBlockUnaligned" or "Copy":
                Record(AccessKind.Write, place with { IsReadOnly = false }, call);
                return true;
            default:
                return false;
        }
    }

    // Unsafe.As<X>(ref page) first, and the steps are X's.
    private static bool IsStructPage(ITypeSymbol type, Place place) => place.Origin.Source switch
    {
        IMethodSymbol method => IsOrHas(method.ReturnType, type),
        IPropertySymbol property => IsOrHas(property.Type, type),
        IFieldSymbol field => IsOrHas(field.Type, type),
        IParameterSymbol parameter => IsOrHas(parameter.Type, type),
        _ => false,
    };

    private static bool IsOrHas(ITypeSymbol type, ITypeSymbol element) =>
        SymbolEqualityComparer.Default.Equals(type, element) || SymbolEqualityComparer.Default.Equals(ElementOf(type), element);

    // It is told here, and what is done with it later only if that is certain.
    private Place Taken(IOperation operation, Place place)
    {
        if (place.IsReadOnly)
        {
            return place;
        }

        Record(AccessKind.RemoveReadOnly, place, operation);
        return Judged(place) ? place with { Origin = Told(place.Origin) } : place;
    }

    private static Origin Told(Origin origin) => origin with { IsTold = true };

    private bool MarshalCall(IInvocationOperation call, Arguments arguments, out Value? result)
    {
        result = null;
        Value? first = arguments.At(0);
        switch (call.TargetMethod.Name)
        {
            case "CreateSpan" or "CreateReadOnlySpan" when first is Place place:
                bool isReadOnly = call.TargetMethod.Name == "CreateReadOnlySpan";
                var span = new PageRange(place.Origin, place.Index.Range, arguments.NumberAt(1, AnyLength).Intersect(AnyLength), isReadOnly);
                result = isReadOnly ? span : Taken(call, span);
                return true;
            case "GetReference" or "GetArrayDataReference" when first is PageRange range:
                result = Taken(call, new Place(range.Origin, new Number(range.First), IsReadOnly: false));
                return true;
            case "AsBytes" or "Cast" when first is PageRange { IsReadOnly: false } range:
                Record(AccessKind.RemoveReadOnly, range, call, isWhole: false);
                result = Lost.Track;
                return true;
            case "AsRef" when first is Place or PageRange or Lost:
                result = Lost.Track;
                return true;
            default:
                return false;
        }
    }

    private PageRange Taken(IOperation operation, PageRange range)
    {
        Record(AccessKind.RemoveReadOnly, range, operation, isWhole: false);
        return range with { Origin = Told(range.Origin) };
    }

    // new Span<StructPage>(pointer, 512), new Span<StructPage>(ref x).
    private bool SpanOf(IObjectCreationOperation creation, Arguments arguments, out Value? result)
    {
        result = null;
        if (creation.Type is not INamedTypeSymbol type || !IsSpan(type))
        {
            return false;
        }

        bool isReadOnly = type.Name == "ReadOnlySpan";
        switch (arguments.At(0))
        {
            case PageRange range when creation.Arguments.Length == 1:
                result = range with { IsReadOnly = isReadOnly };
                return true;
            case PageRange range when creation.Arguments.Length == 2:
                PageRange made = range with { Length = arguments.NumberAt(1, AnyLength).Intersect(AnyLength), IsReadOnly = isReadOnly };
                result = isReadOnly ? made : Taken(creation, made);
                return true;
            case PageRange range:
                result = Sliced(range, arguments.NumberAt(1, AnyLength).Intersect(AnyLength), arguments.NumberAt(2, AnyLength)) with { IsReadOnly = isReadOnly };
                return true;
            case Place place:
                var one = new PageRange(place.Origin, place.Index.Range, One, isReadOnly);
                result = isReadOnly ? one : Taken(creation, one);
                return true;
            default:
                return false;
        }
    }

    private Value? AddressOf(IAddressOfOperation address)
    {
        Value? value = Evaluate(address.Reference);
        switch (value)
        {
            case Place place:
                Record(AccessKind.RemoveReadOnly, place, address);
                Origin origin = Judged(place) ? Told(place.Origin) : place.Origin;
                return address.Reference is IFieldReferenceOperation
                    ? Lost.Track
                    : new PageRange(origin, place.Index.Range, Interval.NotNegative, IsReadOnly: false);
            case Lost:
                return value;
            default:
                return OfType(address.Syntax, address.Type);
        }
    }

    // Whether taking its address was told.
    private bool Judged(Place place) =>
        Judgement.OfPlace(place, _state.StatesOf(place.Origin.Page)) != Verdict.Safe;

    // *p, p->x, p[i]: operations that have no kind of their own.
    private Value? Pointer(IOperation operation)
    {
        Value? pointer = null;
        Value? index = null;
        int seen = 0;
        foreach (IOperation child in operation.ChildOperations)
        {
            Value? value = Evaluate(child);
            pointer = seen == 0 ? value : pointer;
            index = seen == 1 ? value : index;
            seen++;
        }

        if (pointer is Lost)
        {
            return pointer;
        }

        if (pointer is Place && operation.Syntax is ElementAccessExpressionSyntax)
        {
            // A fixed buffer in a struct page.
            return pointer;
        }

        if (pointer is not PageRange range)
        {
            return OfType(operation.Syntax, operation.Type);
        }

        if (operation.Type is IPointerTypeSymbol)
        {
            return range;
        }

        if (seen == 2 && operation.Syntax is ElementAccessExpressionSyntax)
        {
            return new Place(range.Origin, new Number(range.First.Plus((index as Number)?.Range ?? Interval.All)), IsReadOnly: false);
        }

        bool isDereferenced = seen == 1 && (operation.Syntax.IsKind(SyntaxKind.PointerIndirectionExpression)
            || operation.IsImplicit || operation.Syntax.Parent is MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression });
        return isDereferenced ? new Place(range.Origin, new Number(range.First), IsReadOnly: false) : null;
    }

    private Value PointerMoved(IOperation operation, PageRange pointer, Interval by)
    {
        PageRange moved = pointer with { First = pointer.First.Plus(by) };

        // What is reached at once is judged there; one past the last that may be written is where a loop ends.
        bool isUsedAtOnce = operation.Parent is { Kind: OperationKind.None, Type: not IPointerTypeSymbol };
        bool isPast = moved.First.Low >= moved.Origin.Tail.Lowest && moved.First != Interval.Of(moved.Origin.Tail.Lowest);
        if (isUsedAtOnce || !isPast)
        {
            return moved;
        }

        var place = new Place(moved.Origin, new Number(moved.First), IsReadOnly: false);
        Record(AccessKind.RemoveReadOnly, place, operation);
        return Judged(place) ? moved with { Origin = Told(moved.Origin) } : moved;
    }
}

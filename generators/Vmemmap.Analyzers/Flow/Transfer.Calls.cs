using System;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Calls: of marked members, of what the framework has for memory, and of everything else.</summary>
internal sealed partial class Transfer
{
    private Value? Call(IInvocationOperation call)
    {
        Value? instance = call.Instance is null ? null : Evaluate(call.Instance);
        IMethodSymbol method = call.TargetMethod;
        var arguments = Arguments.Of(call.Arguments, Asserts(method) ? EvaluateToRemember : Evaluate);
        MemberMarks marks = _marks.Of(method);
        if (instance is View { IsScope: true } scope && method is { Name: "Dispose", Parameters.Length: 0 })
        {
            _state.Change(scope.Id, AfterScope | (scope.Id > PageIds.Marked ? _state.StatesOf(scope.Id) & PageStates.Dissolved : PageStates.None));
            return null;
        }

        Value? transition = Transition(call, instance, arguments, marks);
        if (Marked(method, call, instance, arguments) is { } source)
        {
            return source;
        }

        if (transition is not null)
        {
            return transition;
        }

        if (Library(call, instance, arguments, out Value? known))
        {
            ForgetWritten(call.Arguments);
            return known;
        }

        if (instance is Outcome && method is { Name: "GetValueOrDefault", ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T })
        {
            return instance;
        }

        if (instance is View { Id: > PageIds.Marked } view && IsSpan(call.Type))
        {
            bool isReadOnly = call.Type!.Name == "ReadOnlySpan";
            int within = view.IsStale ? PageIds.None : view.Id;
            return new PageRange(OfView(view, method, call), Interval.NotNegative, AnyLength, isReadOnly, Within: within);
        }

        if (instance is Place or Lost && method.ContainingType is { IsValueType: true })
        {
            Mutate(call, instance);
        }

        LeaveToOthers(call.TargetMethod, call.Arguments, arguments);
        Asserted(call.Arguments);
        PassedWritable(call.Arguments, arguments);
        if ((!IsHarmless(method) && !IsOfTheFramework(call.Instance)) || TakesDelegate(method))
        {
            Reset();
        }

        ForgetWritten(call.Arguments);
        return OfType(call.Syntax, call.Type);
    }

    private Value? PointerCall(IFunctionPointerInvocationOperation call)
    {
        Evaluate(call.Target);
        var arguments = Arguments.Of(call.Arguments, Evaluate);
        PassedWritable(call.Arguments, arguments);
        Reset();
        ForgetWritten(call.Arguments);
        return OfType(call.Syntax, call.Type);
    }

    private Value? Creation(IObjectCreationOperation creation)
    {
        var arguments = Arguments.Of(creation.Arguments, Evaluate);
        if (SpanOf(creation, arguments, out Value? span))
        {
            return span;
        }

        PassedWritable(creation.Arguments, arguments);
        if (creation.Constructor is { } constructor && !IsHarmless(constructor) && !constructor.IsImplicitlyDeclared)
        {
            Reset();
        }

        ForgetWritten(creation.Arguments);
        return OfType(creation.Syntax, creation.Type);
    }

    // A method of a struct that is not readonly writes it, or a copy of it where it may not be written.
    private void Mutate(IInvocationOperation call, Value instance)
    {
        IMethodSymbol method = call.TargetMethod;
        if (!method.IsReadOnly && !method.ContainingType.IsReadOnly && !method.IsStatic)
        {
            Record(instance is Place { IsReadOnly: true } ? AccessKind.WriteCopy : AccessKind.Write, instance, call);
        }
    }

    // Judged by the signature; a marked parameter is judged inside the method.
    private void PassedWritable(ImmutableArray<IArgumentOperation> given, Arguments arguments)
    {
        foreach (IArgumentOperation argument in given)
        {
            if (argument.Parameter is not { } parameter || _marks.TailOf(parameter.OriginalDefinition) is not null)
            {
                continue;
            }

            Value? value = arguments[argument];
            bool isWritable = value switch
            {
                Place or Lost => parameter.RefKind is RefKind.Ref or RefKind.Out,
                PageRange range => !range.IsReadOnly && (parameter.RefKind != RefKind.None || parameter.Type.Name != "ReadOnlySpan"),
                _ => false,
            };
            if (isWritable)
            {
                if (value is PageRange range)
                {
                    Record(AccessKind.PassWritable, range, argument.Value, isWhole: false);
                }
                else
                {
                    Record(AccessKind.PassWritable, value, argument.Value);
                }
            }
        }
    }

    // Who comes back from it knows more of its arguments.
    private static bool Asserts(IMethodSymbol method)
    {
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.Type.SpecialType == SpecialType.System_Boolean)
            {
                return true;
            }
        }

        return method.ContainingType.Name == nameof(ArgumentOutOfRangeException);
    }

    // Debug.Assert(!page.IsOptimized): [DoesNotReturnIf(false)].
    private void Asserted(ImmutableArray<IArgumentOperation> given)
    {
        foreach (IArgumentOperation argument in given)
        {
            if (argument.Parameter is not { Type.SpecialType: SpecialType.System_Boolean } parameter)
            {
                continue;
            }

            foreach (AttributeData attribute in parameter.GetAttributes())
            {
                if (attribute is { AttributeClass.Name: "DoesNotReturnIfAttribute", ConstructorArguments: { Length: 1 } values } && values[0].Value is bool ends)
                {
                    Assume(argument.Value, !ends);
                }
            }
        }
    }

    // Assert.Equal(DissolveResult.InUse, pool.Dissolve(page)): who is given the result goes on only if it is as it should be.
    private void LeaveToOthers(IMethodSymbol method, ImmutableArray<IArgumentOperation> given, Arguments arguments)
    {
        foreach (IArgumentOperation argument in given)
        {
            if (!IsSystem(method.ContainingType) && arguments[argument] is Outcome { OnSuccess: PageStates.Dissolved } outcome
                && _state.StatesOf(outcome.Id) is not PageStates.Dissolved and var states)
            {
                _state.Learn(outcome.Id, (states & ~PageStates.Dissolved) | PageStates.Unsaid);
            }
        }
    }

    private void ForgetWritten(ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (IArgumentOperation argument in arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.Ref or RefKind.Out })
            {
                Assigned(argument.Value, argument.Value.Type is { } type ? OfType(argument.Value.Syntax, type) : null);
            }
        }
    }

    /// <summary>Whether a method cannot change the state of a huge page: a getter, the framework's, or one of a struct page.</summary>
    private static bool IsHarmless(IMethodSymbol method)
    {
        if (method.MethodKind is MethodKind.PropertyGet or MethodKind.UserDefinedOperator or MethodKind.Conversion or MethodKind.BuiltinOperator)
        {
            return true;
        }

        if (method.MethodKind is MethodKind.DelegateInvoke or MethodKind.LocalFunction or MethodKind.AnonymousFunction)
        {
            return false;
        }

        return (IsSystem(method.ContainingType) && !MayBeOthers(method))
            || (method.ContainingAssembly?.Name == "Vmemmap"
                && method.ContainingNamespace is { Name: "Vmemmap", ContainingNamespace.IsGlobalNamespace: true });
    }

    // using (new MemoryStream()): an interface's method, of a type that is known.
    private static bool IsOfTheFramework(IOperation? instance)
    {
        while (instance is IConversionOperation conversion)
        {
            instance = conversion.Operand;
        }

        return instance?.Type is { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false, SpecialType: not SpecialType.System_Object } type
            && IsSystem(type);
    }

    // An interface or a class of the framework that somebody else's code may stand behind: IDisposable, IProgress, Stream.
    private static bool MayBeOthers(IMethodSymbol method) => method.ContainingType switch
    {
        { TypeKind: TypeKind.Interface } => true,
        { IsValueType: true } or { IsSealed: true } or { SpecialType: SpecialType.System_Object } => false,
        _ => (method.IsVirtual || method.IsAbstract || method.IsOverride)
            && method.Name is not ("ToString" or "Equals" or "GetHashCode")
            && method.ContainingNamespace is not { Name: "IO" or "Text" },
    };

    private static bool TakesDelegate(IMethodSymbol method)
    {
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.Type.TypeKind == TypeKind.Delegate)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSystem(ITypeSymbol? type)
    {
        INamespaceSymbol? at = type?.ContainingNamespace;
        while (at is { ContainingNamespace.IsGlobalNamespace: false })
        {
            at = at.ContainingNamespace;
        }

        return at is { Name: "System", IsGlobalNamespace: false };
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Vmemmap.Api.Tests;

/// <summary>The declaration of a member, on one line.</summary>
internal static class MemberText
{
    private static readonly SymbolDisplayFormat Format = TypeText.Use
        .AddMemberOptions(
            SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeType
            | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeConstantValue)
        .AddGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeConstraints)
        .AddParameterOptions(
            SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeModifiers
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeExtensionThis);

    private static readonly SymbolDisplayFormat Invoke = Format
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeParameters)
        .WithGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeParameters);

    private static readonly SymbolDisplayFormat Event = Format.RemoveMemberOptions(SymbolDisplayMemberOptions.IncludeAccessibility);

    public static string Of(ISymbol member)
    {
        string attributes = string.Concat(AttributeText.Of(member.GetAttributes()).Select(a => a + " "));
        return attributes + OfInterface(member) + member switch
        {
            IPropertySymbol property => property.ToDisplayString(Format) + " " + Accessors(property) + Notes(property.Parameters, []),
            IMethodSymbol method => method.ToDisplayString(Format) + Notes(method.Parameters, AttributeText.Of(method.GetReturnTypeAttributes())),
            IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } field => $"{field.Name} = {field.ConstantValue}",
            IEventSymbol happening => Access(happening.DeclaredAccessibility) + "event " + happening.ToDisplayString(Event),
            _ => member.ToDisplayString(Format),
        };
    }

    // The compiler prints no modifiers of an interface's members, for most have none.
    private static string OfInterface(ISymbol member) =>
        member is { ContainingType.TypeKind: TypeKind.Interface, IsStatic: true }
            ? member.IsAbstract ? "static abstract " : member.IsVirtual ? "static virtual " : "static "
            : "";

    /// <summary>The signature of a delegate.</summary>
    public static string Signature(IMethodSymbol invoke, string name) =>
        invoke.ToDisplayString(Invoke).Replace($"{invoke.ContainingType.ToDisplayString(TypeText.Use)}.Invoke", name, StringComparison.Ordinal)
            .Replace(" Invoke(", $" {name}(", StringComparison.Ordinal)
        + Notes(invoke.Parameters, AttributeText.Of(invoke.GetReturnTypeAttributes()));

    public static string Access(Accessibility accessibility) => SyntaxFacts.GetText(accessibility) + " ";

    private static string Accessors(IPropertySymbol property)
    {
        (IMethodSymbol? Method, string Name)[] both =
            [(property.GetMethod, "get"), (property.SetMethod, property.SetMethod is { IsInitOnly: true } ? "init" : "set")];
        IEnumerable<string> accessors = both
            .Where(a => a.Method is { DeclaredAccessibility: Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal })
            .Select(a => string.Concat(AttributeText.Of(a.Method!.GetAttributes()).Select(text => text + " "))
                + (a.Method.DeclaredAccessibility == property.DeclaredAccessibility ? "" : Access(a.Method.DeclaredAccessibility))
                + (a.Method is { IsReadOnly: true } && !property.ContainingType.IsReadOnly && property.SetMethod != null ? "readonly " : "")
                + a.Name + ";");
        return $"{{ {string.Join(' ', accessors)} }}";
    }

    // What attributes say of parameters and of what is returned, behind the member.
    private static string Notes(IEnumerable<IParameterSymbol> parameters, IEnumerable<string> result)
    {
        string[] notes =
        [
            .. parameters.SelectMany(p => AttributeText.Of(p.GetAttributes()).Select(a => $"{p.Name}: {a}")),
            .. result.Select(a => $"return: {a}"),
        ];
        return notes.Length > 0 ? "  // " + string.Join(", ", notes) : "";
    }
}

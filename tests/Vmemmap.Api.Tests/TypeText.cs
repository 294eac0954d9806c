using Microsoft.CodeAnalysis;

namespace Vmemmap.Api.Tests;

/// <summary>The declaration of a type, on one line.</summary>
internal static class TypeText
{
    private const SymbolDisplayMiscellaneousOptions Miscellaneous =
        SymbolDisplayMiscellaneousOptions.UseSpecialTypes
        | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
        | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
        | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral;

    private const SymbolDisplayGenericsOptions Generics =
        SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance;

    /// <summary>A type where it is used: with the types around it, without namespaces.</summary>
    public static readonly SymbolDisplayFormat Use = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted,
        SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        Generics,
        SymbolDisplayMemberOptions.None,
        miscellaneousOptions: Miscellaneous);

    private static readonly SymbolDisplayFormat Full =
        new(SymbolDisplayGlobalNamespaceStyle.Omitted, SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces, Generics, miscellaneousOptions: Miscellaneous);

    private static readonly SymbolDisplayFormat Constraints = Use.AddGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeConstraints);

    /// <summary>The name by which types are sorted.</summary>
    public static string FullName(INamedTypeSymbol type) => type.ToDisplayString(Full);

    public static string Header(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Delegate, DelegateInvokeMethod: { } invoke } =>
            $"{Access(type)}delegate {MemberText.Signature(invoke, FullName(type))}{Where(type)}",
        { TypeKind: TypeKind.Enum } => $"{Access(type)}enum {FullName(type)} : {type.EnumUnderlyingType!.ToDisplayString(Use)}",
        _ => $"{Access(type)}{Modifiers(type)}{Keyword(type)} {FullName(type)}{Bases(type)}{Where(type)}",
    };

    private static string Access(INamedTypeSymbol type) => MemberText.Access(type.DeclaredAccessibility);

    private static string Modifiers(INamedTypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Class when type.IsStatic => "static ",
        TypeKind.Class when type.IsAbstract => "abstract ",
        TypeKind.Class when type.IsSealed => "sealed ",
        TypeKind.Struct => (type.IsReadOnly ? "readonly " : "") + (type.IsRefLikeType ? "ref " : ""),
        _ => "",
    };

    private static string Keyword(INamedTypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Class => type.IsRecord ? "record" : "class",
        TypeKind.Struct => type.IsRecord ? "record struct" : "struct",
        _ => "interface",
    };

    private static string Bases(INamedTypeSymbol type)
    {
        bool hasBase = type is { TypeKind: TypeKind.Class, BaseType.SpecialType: not SpecialType.System_Object };
        string[] all =
        [
            .. hasBase ? [type.BaseType!.ToDisplayString(Use)] : Array.Empty<string>(),
            .. type.Interfaces.Where(IsSeen).Select(i => i.ToDisplayString(Use)).Order(StringComparer.Ordinal),
        ];
        return all.Length > 0 ? " : " + string.Join(", ", all) : "";
    }

    private static bool IsSeen(INamedTypeSymbol type) => type.DeclaredAccessibility == Accessibility.Public;

    // The compiler prints them behind the name.
    private static string Where(INamedTypeSymbol type)
    {
        string text = type.ToDisplayString(Constraints);
        int at = text.IndexOf(" where ", StringComparison.Ordinal);
        return at < 0 ? "" : text[at..];
    }
}

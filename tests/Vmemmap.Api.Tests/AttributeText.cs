using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Vmemmap.Api.Tests;

/// <summary>The attributes that say something to a user.</summary>
internal static class AttributeText
{
    // What C# spells otherwise, and what only tools that look at the assembly read.
    private static readonly string[] Silent =
    [
        "GeneratedCodeAttribute", "ExcludeFromCodeCoverageAttribute", "DebuggerDisplayAttribute", "DebuggerBrowsableAttribute", "DebuggerStepThroughAttribute",
        "DebuggerHiddenAttribute", "DefaultMemberAttribute", "SharedAttribute",
    ];

    private static readonly string[] ToldOfCompilerServices = ["InlineArrayAttribute", "OverloadResolutionPriorityAttribute", "CallerMemberNameAttribute", "InterpolatedStringHandlerAttribute"];

    public static IEnumerable<string> Of(ImmutableArray<AttributeData> attributes) =>
        attributes.Where(IsTold).Select(Text).Order(StringComparer.Ordinal);

    private static bool IsTold(AttributeData attribute)
    {
        INamedTypeSymbol type = attribute.AttributeClass!;
        bool isOfCompiler = type.ContainingNamespace.ToDisplayString() is "System.Runtime.CompilerServices" or "Microsoft.CodeAnalysis";
        return type.DeclaredAccessibility == Accessibility.Public
            && !Silent.Contains(type.Name)
            && (!isOfCompiler || ToldOfCompilerServices.Contains(type.Name) || type.Name == "GeneratorAttribute")

            // What the compiler writes on ref structs and required members, for compilers that do not know them.
            && !(type.Name == "ObsoleteAttribute" && attribute.ConstructorArguments is [{ Value: string and ("Types with embedded references are not supported in this version of your compiler" or "Constructors of types with required members are not supported in this version of your compiler.") }, ..]);
    }

    private static string Text(AttributeData attribute)
    {
        string name = attribute.AttributeClass!.Name;
        name = name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
        string[] arguments =
        [
            .. attribute.ConstructorArguments.Select(a => a.ToCSharpString()),
            .. attribute.NamedArguments.Select(a => $"{a.Key} = {a.Value.ToCSharpString()}"),
        ];
        return arguments.Length > 0 ? $"[{name}({string.Join(", ", arguments)})]" : $"[{name}]";
    }
}

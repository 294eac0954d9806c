using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Generators.KernelConfigs.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>Reads a class with the attribute: for the generator, and for the analyzer that says why the generator leaves it alone.</summary>
internal static class ConfigTargetReader
{
    /// <summary>The attribute's full name.</summary>
    public const string Attribute = "Vmemmap.KernelConfigAttribute";

    /// <summary>A struct page is not larger in any kernel, by far.</summary>
    private const int LargestStructPage = 4096;

    /// <summary>Reads it.</summary>
    /// <returns>Null if code cannot be added to the class, or the attribute is wrong.</returns>
    public static ConfigTarget? Read(INamedTypeSymbol type, AttributeData attribute)
    {
        if (Problems(type, attribute).Any())
        {
            return null;
        }

        INamedTypeSymbol[] chain = [.. Chain(type)];
        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(Qualified);
        return new ConfigTarget(
            space,
            new(chain.Select(Declaration)),
            (space.Length > 0 ? space.Replace("@", "") + "." : "") + string.Join(".", chain.Select(t => t.Name)),
            FileOf(attribute)!,
            Given(attribute, "StructPageSize"),
            (ConfigLayout)Given(attribute, "Layout"));
    }

    /// <summary>What is wrong, with the argument that is (null for the attribute as a whole).</summary>
    public static IEnumerable<(string Id, string? Argument, string Message)> Problems(INamedTypeSymbol type, AttributeData attribute)
    {
        foreach (INamedTypeSymbol part in Chain(type))
        {
            bool isInner = SymbolEqualityComparer.Default.Equals(part, type);
            string which = isInner ? $"'{part.Name}'" : $"'{part.Name}', which contains '{type.Name}',";
            if (part.TypeParameters.Length > 0)
            {
                yield return (ConfigRules.Target, null, $"{which} is generic, so it has no constants of one kernel; move the attribute to a class without type parameters");
            }
            else if (part.IsFileLocal)
            {
                yield return (ConfigRules.Target, null, $"{which} is local to its file, and what is generated is another file; remove 'file'");
            }
            else if (!IsPartial(part))
            {
                yield return (ConfigRules.Target, null, $"{which} is not partial, so nothing can be added to it; add 'partial'");
            }
        }

        if (NeededNames.All.Contains(type.Name))
        {
            yield return (ConfigRules.Target, null, $"'{type.Name}' gets a member of that name, and no class has a member of its own name; rename the class");
        }

        foreach (string taken in NeededNames.TakenBy(type))
        {
            yield return (ConfigRules.Target, null, $"'{type.Name}' declares '{taken}', which is the name of a member that is generated; rename it or remove it");
        }

        if (FileOf(attribute) is not { } file || file.Trim().Length == 0)
        {
            yield return (ConfigRules.AttributeValue, "file", "no file is named; write the name of a <KernelConfig> item, such as \"config-6.12\"");
        }

        int size = Given(attribute, "StructPageSize");
        if (attribute.NamedArguments.Any(a => a.Key == "StructPageSize") && (size is < 8 or > LargestStructPage || size % 8 != 0))
        {
            yield return (
                ConfigRules.AttributeValue, "StructPageSize",
                $"a struct page of {size.ToString(System.Globalization.CultureInfo.InvariantCulture)} bytes cannot be; it is a multiple of 8, such as 64 or 80 (VMCOREINFO SIZE(page))");
        }

        if (!Enum.IsDefined(typeof(ConfigLayout), Given(attribute, "Layout")))
        {
            yield return (ConfigRules.AttributeValue, "Layout", "there is no such layout; write ReserveTwo, ReserveOne or SharedTail of VmemmapLayout");
        }
    }

    /// <summary>The file that an attribute names; null if it is none that compiles.</summary>
    public static string? FileOf(AttributeData attribute) =>
        attribute.ConstructorArguments.Length == 1 ? attribute.ConstructorArguments[0].Value as string : null;

    private static readonly SymbolDisplayFormat Qualified = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    private static IEnumerable<INamedTypeSymbol> Chain(INamedTypeSymbol type)
    {
        Stack<INamedTypeSymbol> chain = new();
        for (INamedTypeSymbol? part = type; part != null; part = part.ContainingType)
        {
            chain.Push(part);
        }

        return chain;
    }

    private static bool IsPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .Any(r => r.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static string Declaration(INamedTypeSymbol type)
    {
        string kind = type.TypeKind switch
        {
            TypeKind.Struct => type.IsRecord ? "record struct" : "struct",
            TypeKind.Interface => "interface",
            _ => type.IsRecord ? "record" : "class",
        };
        string name = SyntaxFacts.GetKeywordKind(type.Name) != SyntaxKind.None ? "@" + type.Name : type.Name;
        return $"partial {kind} {name}";
    }

    private static int Given(AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value.Value is { } value)
            {
                return value is byte small ? small : value as int? ?? 0;
            }
        }

        return 0;
    }
}

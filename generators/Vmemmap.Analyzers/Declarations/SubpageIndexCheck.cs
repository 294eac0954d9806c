using System;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Rules;

namespace Vmemmap.Analyzers.Declarations;

/// <summary>VMM1005 in one compilation.</summary>
internal sealed class SubpageIndexCheck
{
    private readonly INamedTypeSymbol _attributeType;
    private readonly int? _structPageSize;
    private readonly Lazy<INamedTypeSymbol?> _buildArchitecture;

    public SubpageIndexCheck(Compilation compilation, AnalyzerOptions options, INamedTypeSymbol attributeType)
    {
        _attributeType = attributeType;
        _structPageSize = compilation.GetTypeByMetadataName("Vmemmap.StructPage") is { } structPage
            ? (int?)ConstantField.Integer(structPage, "Size")
            : null;

        // Looked for when the first index asks: most compilations have none.
        _buildArchitecture = new Lazy<INamedTypeSymbol?>(() => BuildArchitecture(compilation, options));
    }

    /// <summary>Judges the members of a marked enum.</summary>
    public void OnEnum(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Enum || SubpageIndexMark.Of(type, _attributeType) is not { } mark || KeptFor(mark) is not { } kept)
        {
            return;
        }

        foreach (ISymbol member in type.GetMembers())
        {
            // A member with a mark of its own is judged by that.
            if (member is IFieldSymbol field && SubpageIndexMark.Of(field, _attributeType) is null)
            {
                Judge(context, field, mark, kept);
            }
        }
    }

    /// <summary>Judges a marked constant. A field that is none has no value yet, and is nobody's index at compile time.</summary>
    public void OnConstant(SymbolAnalysisContext context)
    {
        var field = (IFieldSymbol)context.Symbol;
        if (field.IsConst && SubpageIndexMark.Of(field, _attributeType) is { } mark && KeptFor(mark) is { } kept)
        {
            Judge(context, field, mark, kept);
        }
    }

    private static void Judge(SymbolAnalysisContext context, IFieldSymbol field, SubpageIndexMark mark, KeptStructPages kept)
    {
        if (ConstantField.Integer(field) is { } value && Fault(value, field.Name == mark.Count, kept.Count) is { } fault)
        {
            string name = field.ContainingType.TypeKind == TypeKind.Enum ? field.ContainingType.Name + "." + field.Name : field.Name;
            context.ReportDiagnostic(Diagnostic.Create(
                SubpageIndexRule.Descriptor, field.Locations[0],
                name, value.ToString(CultureInfo.InvariantCulture), kept.Count.ToString(CultureInfo.InvariantCulture), kept.Variant, fault));
        }
    }

    /// <summary>What is wrong with a value; null if nothing is.</summary>
    private static string? Fault(decimal value, bool isCount, long kept) => isCount switch
    {
        true when value < 0 => "a number of struct pages is not negative",
        true when value > kept => "the last of so many is in a read-only tail",
        false when value < 0 => "metadata there is in a struct page before the huge page's own",
        false when value >= kept => "metadata there is in a read-only tail",
        _ => null,
    };

    private KeptStructPages? KeptFor(SubpageIndexMark mark) => _structPageSize is { } structPageSize
        ? KeptStructPages.Of(mark.Architecture ?? _buildArchitecture.Value, mark.Layout, structPageSize)
        : null;

    private static INamedTypeSymbol? BuildArchitecture(Compilation compilation, AnalyzerOptions options)
    {
        if (!options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("build_property.VmemmapArchitecture", out string? name)
            || name.Trim() is not { Length: > 0 } trimmed
            || compilation.GetTypeByMetadataName("Vmemmap.IArchitecture") is not { } contract)
        {
            return null;
        }

        return NamedArchitecture.Find(compilation, contract, trimmed);
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Declarations;
using Vmemmap.Analyzers.Rules;

namespace Vmemmap.Analyzers;

/// <summary>VMM1006.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StructPageLayoutAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(StructPageSizeRule.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Vmemmap.StructPageLayoutAttribute") is { } attributeType)
            {
                start.RegisterSymbolAction(symbol => OnStruct(symbol, attributeType), SymbolKind.NamedType);
            }
        });
    }

    private static void OnStruct(SymbolAnalysisContext context, INamedTypeSymbol attributeType)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (StructPageLayoutMark.Of(type, attributeType) is { } mark
            && StructSize.Of(type) is { } size
            && Fault(size.Bytes, mark.Size) is { } fault)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                StructPageSizeRule.Descriptor, type.Locations[0], type.Name, size.Bytes.ToString(CultureInfo.InvariantCulture), fault));
        }
    }

    private static string? Fault(long bytes, int? expected)
    {
        if ((bytes & (bytes - 1)) != 0)
        {
            return "no power of two, so HVO switches itself off";
        }

        return expected is { } size && size != bytes
            ? $"the kernel's struct page has {size.ToString(CultureInfo.InvariantCulture)}, so every index and count is wrong"
            : null;
    }
}

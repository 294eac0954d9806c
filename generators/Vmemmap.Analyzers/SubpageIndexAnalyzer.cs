using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Declarations;
using Vmemmap.Analyzers.Rules;

namespace Vmemmap.Analyzers;

/// <summary>VMM1005.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SubpageIndexAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(SubpageIndexRule.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Vmemmap.SubpageIndexAttribute") is { } attributeType)
            {
                var check = new SubpageIndexCheck(start.Compilation, start.Options, attributeType);
                start.RegisterSymbolAction(check.OnEnum, SymbolKind.NamedType);
                start.RegisterSymbolAction(check.OnConstant, SymbolKind.Field);
            }
        });
    }
}

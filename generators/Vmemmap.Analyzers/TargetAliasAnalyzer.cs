using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Analyzers.Declarations;
using Vmemmap.Analyzers.Rules;
using Vmemmap.Selection;

namespace Vmemmap.Analyzers;

/// <summary>VMM4001.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TargetAliasAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(TargetAliasRule.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // What another generator emits hides the alias as well.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            TargetOptions options = TargetOptions.Read(start.Options.AnalyzerConfigOptionsProvider);
            if (options.Architecture.Length > 0)
            {
                var check = new TargetAliasCheck(options);
                start.RegisterSymbolAction(check.OnType, SymbolKind.NamedType);
                start.RegisterSymbolAction(check.OnNamespace, SymbolKind.Namespace);
                start.RegisterSyntaxNodeAction(check.OnUsing, SyntaxKind.UsingDirective);
            }
        });
    }
}

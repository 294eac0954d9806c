using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Flow;
using Vmemmap.Analyzers.Marks;
using Vmemmap.Analyzers.Rules;

namespace Vmemmap.Analyzers;

/// <summary>The rules that follow struct pages and huge pages through a method: VMM1001 to VMM1004 and VMM1007 to VMM1009.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TailAccessAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        TailWriteRule.Descriptor, PossibleTailWriteRule.Descriptor, ReadOnlyRemovedRule.Descriptor, TailPassedWritableRule.Descriptor,
        UsedAfterDissolveRule.Descriptor, NotRestoredRule.Descriptor, LostWriteRule.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (MarkTypes.In(start.Compilation) is { } types)
            {
                var marks = new MarkReader(types);
                start.RegisterOperationBlockAction(block => Analyze(block, marks));
            }
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, MarkReader marks)
    {
        // A constructor's body and its call of another are one graph.
        var seen = new HashSet<IOperation>();
        foreach (IOperation block in context.OperationBlocks)
        {
            IOperation root = Root(block);
            if (!seen.Add(root) || !TailFlow.IsWorthFollowing(root, context.OwningSymbol, marks))
            {
                continue;
            }

            ControlFlowGraph graph = context.GetControlFlowGraph(block);
            foreach (TailAccess access in TailFlow.Accesses(graph, context.OwningSymbol, marks, context.CancellationToken))
            {
                if (AccessReport.Of(access) is { } diagnostic)
                {
                    context.ReportDiagnostic(diagnostic);
                }
            }
        }
    }

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}

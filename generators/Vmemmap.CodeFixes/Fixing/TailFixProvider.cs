using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Vmemmap.CodeFixes.Fixing;

/// <summary>A fix of one diagnostic at a time. It is offered only where it changes something and what comes out compiles.</summary>
public abstract class TailFixProvider : CodeFixProvider
{
    private protected TailFixProvider()
    {
    }

    /// <summary>What the list of fixes shows.</summary>
    internal abstract string Title { get; }

    /// <summary>What makes two fixes the same.</summary>
    internal string EquivalenceKey => GetType().Name;

    public sealed override FixAllProvider GetFixAllProvider() => OneByOneFixAll.Instance;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null)
        {
            return;
        }

        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (FixTarget.Find(root, diagnostic) is { } target
                && await FixAsync(context.Document, target, context.CancellationToken).ConfigureAwait(false) is { } solution)
            {
                context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(solution), EquivalenceKey), diagnostic);
            }
        }
    }

    /// <summary>The solution with the diagnostic fixed; null if this fix does not apply.</summary>
    internal abstract Task<Solution?> FixAsync(Document document, FixTarget target, CancellationToken cancellationToken);
}

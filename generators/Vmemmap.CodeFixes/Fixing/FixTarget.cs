using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Analyzers.Rules;

namespace Vmemmap.CodeFixes.Fixing;

/// <summary>What a diagnostic is about, as nodes of the document as it is now.</summary>
internal sealed class FixTarget
{
    private readonly ImmutableDictionary<string, string?> _properties;

    public FixTarget(string id, ImmutableDictionary<string, string?> properties, SyntaxNode access, ExpressionSyntax? source)
    {
        Id = id;
        _properties = properties;
        Access = access;
        Source = source;
    }

    /// <summary>The rule.</summary>
    public string Id { get; }

    /// <summary>What is underlined.</summary>
    public SyntaxNode Access { get; }

    /// <summary>The expression in which the struct page was taken from the huge page; null if there is none.</summary>
    public ExpressionSyntax? Source { get; }

    /// <summary>What the access is: a name of <see cref="Analyzers.Accesses.AccessKind"/>.</summary>
    public string? Kind => Text(FixProperties.Kind);

    /// <summary>The lowest index that may be reached.</summary>
    public long? Lowest => Number(FixProperties.LowestIndex);

    /// <summary>The highest index that may be reached; null if there is no bound.</summary>
    public long? Highest => Number(FixProperties.HighestIndex);

    /// <summary>The lowest first read-only index: every index below it may be written.</summary>
    public long? FirstReadOnly => Number(FixProperties.FirstReadOnly);

    /// <summary>The one index that is reached; null if there may be several.</summary>
    public long? Index => Lowest is { } lowest && lowest == Highest ? lowest : null;

    public static FixTarget? Find(SyntaxNode root, Diagnostic diagnostic)
    {
        TextSpan span = diagnostic.Location.SourceSpan;
        if (!root.FullSpan.Contains(span))
        {
            return null;
        }

        return new FixTarget(
            diagnostic.Id, diagnostic.Properties, root.FindNode(span, getInnermostNodeForTie: true), SourceOf(root, diagnostic.Properties));
    }

    /// <summary>The same in another version of the document.</summary>
    public FixTarget At(SyntaxNode access, ExpressionSyntax? source) => new(Id, _properties, access, source);

    private static ExpressionSyntax? SourceOf(SyntaxNode root, ImmutableDictionary<string, string?> properties)
    {
        if (!TryNumber(properties, FixProperties.SourceStart, out long start)
            || !TryNumber(properties, FixProperties.SourceLength, out long length)
            || start < 0 || length < 0 || start + length > root.FullSpan.End)
        {
            return null;
        }

        var span = new TextSpan((int)start, (int)length);
        return root.FindNode(span, getInnermostNodeForTie: true) is ExpressionSyntax source && source.Span == span ? source : null;
    }

    private static bool TryNumber(ImmutableDictionary<string, string?> properties, string key, out long number)
    {
        number = 0;
        return properties.TryGetValue(key, out string? text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private string? Text(string key) => _properties.TryGetValue(key, out string? text) ? text : null;

    private long? Number(string key) => TryNumber(_properties, key, out long number) ? number : null;
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Vmemmap.Generators.Tests;

/// <summary>A table file in memory.</summary>
internal sealed class TableText(string path, string text) : AdditionalText
{
    private readonly SourceText _text = SourceText.From(text);

    public override string Path => path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
}

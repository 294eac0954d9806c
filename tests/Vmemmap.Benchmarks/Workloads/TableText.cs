using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Vmemmap.Benchmarks.Workloads;

/// <summary>A table file as the compiler hands it to a generator.</summary>
internal sealed class TableText(string path, string content) : AdditionalText
{
    private readonly SourceText _text = SourceText.From(content, System.Text.Encoding.UTF8);

    public override string Path => path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>A configuration file in memory.</summary>
/// <param name="path">Its path.</param>
/// <param name="text">Its text; null for a file that the compiler cannot read as text.</param>
internal sealed class ConfigText(string path, string? text) : AdditionalText
{
    private readonly SourceText? _text = text == null ? null : SourceText.From(text);

    public override string Path => path;

    public string Content => _text!.ToString();

    /// <summary>The same file with another text.</summary>
    public ConfigText With(string old, string replacement)
    {
        string edited = Content.Replace(old, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Content, edited);
        return new ConfigText(path, edited);
    }

    public override SourceText? GetText(CancellationToken cancellationToken = default) => _text;
}

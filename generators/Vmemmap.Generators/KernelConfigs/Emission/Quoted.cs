using System.Linq;
using Microsoft.CodeAnalysis.CSharp;

namespace Vmemmap.Generators.KernelConfigs.Emission;

/// <summary>Texts of the user's (names of files) inside code and its documentation.</summary>
internal static class Quoted
{
    /// <summary>A string literal.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Text of a documentation comment, which is XML and ends with its line.</summary>
    public static string Docs(string text) =>
        new string([.. text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}

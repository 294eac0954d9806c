using System.Text;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Declarations;

namespace Vmemmap.Analyzers.Marks;

/// <summary>What messages call an architecture and a layout: "arm64-4k", "reserve-one".</summary>
internal static class VariantName
{
    /// <summary>Alias, else name, which are constants of the type.</summary>
    public static string OfArchitecture(ITypeSymbol architecture) =>
        ConstantField.Text(architecture, "Alias") is { Length: > 0 } alias ? alias : ConstantField.Text(architecture, "Name") ?? architecture.Name;

    /// <summary>The type's name in small letters and hyphens: what a layout calls itself at run time, where no analyzer can read it.</summary>
    public static string OfLayout(ITypeSymbol layout)
    {
        StringBuilder name = new();
        foreach (char letter in layout.Name)
        {
            if (char.IsUpper(letter) && name.Length > 0)
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }
}

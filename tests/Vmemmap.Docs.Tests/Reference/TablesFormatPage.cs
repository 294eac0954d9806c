using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vmemmap.Docs.Tests.Reference;

/// <summary>The reference of the table format, made from the schema: its annotations are the text, its types the values.</summary>
internal sealed partial class TablesFormatPage(XElement schema)
{
    private static readonly XNamespace Xsd = "http://www.w3.org/2001/XMLSchema";

    /// <summary>Markdown: a section for each element, in the schema's order, and one for the kinds of values.</summary>
    public string Render()
    {
        StringBuilder page = new();
        foreach (XElement element in schema.Elements(Xsd + "element"))
        {
            page.Append("## `").Append(Name(element)).Append("`\n\n").Append(Text(element)).Append("\n\n");
            if (element.Descendants(Xsd + "element").ToArray() is { Length: > 0 } children)
            {
                page.Append("In it: ").AppendJoin(", ", children.Select(Child)).Append(".\n\n");
            }

            page.Append("| attribute | | value | meaning |\n|---|---|---|---|\n");
            foreach (XElement attribute in element.Descendants(Xsd + "attribute"))
            {
                string need = (string?)attribute.Attribute("use") == "required" ? "required" : "";
                page.Append("| `").Append(Name(attribute)).Append("` | ").AppendJoin(" | ", need, Value(attribute), Text(attribute)).Append(" |\n");
            }

            page.Append('\n');
        }

        page.Append("## Values\n\n| kind | how it is written |\n|---|---|\n");
        foreach (XElement type in schema.Elements(Xsd + "simpleType"))
        {
            page.Append("| ").Append(Name(type)).Append(" | ").Append(Text(type)).Append(" |\n");
        }

        return page.ToString();
    }

    private static string Name(XElement declaration) => (string)declaration.Attribute("name")!;

    private static string Child(XElement child)
    {
        bool isMany = (string?)child.Attribute("maxOccurs") == "unbounded" || (string?)child.Parent!.Attribute("maxOccurs") == "unbounded";
        bool isOptional = (string?)child.Attribute("minOccurs") == "0" || (string?)child.Parent!.Attribute("minOccurs") == "0";
        string name = (string)child.Attribute("ref")!;
        return $"[`{name}`](#{name}){(isMany ? isOptional ? ", any number" : ", one or more" : "")}";
    }

    private static string Text(XElement declaration)
    {
        string text = declaration.Element(Xsd + "annotation")!.Element(Xsd + "documentation")!.Value;
        return Blank().Replace(text, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Value(XElement attribute)
    {
        if ((string?)attribute.Attribute("type") is { } type)
        {
            return type == "xs:string" ? "text" : type;
        }

        if (attribute.Descendants(Xsd + "enumeration").ToArray() is { Length: > 0 } words)
        {
            return string.Join(" or ", words.Select(w => $"`{(string)w.Attribute("value")!}`"));
        }

        if (attribute.Descendants(Xsd + "list").SingleOrDefault() is { } list)
        {
            return $"one or more {(string)list.Attribute("itemType")!}s";
        }

        return attribute.Descendants(Xsd + "pattern").SingleOrDefault() is not null ? "letters and digits" : Bounds(attribute);
    }

    private static string Bounds(XElement attribute)
    {
        string low = (string)attribute.Descendants(Xsd + "minInclusive").Single().Attribute("value")!;
        string? high = (string?)attribute.Descendants(Xsd + "maxInclusive").SingleOrDefault()?.Attribute("value");
        return high is null ? $"number, at least {low}" : $"number, {low} to {high}";
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blank();
}

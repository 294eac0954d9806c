using System.Collections.Generic;
using System.Linq;

namespace Vmemmap.Tables.Parsing;

/// <summary>An attribute that an element may have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsRequired">Whether the element must have it.</param>
/// <param name="Values">All its values, or none if they cannot be listed.</param>
internal sealed record AttributeSchema(string Name, bool IsRequired, params string[] Values);

/// <summary>An element and what may be in it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Attributes">Its attributes.</param>
/// <param name="Children">Its child elements.</param>
internal sealed record ElementSchema(string Name, IReadOnlyList<AttributeSchema> Attributes, params ElementSchema[] Children);

/// <summary>
/// The elements, attributes and fixed values of a table: what page-tables.xsd tells editors, as the parser knows it. A test keeps
/// the two equal; what the values mean is written in the XSD.
/// </summary>
internal static class TableSchema
{
    public static readonly ElementSchema Level = new(
        "level",
        [
            new("name", true),
            new("index", true),
            new("leaf", false, "page", "block", "legal"),
            new("contiguous", false),
        ]);

    public static readonly ElementSchema Entry = new(
        "entry",
        [
            new("name", true),
            new("valid", true),
            new("block", false),
            new("table", false),
            new("leaf", false),
            new("writable", false),
            new("readOnly", false),
            new("readable", false),
            new("tableWritable", false),
            new("tableReadOnly", false),
            new("accessed", false),
            new("dirty", false),
            new("contiguous", false),
            new("napot", false),
            new("address", true),
            new("blockAttributes", false),
            new("reserved", false),
            new("kernelLeaf", false),
            new("kernelWritable", false),
            new("kernelTable", false),
            new("userLeaf", false),
            new("userWritable", false),
            new("userTable", false),
        ]);

    public static readonly ElementSchema Architecture = new(
        "architecture",
        [
            new("name", true),
            new("alias", false),
            new("type", true),
            new("entry", true),
            new("pageSize", true),
            new("virtualAddress", true),
            new("canonical", false, "sign", "upper"),
            new("readOnlyKernel", false, "true", "false"),
            new("breakBeforeMake", false, "true", "false"),
            new("vmemmap", false, "blocks", "pages"),
            new("hugetlb", true),
            new("default", true),
        ],
        Level);

    public static readonly ElementSchema PageTables = new(
        "pageTables",
        [
            new("namespace", false),
            new("accessibility", false, "internal", "public"),
        ],
        Entry,
        Architecture);

    /// <summary>Tells what is unknown or missing in an element. Its known children are not looked into.</summary>
    public static void Check(TableElement element, ElementSchema schema, TableErrors errors)
    {
        CheckAttributes(element, schema, errors);
        CheckChildren(element, schema, errors);
    }

    /// <summary>Tells which attributes are unknown, missing, or not among their fixed values.</summary>
    public static void CheckAttributes(TableElement element, ElementSchema schema, TableErrors errors)
    {
        HashSet<string> meant = [];
        // A misspelt name must not be repaired into one that is there already.
        HashSet<string> written = [.. element.Attributes.Select(a => a.Name)];
        string[] free = [.. schema.Attributes.Select(a => a.Name).Where(n => !written.Contains(n))];
        foreach (TableAttribute attribute in element.Attributes)
        {
            AttributeSchema? known = schema.Attributes.FirstOrDefault(a => a.Name == attribute.Name);
            if (known == null)
            {
                meant.Add(NearestName.Find(attribute.Name, free) ?? "");
                errors.Add(
                    TableRules.UnknownAttribute,
                    attribute.NameRange,
                    $"<{schema.Name}> has no attribute '{attribute.Name}'{NearestName.Suggest(attribute.Name, free)}");
            }
            else if (known.Values.Length > 0 && !known.Values.Contains(attribute.Value.Text))
            {
                errors.Add(
                    TableRules.MalformedValue,
                    attribute.Value,
                    $"{known.Name} cannot be '{attribute.Value}'{NearestName.Suggest(attribute.Value.Text, known.Values)}");
            }
        }

        // What is misspelt is not missing as well.
        foreach (AttributeSchema required in schema.Attributes.Where(
            a => a.IsRequired && element[a.Name] == null && !meant.Contains(a.Name)))
        {
            errors.Add(
                TableRules.MissingAttribute,
                element.NameRange,
                $"<{schema.Name}> needs the attribute '{required.Name}'; add {required.Name}=\"{Example(schema, required)}\"");
        }
    }

    /// <summary>Tells which children are unknown.</summary>
    public static void CheckChildren(TableElement element, ElementSchema schema, TableErrors errors)
    {
        string[] names = [.. schema.Children.Select(c => c.Name)];
        foreach (TableElement child in element.Children.Where(c => !names.Contains(c.Name)))
        {
            errors.Add(
                TableRules.UnknownElement,
                child.NameRange,
                $"<{schema.Name}> has no element <{child.Name}>{NearestName.Suggest(child.Name, names)}");
        }
    }

    private static string Example(ElementSchema element, AttributeSchema attribute) => (element.Name, attribute.Name) switch
    {
        ("level", "name") => "PTE",
        ("level", "index") => "20:12",
        ("entry", "name") => "my-format",
        ("entry", "valid") => "0",
        ("entry", "address") => "51:12",
        ("architecture", "name") => "my-architecture",
        ("architecture", "type") => "MyArchitecture",
        ("architecture", "entry") => "x86-64",
        ("architecture", "pageSize") => "4K",
        ("architecture", "virtualAddress") => "48",
        ("architecture", "hugetlb") => "1G 2M",
        ("architecture", "default") => "2M",
        _ => "...",
    };
}

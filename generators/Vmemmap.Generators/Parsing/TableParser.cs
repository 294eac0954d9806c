using System;
using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;

namespace Vmemmap.Tables.Parsing;

/// <summary>Reads a page-table table: XML to located values, these to bound specs.</summary>
/// <remarks>
/// Compiled into the generator and into the runtime, so it knows no compiler. Pure; safe for any number of threads.
/// What the elements mean is written in page-tables.xsd.
/// </remarks>
internal sealed class TableParser
{
    private readonly TableErrors _errors;
    private readonly Dictionary<string, EntryFormat> _entries = new(StringComparer.Ordinal);
    private readonly NameRegister _names;
    private readonly List<string> _unbound = [];

    private TableParser(TableErrors errors) => (_errors, _names) = (errors, new NameRegister(errors));

    /// <summary>Reads a table.</summary>
    /// <param name="text">The whole text of the file; offsets in diagnostics count its UTF-16 code units.</param>
    public static TableFile Parse(string text)
    {
        TextLines lines = new(text);
        TableErrors errors = new(lines);
        TableElement? root = TableReader.Read(text, lines, errors);
        TableParser parser = new(errors);
        List<(ArchitectureSpec Spec, ArchitectureClaims Claims)> bound = root == null ? [] : parser.BindRoot(root);
        return new TableFile(new(bound.Select(b => b.Spec)), new(bound.Select(b => b.Claims)), new(parser._unbound), errors.ToArray());
    }

    private List<(ArchitectureSpec Spec, ArchitectureClaims Claims)> BindRoot(TableElement root)
    {
        int before = _errors.Count;
        if (root.Name != TableSchema.PageTables.Name)
        {
            _errors.Add(
                TableRules.UnknownElement, root.NameRange,
                $"a table's outermost element is <pageTables>, not <{root.Name}>; rename it or put it inside");
            if (NearestName.Find(root.Name, [TableSchema.PageTables.Name]) == null)
            {
                root.Children.ForEach(LeaveUnbound);
                return [];
            }
        }

        TableSchema.CheckAttributes(root, TableSchema.PageTables, _errors);
        CheckNamespace(root["namespace"]);

        // With the wrong namespace or accessibility every use of the types would be told as well: better none.
        bool isRootSound = _errors.Count == before && !root.IsLost;
        TableSchema.CheckChildren(root, TableSchema.PageTables, _errors);
        foreach (TableElement entry in root.Children.Where(c => c.Name == TableSchema.Entry.Name))
        {
            BindEntry(entry);
        }

        List<(ArchitectureSpec Spec, ArchitectureClaims Claims)> bound = [];
        foreach (TableElement element in root.Children.Where(c => c.Name == TableSchema.Architecture.Name))
        {
            if (new ArchitectureBinder(element, root, _entries, _names, _errors).Bind() is { } architecture && isRootSound)
            {
                bound.Add(architecture);
            }
            else
            {
                LeaveUnbound(element);
            }
        }

        return bound;
    }

    private void LeaveUnbound(TableElement element) =>
        _unbound.AddRange(new[] { element["name"], element["alias"] }.OfType<LocatedValue>().Select(name => name.Text));

    private void BindEntry(TableElement element)
    {
        EntryFormat format = EntryBinder.Bind(element, _errors);
        if (element["name"] is LocatedValue name && _names.ClaimEntry(name))
        {
            _entries[name.Text] = format;
        }
    }

    private void CheckNamespace(LocatedValue? value)
    {
        foreach (string part in value?.Text.Split('.') ?? [])
        {
            if (!CSharpName.IsIdentifier(part))
            {
                string sound = CSharpName.Namespace(value!.Text).Replace("@", "_");
                string repair = sound.Length > 0 ? $"did you mean {sound}?" : "remove the attribute to use the project's";
                _errors.Add(TableRules.TypeName, value, $"'{value}' is no C# namespace; {repair}");
                return;
            }
        }
    }
}

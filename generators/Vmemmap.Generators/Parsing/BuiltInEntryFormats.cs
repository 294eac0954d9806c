using System;
using System.Collections.Generic;

namespace Vmemmap.Tables.Parsing;

/// <summary>The entry formats that any table may name without defining them.</summary>
internal static class BuiltInEntryFormats
{
    // The same elements stand in the tables of the package, with their sources; a test keeps them equal.
    private const string Table = """
        <pageTables>
          <entry name="x86-64" valid="0" block="7" writable="1" tableWritable="1" accessed="5" dirty="6"
                 address="51:12" blockAttributes="12" kernelLeaf="6 8 63" kernelTable="5 6"
                 userLeaf="2 63" userTable="2 5 6" />
          <entry name="arm64" valid="0" table="1" readOnly="7" tableReadOnly="62" accessed="10" dirty="55" contiguous="52"
                 address="47:12" blockAttributes="16" kernelLeaf="9:8 11 55:53" kernelWritable="51"
                 userLeaf="6 9:8 11 54:53" userWritable="51" userTable="59" />
          <entry name="arm64-lpa2" valid="0" table="1" readOnly="7" tableReadOnly="62" accessed="10" dirty="55" contiguous="52"
                 address="49:12 9:8@50" blockAttributes="16" kernelLeaf="11 55:53" kernelWritable="51"
                 userLeaf="6 11 54:53" userWritable="51" userTable="59" />
          <entry name="arm64-64k" valid="0" table="1" readOnly="7" tableReadOnly="62" accessed="10" dirty="55" contiguous="52"
                 address="47:16 15:12@48" blockAttributes="16" kernelLeaf="9:8 11 55:53" kernelWritable="51"
                 userLeaf="6 9:8 11 54:53" userWritable="51" userTable="59" />
          <entry name="riscv64" valid="0" leaf="1 2 3" writable="2" readable="1" accessed="6" dirty="7" napot="63"
                 address="53:10@12" reserved="58:54" kernelLeaf="5 7" userLeaf="4" />
        </pageTables>
        """;

    private static readonly Lazy<IReadOnlyDictionary<string, EntryFormat>> Bound = new(Bind);

    /// <summary>The formats by name.</summary>
    public static IReadOnlyDictionary<string, EntryFormat> ByName => Bound.Value;

    private static Dictionary<string, EntryFormat> Bind()
    {
        TextLines lines = new(Table);
        TableErrors errors = new(lines);
        Dictionary<string, EntryFormat> formats = [];
        foreach (TableElement element in TableReader.Read(Table, lines, errors)!.Children)
        {
            formats.Add(element["name"]!.Text, EntryBinder.Bind(element, errors));
        }

        return formats;
    }
}

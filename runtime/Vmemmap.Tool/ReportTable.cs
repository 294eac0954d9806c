using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Vmemmap.Tool;

/// <summary>The tables, grids and lines of which all reports are made.</summary>
internal static class ReportTable
{
    /// <summary>A table that fits 80 columns: right-aligned, two blanks between columns.</summary>
    public static Table Columns(params string[] names)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string name in names)
        {
            table.AddColumn(new TableColumn(name) { Alignment = Justify.Right, NoWrap = true, Padding = new Padding(0, 0, 1, 0) });
        }

        return table;
    }

    /// <summary>Names and their values.</summary>
    public static Grid Facts() => new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn(new GridColumn().NoWrap());

    public static Text Number(long value) => new(value.ToString(CultureInfo.InvariantCulture));

    public static void Row(Grid grid, string name, string value) => grid.AddRow(new Text(name), new Text(value));

    /// <summary>Text that is wrapped at 80 columns, wherever it is written.</summary>
    public static void Paragraph(IAnsiConsole console, string text)
    {
        const int Width = 80;
        int column = 0;
        var wrapped = new StringBuilder();
        foreach (string word in text.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                wrapped.Append('\n');
                column = 0;
            }

            wrapped.Append(column > 0 ? " " : string.Empty).Append(word);
            column += word.Length + (column > 0 ? 1 : 0);
        }

        Line(console, wrapped.ToString());
    }

    public static void Line(IAnsiConsole console, string text) => console.Write(new Text(text + "\n"));
}

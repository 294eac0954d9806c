using System.Text.RegularExpressions;

namespace Vmemmap.Tool.Tests.Repository;

/// <summary>The scalars of a plain YAML file by their path: "jobs.run.steps[1].uses". Maps and lists in block style, no more; anything else is refused.</summary>
internal static partial class YamlPaths
{
    internal static Dictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        // The open maps and list items: where their keys stand, and how their paths begin.
        var open = new Stack<(int Column, string Path)>([(0, "")]);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        string parent = "";
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            if (raw.TrimStart() is "" or ['#', ..])
            {
                continue;
            }

            Match line = Line().Match(raw);
            Assert.True(line.Success, $"line {number} is neither 'key: value' nor '- key: value': {raw}");
            int column = line.Groups["indent"].Length;
            string dash = line.Groups["dash"].Value;
            if (dash.Length > 0)
            {
                string list = Parent(open, column, parent, number);
                int index = counts[list] = counts.GetValueOrDefault(list, -1) + 1;
                column += dash.Length;
                open.Push((column, $"{list}[{index}]."));
            }
            else if (column > open.Peek().Column)
            {
                Assert.True(parent.Length > 0, $"line {number} is indented without a parent");
                open.Push((column, $"{parent}."));
            }

            while (open.Peek().Column > column)
            {
                open.Pop();
            }

            Assert.True(open.Peek().Column == column, $"line {number} is indented as no line above it");
            string path = open.Peek().Path + line.Groups["key"].Value;
            string value = line.Groups["value"].Value;
            parent = value.Length == 0 ? path : "";
            Assert.True(values.TryAdd(path, value), $"line {number} gives {path} again");
        }

        return values;
    }

    // A list stands below the key that has no value, or goes on where its last item did.
    private static string Parent(Stack<(int Column, string Path)> open, int column, string parent, int number)
    {
        if (parent.Length > 0)
        {
            return parent;
        }

        while (open.Peek().Column > column + 2 || !open.Peek().Path.EndsWith("].", StringComparison.Ordinal))
        {
            Assert.True(open.Count > 1, $"line {number} is an item of no list");
            open.Pop();
        }

        string item = open.Pop().Path;
        return item[..item.LastIndexOf('[')];
    }

    [GeneratedRegex(@"^(?<indent> *)(?<dash>- )?(?<key>[\w-]+):(?: (?<value>\S.*?))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}

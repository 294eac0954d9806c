using System.Text.Json;
using System.Text.RegularExpressions;
using Vmemmap.Docs.Tests.Blocks;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Json;

/// <summary>The references of the JSON have the fields that real output has, in its order, and their types.</summary>
public sealed partial class JsonFieldTests
{
    // The image has everything: HugeTLB, device DAX, and with --pages each huge page.
    private const string Inspect = "vmemmap inspect tests/fixtures/x86_64-6.12-devdax-2M.core.gz --json --pages";
    private const string WithNodes = "vmemmap inspect tests/fixtures/arm64-6.1-4k-va48-hvo.core.gz --json";
    private const string Simulate = "vmemmap simulate --arch x86-64 --memory 1G --hugepages 2M:8 --json";

    private const string Device = "vmemmap simulate --dax 128M --align 2M --json";
    private const string Migration = "vmemmap simulate --postcopy --huge-page 2M --memory 16M --fetch 4K --json";

    [Theory]
    [InlineData("docs/inspect-json.md", 0, Inspect, "")]
    [InlineData("docs/inspect-json.md", 1, Inspect, "hugetlb")]
    [InlineData("docs/inspect-json.md", 2, Inspect, "devdax")]
    [InlineData("docs/inspect-json.md", 3, WithNodes, "nodes")]
    [InlineData("docs/inspect-json.md", 4, Inspect, "hugePages")]
    [InlineData("docs/simulate-json.md", 0, Simulate, "")]
    [InlineData("docs/simulate-json.md", 1, Device, "")]
    [InlineData("docs/simulate-json.md", 2, Migration, "")]
    public void TheReference_HasTheFieldsOfTheOutput(string page, int table, string command, string array)
    {
        JsonElement root = JsonDocument.Parse(ToolRun.Of(command).Output).RootElement;
        JsonElement output = array.Length > 0 ? root.GetProperty(array)[0] : root.ValueKind == JsonValueKind.Array ? root[0] : root;
        (string Name, string Type)[] documented =
        [
            .. AllPages.Of(page).Tables.Where(t => t[0][0] == "field").ElementAt(table).Skip(2)
                .SelectMany(row => Name().Matches(row[0]).Select(m => (m.Groups["name"].Value, row[1]))),
        ];
        Assert.Equal(output.EnumerateObject().Select(p => p.Name), documented.Select(d => d.Name));
        Assert.All(output.EnumerateObject().Zip(documented), pair => Assert.True(
            IsOf(pair.First.Value, pair.Second.Type), $"{page}: {pair.First.Name} is {pair.First.Value.ValueKind}, and not {pair.Second.Type}"));
    }

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.String => type.StartsWith("string", StringComparison.Ordinal),
        JsonValueKind.Number => type.StartsWith("number", StringComparison.Ordinal),
        JsonValueKind.True or JsonValueKind.False => type.StartsWith("boolean", StringComparison.Ordinal),
        JsonValueKind.Object => type.StartsWith("object", StringComparison.Ordinal),
        JsonValueKind.Array => type.StartsWith("array", StringComparison.Ordinal),
        JsonValueKind.Null => type.EndsWith("or null", StringComparison.Ordinal),
        _ => false,
    };

    [GeneratedRegex("`(?<name>[A-Za-z][A-Za-z0-9]*)`", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

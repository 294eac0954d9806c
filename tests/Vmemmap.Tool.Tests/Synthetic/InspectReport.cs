using System.Globalization;
using System.Text.Json;
using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>The JSON of <c>inspect --json --pages</c>, and its comparison with what the image was made to show.</summary>
internal sealed class InspectReport
{
    private readonly List<string> _differences = [];

    private InspectReport(JsonElement json)
    {
        Json = json;
    }

    internal JsonElement Json { get; }

    internal string[] Warnings => [.. Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];

    /// <summary>Inspects an image that the tool must accept.</summary>
    internal static InspectReport Of(SyntheticImage image)
    {
        using TemporaryImage file = new(image);
        ToolRun run = ToolRun.Of("inspect", file.Path, "--json", "--pages");
        run.AssertNoStackTrace();
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}: {run.Error}");
        return Parse(run.Output);
    }

    internal static InspectReport Parse(string output)
    {
        using JsonDocument document = JsonDocument.Parse(output);
        return new InspectReport(document.RootElement.Clone());
    }

    /// <summary>Inspects the image of a kernel and compares every field.</summary>
    internal static InspectReport AssertTrue(SyntheticKernel kernel)
    {
        SyntheticImage image = kernel.Build();
        InspectReport report = Of(image);
        report.AssertEqual(image.Expected);
        return report;
    }

    /// <summary>Compares every field, and names all that differ at once.</summary>
    internal void AssertEqual(Expected expected)
    {
        _differences.Clear();
        Text("kernelRelease", Json, "kernelRelease", expected.KernelRelease);
        Text("architecture", Json, "architecture", expected.Architecture);
        Number("pageSize", Json, "pageSize", expected.PageSize);
        Number("virtualAddressBits", Json, "virtualAddressBits", (ulong)expected.VirtualAddressBits);
        Number("structPageSize", Json, "structPageSize", expected.StructPageSize);
        Hex("vmemmapBase", Json, "vmemmapBase", expected.VmemmapBase);
        if (expected.KaslrOffset is ulong offset)
        {
            Hex("kaslrOffset", Json, "kaslrOffset", offset);
        }

        Text("layout", Json, "layout", expected.Layout);
        CompareHugeTlb(expected.HugeTlb);
        CompareDevDax(expected.DevDax);
        Signed("staleHeads", Json, "staleHeads", expected.StaleHeads);
        Signed("sharedTailPages", Json, "sharedTailPages", expected.SharedTailPages);
        Bool("aliasesWritable", Json, "aliasesWritable", expected.AliasesWritable);
        CompareNodes(expected.Nodes);
        Signed("splitPageTables", Json, "splitPageTables", expected.SplitPageTables);
        Signed("freedPages", Json, "freedPages", expected.FreedPages);
        Signed("freedBytes", Json, "freedBytes", expected.FreedBytes);
        Signed("netBytes", Json, "netBytes", expected.NetBytes);
        CompareHugePages(expected.HugePages);
        if (expected.StaleHeads is null || expected.Nodes.Count == 0)
        {
            Check("warnings", "at least one, for what is unknown", Warnings.Length > 0);
        }

        Assert.True(_differences.Count == 0, string.Join(Environment.NewLine, _differences));
    }

    private void CompareHugeTlb(IReadOnlyList<ExpectedHugeSize> expected)
    {
        JsonElement[] actual = [.. Json.GetProperty("hugetlb").EnumerateArray()];
        Check("hugetlb", $"{expected.Count} sizes and not {actual.Length}", expected.Count == actual.Length);
        foreach (var (size, json) in expected.Zip(actual))
        {
            string name = $"hugetlb {size.Size >> 10}K ";
            Number(name + "size", json, "size", size.Size);
            Signed(name + "pages", json, "pages", size.Pages);
            Signed(name + "optimized", json, "optimized", size.Optimized);
            Signed(name + "partial", json, "partial", size.Partial);
            Signed(name + "flagMismatch", json, "flagMismatch", size.FlagMismatch);
            Signed(name + "unknown", json, "unknown", size.Unknown);
            Number(name + "structPageBytes", json, "structPageBytes", size.StructPageBytes);
            double pages = json.GetProperty("vmemmapPages").GetDouble();
            Check(name + "vmemmapPages", $"{size.VmemmapPages} and not {pages}", pages.Equals(size.VmemmapPages));
            Signed(name + "freedPerPage", json, "freedPerPage", size.FreedPerPage);
            Signed(name + "freedPages", json, "freedPages", size.FreedPages);
            Signed(name + "freedBytes", json, "freedBytes", size.FreedBytes);
        }
    }

    private void CompareDevDax(IReadOnlyList<ExpectedDax> expected)
    {
        JsonElement[] actual = [.. Json.GetProperty("devdax").EnumerateArray().OrderBy(dax => dax.GetProperty("align").GetUInt64())];
        Check("devdax", $"{expected.Count} sizes and not {actual.Length}", expected.Count == actual.Length);
        foreach (var (dax, json) in expected.Zip(actual))
        {
            string name = $"devdax {dax.Align >> 20}M ";
            Number(name + "align", json, "align", dax.Align);
            Signed(name + "groups", json, "groups", dax.Groups);
            Signed(name + "freedPages", json, "freedPages", dax.FreedPages);
            Signed(name + "pageTables", json, "pageTables", dax.PageTables);
        }
    }

    private void CompareNodes(IReadOnlyList<ExpectedNode> expected)
    {
        JsonElement[] actual = [.. Json.GetProperty("nodes").EnumerateArray()];
        Check("nodes", $"{expected.Count} nodes and not {actual.Length}", expected.Count == actual.Length);
        foreach (var (node, json) in expected.Zip(actual))
        {
            Signed($"node {node.Node}", json, "node", node.Node);
            Signed($"node {node.Node} freedPages", json, "freedPages", node.FreedPages);
        }
    }

    private void CompareHugePages(IReadOnlyList<ExpectedHugePage> expected)
    {
        JsonElement[] actual =
        [
            .. Json.GetProperty("hugePages").EnumerateArray().OrderBy(page => HexOf(page.GetProperty("headPfn"))),
        ];
        Check("hugePages", $"{expected.Count} pages and not {actual.Length}", expected.Count == actual.Length);
        foreach (var (page, json) in expected.Zip(actual))
        {
            string name = $"huge page 0x{page.HeadPfn:x} ";
            Hex(name + "headPfn", json, "headPfn", page.HeadPfn);
            Number(name + "size", json, "size", page.Size);
            Bool(name + "optimized", json, "optimized", page.Optimized);
            Hex(name + "vmemmapAddress", json, "vmemmapAddress", page.VmemmapAddress);
            Signed(name + "distinctFrames", json, "distinctFrames", page.DistinctFrames);
            Hex(name + "firstFrame", json, "firstFrame", page.FirstFrame);
        }
    }

    private static ulong? HexOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.String
        && json.GetString() is string text
        && text.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : null;

    private void Text(string name, JsonElement json, string property, string expected) =>
        Same(name, json, property, $"\"{expected}\"", value => value.ValueKind == JsonValueKind.String && value.ValueEquals(expected));

    private void Number(string name, JsonElement json, string property, ulong expected) =>
        Same(name, json, property, expected.ToString(CultureInfo.InvariantCulture),
            value => value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong actual) && actual == expected);

    private void Signed(string name, JsonElement json, string property, long? expected) =>
        Same(name, json, property, expected?.ToString(CultureInfo.InvariantCulture) ?? "null", value => expected is null
            ? value.ValueKind == JsonValueKind.Null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long actual) && actual == expected);

    private void Hex(string name, JsonElement json, string property, ulong expected) =>
        Same(name, json, property, $"\"0x{expected:x}\"", value => HexOf(value) == expected);

    private void Bool(string name, JsonElement json, string property, bool expected) =>
        Same(name, json, property, expected ? "true" : "false",
            value => value.ValueKind == (expected ? JsonValueKind.True : JsonValueKind.False));

    private void Same(string name, JsonElement json, string property, string expected, Predicate<JsonElement> isExpected)
    {
        if (!json.TryGetProperty(property, out JsonElement value))
        {
            _differences.Add($"{name}: missing");
        }
        else
        {
            Check(name, $"{expected} and not {value.GetRawText()}", isExpected(value));
        }
    }

    private void Check(string name, string expectation, bool holds)
    {
        if (!holds)
        {
            _differences.Add($"{name}: expected {expectation}");
        }
    }
}

using System.Text.Json;
using Vmemmap.SyntheticImages;

namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>What a damaged image may get: it is refused, or the part that is damaged is named in a warning.</summary>
internal static class DamageAssert
{
    /// <summary>For a key that is missing: there is no address to name.</summary>
    internal static void RefusedOrWarned(string path)
    {
        if (Inspect(path) is InspectReport report)
        {
            Assert.NotEmpty(report.Warnings);
        }
    }

    /// <summary>For page tables: the address is named, and nothing is counted that is not there.</summary>
    internal static void RefusedOrLocated(string path, Expected undamaged)
    {
        if (Inspect(path) is not InspectReport report)
        {
            return;
        }

        Assert.Contains(report.Warnings, warning => warning.Contains("0x", StringComparison.Ordinal));
        JsonElement freed = report.Json.GetProperty("freedPages");
        Assert.True(freed.ValueKind == JsonValueKind.Null || freed.GetInt64() <= undamaged.FreedPages, freed.GetRawText());
        Assert.True(report.Json.GetProperty("hugePages").GetArrayLength() <= undamaged.HugePages.Count);
    }

    private static InspectReport? Inspect(string path)
    {
        ToolRun run = ToolRun.Of("inspect", path, "--json", "--pages");
        if (run.ExitCode != 0)
        {
            run.AssertRefused(path);
            return null;
        }

        run.AssertNoStackTrace();
        return InspectReport.Parse(run.Output);
    }
}

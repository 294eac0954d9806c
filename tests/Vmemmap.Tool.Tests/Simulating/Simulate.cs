using System.Text.Json;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.Simulating;

/// <summary>Runs of <c>vmemmap simulate</c> that must succeed.</summary>
internal static class Simulate
{
    internal static string Text(string arguments)
    {
        ToolRun run = Run(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Empty(run.Error);
        return run.Output;
    }

    internal static JsonElement[] Json(string arguments)
    {
        using JsonDocument document = JsonDocument.Parse(Text($"{arguments} --json"));
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }

    internal static ToolRun Run(string arguments) => ToolRun.Of(["simulate", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    internal static long Get(this JsonElement element, string name) => element.GetProperty(name).GetInt64();
}

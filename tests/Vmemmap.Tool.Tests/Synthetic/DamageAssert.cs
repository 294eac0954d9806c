namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>What a damaged image may get: it is refused, or the part that is damaged is named in a warning.</summary>
internal static class DamageAssert
{
    internal static void RefusedOrWarned(string path)
    {
        ToolRun run = ToolRun.Of("inspect", path, "--json", "--pages");
        if (run.ExitCode != 0)
        {
            run.AssertRefused(path);
            return;
        }

        run.AssertNoStackTrace();
        Assert.NotEmpty(InspectReport.Parse(run.Output).Warnings);
    }
}

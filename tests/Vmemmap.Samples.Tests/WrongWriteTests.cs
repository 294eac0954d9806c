using Vmemmap.Package.Tests.Building;
using Vmemmap.SamplePages;

namespace Vmemmap.Samples.Tests;

/// <summary>The sample that must not compile, for one reason at one place.</summary>
public sealed class WrongWriteTests
{
    [Fact]
    public async Task WrongWrite_FailsAtTheWriteAndNowhereElse()
    {
        Sample sample = Sample.Named("WrongWrite");
        string source = Path.Combine(sample.Folder, "Program.cs");
        int line = Array.FindIndex(await File.ReadAllLinesAsync(source), text => text.Contains("page.Unchecked(64)", StringComparison.Ordinal)) + 1;
        DotnetCommand build = await SampleRun.BuildAsync(sample, []);
        Assert.NotEqual(0, build.ExitCode);

        string[] said = [.. build.Output.Split('\n').Where(text => text.Contains(": error ", StringComparison.Ordinal) || text.Contains(": warning ", StringComparison.Ordinal)).Distinct()];
        string error = Assert.Single(said);
        Assert.StartsWith($"{source}({line},", error);
        Assert.Contains("): error VMM1001: ", error);
        // The page leaves out where the repository is, and which project the line is of.
        string shown = sample.Commands[0].Output.TrimEnd('\n');
        Assert.Equal(shown, error.Replace(Sample.Root + Path.DirectorySeparatorChar, string.Empty, StringComparison.Ordinal).Replace(" [samples/WrongWrite/WrongWrite.csproj]", string.Empty, StringComparison.Ordinal));
    }
}

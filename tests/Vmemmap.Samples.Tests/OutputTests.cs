using Vmemmap.Package.Tests.Building;
using Vmemmap.SamplePages;

namespace Vmemmap.Samples.Tests;

/// <summary>What the pages show is what the samples print.</summary>
public sealed class OutputTests
{
    public static TheoryData<string> Programs => [.. Sample.All.Where(sample => sample.Compiles).Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Sample_PrintsWhatItsPageShows(string name)
    {
        Sample sample = Sample.Named(name);
        // Properties are the build's. Such a sample is built for each command, and the first of them leaves it as it was found.
        bool isRebuilt = sample.Commands.Any(command => command.Properties.Count > 0);
        foreach (SampleCommand command in isRebuilt ? sample.Commands.Reverse() : sample.Commands)
        {
            if (isRebuilt)
            {
                DotnetCommand build = await SampleRun.BuildAsync(sample, ["--no-restore", .. command.Properties]);
                Assert.True(build.ExitCode == 0, build.Output + build.Errors);
            }

            DotnetCommand run = await SampleRun.ExecAsync(sample, command);
            Assert.True(run.ExitCode == 0, $"{command.Line}: exit code {run.ExitCode}: {run.Errors}");
            Assert.Equal(command.Output, run.Output);
        }
    }

    /// <summary>Bad input gets a line on standard error and exit code 2.</summary>
    [Theory]
    [InlineData("WalkAnImage", "no-such-file")]
    [InlineData("WalkAnImage")]
    [InlineData("CensusToCsv", "README.md")]
    [InlineData("CensusToCsv")]
    [InlineData("WhatIf", "z80", "1")]
    [InlineData("WhatIf", "x86-64", "1000000")]
    [InlineData("WhatIf", "x86-64", "many")]
    public async Task Sample_OfBadInput_SaysSo(string name, params string[] arguments)
    {
        Sample sample = Sample.Named(name);
        DotnetCommand run = await SampleRun.ExecAsync(sample, sample.Commands[0] with { Arguments = arguments });
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(1, run.Errors.Count(c => c == '\n'));
        Assert.DoesNotContain("   at ", run.Errors);
    }
}

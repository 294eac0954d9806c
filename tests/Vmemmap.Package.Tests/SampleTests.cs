using Vmemmap.Package.Tests.Building;
using Vmemmap.Package.Tests.Feed;
using Vmemmap.SamplePages;

namespace Vmemmap.Package.Tests;

/// <summary>The samples, built against the packages: with one property, in the repository, as their page says.</summary>
[Collection(PackedFeedTests.Name)]
public sealed class SampleTests(PackedFeed feed)
{
    public static TheoryData<string> Names => [.. Sample.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Sample_BuiltAgainstThePackages_DoesWhatItsPageShows(string name)
    {
        Sample sample = Sample.Named(name);
        Consumer user = Consumer.InRepository(feed);
        foreach (SampleCommand command in sample.Commands)
        {
            BuildOutput build = await user.BuildAsync(
                [command.Project, $"-p:VmemmapPackageVersion={feed.Version}", $"-p:RestoreSources={feed.Packages}", .. command.Properties]);
            if (command.Verb == "build")
            {
                // The page shows the message with the path that a reader has.
                Assert.NotEqual(0, build.ExitCode);
                Assert.Equal(BuildMessage.Of(command.Output), build.Messages);
                continue;
            }

            build.Clean();
            string assembly = Directory.GetFiles(Output, name + ".dll", SearchOption.AllDirectories).OrderBy(File.GetLastWriteTimeUtc).Last();
            Assert.DoesNotContain(Path.Combine("artifacts", "bin", "Vmemmap"), build.Text, StringComparison.Ordinal);
            Assert.Equal(command.Output, (await user.DotnetAsync(["exec", assembly, .. command.Arguments])).Succeeded().Output);
        }
    }

    private static string Output => Path.Combine(Sample.Root, "artifacts", "samples-of-packages", "bin");
}

using System.IO.Compression;
using System.Runtime.InteropServices;
using Vmemmap.Package.Tests.Building;
using Vmemmap.Package.Tests.Feed;

namespace Vmemmap.Package.Tests;

/// <summary>The tool, installed from the feed as a user does it.</summary>
[Collection(PackedFeedTests.Name)]
public sealed class ToolTests(PackedFeed feed)
{
    private static readonly string Image = Path.Combine(PackedFeed.Repository, "tests", "fixtures", "x86_64-6.12-4level-kaslr.core.gz");

    /// <summary>What ./pack compiles ahead for: "linux-x64", whatever an SDK of a distribution calls itself.</summary>
    public static string Runtime { get; } = RuntimeInformation.RuntimeIdentifier.Split('-') switch
    {
        ["linux" or "osx" or "win", ..] => RuntimeInformation.RuntimeIdentifier,
        [string distribution, .., string processor] => (distribution.StartsWith("alpine", StringComparison.Ordinal) ? "linux-musl-" : "linux-") + processor,
        _ => RuntimeInformation.RuntimeIdentifier,
    };

    [Fact]
    public async Task InstalledTool_IsTheOneCompiledAheadForThisMachine_AndTellsTheTruth()
    {
        Consumer user = Consumer.Empty(feed);
        (await user.DotnetAsync("tool", "install", "Vmemmap.Tool", "--tool-path", "tools")).Succeeded();
        string vmemmap = Path.Combine(user.Folder, "tools", OperatingSystem.IsWindows() ? "vmemmap.exe" : "vmemmap");
        DotnetCommand inspect = (await user.RunAsync(vmemmap, ["inspect", Image])).Succeeded();

        // The image's truth file: so many pages were freed.
        Assert.Contains("4767 pages, 19525632 bytes", inspect.Output, StringComparison.Ordinal);
        string assembly = Directory.GetFiles(Path.Combine(user.Folder, "tools", ".store"), "Vmemmap.Tool.dll", SearchOption.AllDirectories).Single();
        Assert.Contains($"vmemmap.tool.{Runtime}", assembly, StringComparison.OrdinalIgnoreCase);
        Assert.True(IsCompiledAhead(assembly), assembly);
    }

    /// <summary>Machines that nobody compiled it for get this one.</summary>
    [Fact]
    public async Task PortableTool_RunsToo()
    {
        Consumer user = Consumer.Empty(feed);
        ZipFile.ExtractToDirectory(Path.Combine(feed.Packages, $"Vmemmap.Tool.any.{feed.Version}.nupkg"), user.Folder);
        string assembly = Directory.GetFiles(user.Folder, "Vmemmap.Tool.dll", SearchOption.AllDirectories).Single();
        DotnetCommand inspect = (await user.DotnetAsync("exec", assembly, "inspect", Image)).Succeeded();
        Assert.Contains("4767 pages, 19525632 bytes", inspect.Output, StringComparison.Ordinal);
        Assert.False(IsCompiledAhead(assembly), assembly);
    }

    // An assembly compiled ahead has a header of native code beside that of IL (ECMA-335 II.25.3.3: ManagedNativeHeader).
    private static bool IsCompiledAhead(string assembly)
    {
        using FileStream file = File.OpenRead(assembly);
        using System.Reflection.PortableExecutable.PEReader reader = new(file);
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }
}

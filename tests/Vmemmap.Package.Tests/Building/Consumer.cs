using Vmemmap.Package.Tests.Feed;

namespace Vmemmap.Package.Tests.Building;

/// <summary>A folder with a project of somebody who has nothing but the packages.</summary>
internal sealed class Consumer
{
    private readonly PackedFeed _feed;

    private Consumer(PackedFeed feed, string folder)
    {
        _feed = feed;
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>A copy of <c>Consumers/name</c>, outside of the repository.</summary>
    public static Consumer Of(PackedFeed feed, string name)
    {
        Consumer consumer = Empty(feed);
        string source = Path.Combine(PackedFeed.Repository, "tests", "Vmemmap.Package.Tests", "Consumers", name);
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            consumer.Write(Path.GetRelativePath(source, file), File.ReadAllText(file));
        }

        return consumer;
    }

    /// <summary>A folder with nothing in it.</summary>
    public static Consumer Empty(PackedFeed feed) =>
        new(feed, Directory.CreateDirectory(Path.Combine(feed.Root, "consumers", Path.GetRandomFileName())).FullName);

    /// <summary>Somebody at the root of a checkout, with the package cache of the tests.</summary>
    public static Consumer InRepository(PackedFeed feed) => new(feed, PackedFeed.Repository);

    /// <summary>Writes a file of it.</summary>
    public void Write(string path, string text)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Builds it, or one project of it.</summary>
    public async Task<BuildOutput> BuildAsync(params string[] arguments)
    {
        DotnetCommand build = await DotnetAsync(["build", "-v:m", "--nologo", "-tl:off", .. arguments]);
        return new(build.ExitCode, build.Output + build.Errors);
    }

    /// <summary>Runs the assembly that was built last by this name.</summary>
    public async Task<string> RunAsync(string assembly, string under = "bin")
    {
        string file = Directory.GetFiles(Path.Combine(Folder, under), assembly + ".dll", SearchOption.AllDirectories).OrderBy(File.GetLastWriteTimeUtc).Last();
        return (await DotnetAsync("exec", file)).Succeeded().Output;
    }

    /// <summary>Runs <c>dotnet</c> in it.</summary>
    public Task<DotnetCommand> DotnetAsync(params string[] arguments) => RunAsync(DotnetCommand.Host, arguments);

    /// <summary>Runs a program in it.</summary>
    public Task<DotnetCommand> RunAsync(string file, string[] arguments) => DotnetCommand.RunAsync(Folder, _feed.Environment, file, arguments);
}

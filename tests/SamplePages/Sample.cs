using System.Reflection;
using System.Text.RegularExpressions;

namespace Vmemmap.SamplePages;

/// <summary>A folder of samples/: a project, and a page that shows commands and what they print.</summary>
internal sealed partial class Sample
{
    private Sample(string folder)
    {
        Name = Path.GetFileName(folder);
        Folder = folder;
        string page = File.ReadAllText(Path.Combine(folder, "README.md")).ReplaceLineEndings("\n");
        Commands = [.. Command().Matches(page).Select(m => SampleCommand.Parse(m.Groups["line"].Value, m.Groups["output"].Value))];
    }

    /// <summary>Root of the repository, from which the commands run.</summary>
    public static string Root { get; } = typeof(Sample).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Sample> All { get; } =
    [
        .. Directory.EnumerateDirectories(Path.Combine(Root, "samples"))
            .Where(folder => Path.GetFileName(folder) is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(folder => new Sample(folder)),
    ];

    /// <summary>Its folder's name, which is its project's.</summary>
    public string Name { get; }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Its project file.</summary>
    public string Project => Path.Combine(Folder, $"{Name}.csproj");

    /// <summary>What its page shows.</summary>
    public IReadOnlyList<SampleCommand> Commands { get; }

    /// <summary>Whether it is a program: one of them is a mistake that does not compile.</summary>
    public bool Compiles => Commands.Any(command => command.Verb == "run");

    /// <summary>The one of a name.</summary>
    public static Sample Named(string name) => All.Single(sample => sample.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    [GeneratedRegex(@"^```sh sample\n(?<line>[^\n]+)\n```\n\n```text\n(?<output>.*?)```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Command();
}

namespace Vmemmap.SamplePages;

/// <summary>A command of a sample's page: <c>dotnet run --project samples/X -p:Name=Value -- ARGUMENT...</c>.</summary>
/// <param name="Line">The command as it is shown.</param>
/// <param name="Verb">run or build.</param>
/// <param name="Project">The project's folder, from the repository's root.</param>
/// <param name="Properties">The properties that it gives to the build: "-p:Name=Value".</param>
/// <param name="Arguments">What the program is given.</param>
/// <param name="Output">What standard output shows.</param>
internal sealed record SampleCommand(
    string Line, string Verb, string Project, IReadOnlyList<string> Properties, IReadOnlyList<string> Arguments, string Output)
{
    /// <summary>Reads one.</summary>
    public static SampleCommand Parse(string line, string output)
    {
        string[] words = line.Split(' ');
        int end = Array.IndexOf(words, "--");
        string[] options = end < 0 ? words : words[..end];
        string[] arguments = end < 0 ? [] : words[(end + 1)..];
        string[] properties = [.. options.Where(word => word.StartsWith("-p:", StringComparison.Ordinal))];
        string[] rest = [.. options.Except(properties)];
        return rest is ["dotnet", "run", "--project", string run] ? new SampleCommand(line, "run", run, properties, arguments, output)
            : rest is ["dotnet", "build", string build] ? new SampleCommand(line, "build", build, properties, arguments, output)
            : throw new FormatException($"'{line}' is neither dotnet run --project FOLDER nor dotnet build FOLDER.");
    }
}

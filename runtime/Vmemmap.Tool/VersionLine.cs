using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Vmemmap.Tool;

/// <summary>"vmemmap 0.1.0 (commit b2a46ae…)": what to name in a report.</summary>
internal sealed class VersionLine : SynchronousCommandLineAction
{
    /// <summary>The line, without its end. A build outside a repository knows no commit.</summary>
    public static string Text { get; } =
        Of(typeof(VersionLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    /// <summary>Who asks for it need not have asked for anything else rightly.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write($"{Text}\n");
        return ExitCode.Success;
    }

    /// <summary>Reads an informational version: "0.1.0+commit", or "0.1.0".</summary>
    internal static string Of(string informationalVersion) => informationalVersion.Split('+', 2) is [string version, string commit]
        ? $"vmemmap {version} (commit {commit})"
        : $"vmemmap {informationalVersion}";
}

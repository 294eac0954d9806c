namespace Vmemmap.Tool.Tests.Synthetic;

/// <summary>One run of the tool in this process.</summary>
/// <param name="ExitCode">0, 1 or 2.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    internal static ToolRun Of(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = Program.Run(arguments, output, error);
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>What bad input gets: exit code 2, nothing on output, and one line that names the file.</summary>
    internal void AssertRefused(string path)
    {
        Assert.Equal(2, ExitCode);
        string line = Error.TrimEnd('\r', '\n');
        Assert.DoesNotContain('\n', line);
        Assert.Contains(path, line, StringComparison.Ordinal);
        AssertNoStackTrace();
    }

    internal void AssertNoStackTrace()
    {
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Output, StringComparison.Ordinal);
    }
}

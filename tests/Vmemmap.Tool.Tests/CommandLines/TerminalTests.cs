using Vmemmap.Tool.Tests.RealImages;

namespace Vmemmap.Tool.Tests.CommandLines;

/// <summary>Terminals, pipes and signals.</summary>
public sealed class TerminalTests
{
    private const string Image = "tests/fixtures/x86_64-6.12-4level-kaslr.core.gz";

    private const char Escape = '\u001b';

    /// <summary>NO_COLOR (no-color.org): any value that is not empty. There are no colours to begin with, nor any other sequence.</summary>
    [ProgramFact("script", "stty")]
    public async Task Terminal_WithNoColor_GetsNoEscapeSequence()
    {
        foreach ((string Name, string Value)[] environment in ((string, string)[][])[[("NO_COLOR", "1")], [("NO_COLOR", "0")], []])
        {
            foreach (string arguments in (string[])[$"inspect {Image} --pages", "--help", "inspet", $"inspect {Image} --json"])
            {
                ToolProcess run = await ToolProcess.OnTerminalAsync(arguments, columns: 80, environment);
                Assert.NotEmpty(run.Output);
                Assert.DoesNotContain(Escape, run.Output);
            }
        }
    }

    /// <summary>A line that is wider than the window is the terminal's to wrap: it is not broken, so no number is.</summary>
    [ProgramFact("script", "stty")]
    public async Task Terminal_ThatIsNarrow_GetsWholeLines()
    {
        foreach (string arguments in (string[])[$"inspect {Image} --pages --verbose", "simulate --arch x86-64 --memory 4G --hugepages 2M:64 --compare"])
        {
            ToolProcess piped = await ToolProcess.BashAsync($"vmemmap {arguments} | cat");
            ToolProcess narrow = await ToolProcess.OnTerminalAsync(arguments, columns: 20);
            Assert.Equal(0, piped.ExitCode);
            Assert.Equal(piped.Output, narrow.Output);
        }
    }

    [ProgramFact("bash", "head")]
    public async Task Pipe_ThatIsClosedEarly_EndsQuietly()
    {
        foreach (string arguments in (string[])[$"inspect {Image} --pages", $"inspect {Image} --pages --json", "inspect --help"])
        {
            ToolProcess run = await ToolProcess.BashAsync($"set -o pipefail; vmemmap {arguments} | head -1");
            Assert.Equal(0, run.ExitCode);
            // How far it is may be said: it has taken a second by then.
            Assert.All(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^vmemmap: .*: \d+ %$", line));
            Assert.Equal(1, run.Output.Count(c => c == '\n'));
        }
    }

    /// <summary>A disk that is full is no pipe that is closed.</summary>
    [ProgramFact("bash")]
    public async Task Output_ThatCannotBeWritten_IsSaid()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        ToolProcess run = await ToolProcess.BashAsync($"vmemmap inspect {Image} >/dev/full");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("vmemmap: cannot write the report: ", run.Errors);
        Assert.Equal(1, run.Errors.Count(c => c == '\n'));
    }
}

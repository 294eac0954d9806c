using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.CommandLines;

/// <summary>A slip of the fingers gets one line with what was probably meant, and exit code 2.</summary>
public sealed class UnknownWordTests
{
    [Theory]
    [InlineData("inspet", "'inspet' is no command; did you mean 'inspect'? See 'vmemmap --help'.")]
    [InlineData("frobnicate", "'frobnicate' is no command. See 'vmemmap --help'.")]
    [InlineData("--versoin", "'--versoin' is no option; did you mean '--version'? See 'vmemmap --help'.")]
    [InlineData("inspect image --jsno", "'--jsno' is no option; did you mean '--json'? See 'vmemmap inspect --help'.")]
    [InlineData("inspect image --adress=0xfff", "'--adress' is no option; did you mean '--address'? See 'vmemmap inspect --help'.")]
    [InlineData("inspect image --frobnicate", "'--frobnicate' is no option. See 'vmemmap inspect --help'.")]
    [InlineData("inspect image --hepl", "'--hepl' is no option; did you mean '--help'? See 'vmemmap inspect --help'.")]
    [InlineData("inspect --jsno", "'--jsno' is no option; did you mean '--json'? A file of that name is written './--jsno'. See 'vmemmap inspect --help'.")]
    [InlineData("inspect image image2", "'image2' is one argument too many. See 'vmemmap inspect --help'.")]
    [InlineData("simulate --arch x86-64 --memroy 4G --hugepages 2M:1", "'--memroy' is no option; did you mean '--memory'? See 'vmemmap simulate --help'.")]
    [InlineData("completion tcsh", "There is no completion for 'tcsh'; there is one for bash, zsh, fish, pwsh. See 'vmemmap completion --help'.")]
    public void UnknownWord_GetsALineWithTheNearest(string arguments, string line)
    {
        ToolRun run = ToolRun.Of(arguments.Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"vmemmap: {line}", run.Error.TrimEnd());
        Assert.Empty(run.Output);
    }

    [Fact]
    public void UnknownWord_WithALineBreak_GetsOneLine() => ToolRun.Of("two\nlines").AssertRefused("'two lines'");
}

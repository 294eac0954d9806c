namespace Vmemmap.Package.Tests.Building;

/// <summary>What a build came to.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Text">What it wrote.</param>
internal sealed record BuildOutput(int ExitCode, string Text)
{
    /// <summary>Its errors and warnings.</summary>
    public BuildMessage[] Messages { get; } = BuildMessage.Of(Text);

    /// <summary>Fails unless it succeeded with no warning.</summary>
    public BuildOutput Clean()
    {
        Assert.True(ExitCode == 0 && Messages.Length == 0, Text);
        return this;
    }
}

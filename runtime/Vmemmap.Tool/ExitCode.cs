namespace Vmemmap.Tool;

/// <summary>What the process says when it ends.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int BadInput = 2;
}

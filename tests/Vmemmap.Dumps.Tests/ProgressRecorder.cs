namespace Vmemmap.Dumps.Tests;

/// <summary>Keeps what it is told, on the thread that tells it.</summary>
internal sealed class ProgressRecorder : IProgress<ImageProgress>
{
    public List<ImageProgress> Reports { get; } = [];

    public void Report(ImageProgress value) => Reports.Add(value);
}

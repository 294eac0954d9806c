using System.Diagnostics;
using System.Globalization;
using Vmemmap.Dumps;

namespace Vmemmap.Tool;

/// <summary>Says on standard error how far a long stage is, once the whole has taken a second.</summary>
internal sealed class StandardErrorProgress(TextWriter error) : IProgress<ImageProgress>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private TimeSpan _last;

    public void Report(ImageProgress value)
    {
        TimeSpan now = _sinceStart.Elapsed;
        if (now < Patience || now - _last < Patience)
        {
            return;
        }

        _last = now;
        string stage = value.Stage switch
        {
            ImageStage.Decompressing => "unpacking the image",
            ImageStage.Scanning => "searching memory for VMCOREINFO",
            _ => "reading struct pages",
        };
        double share = value.BytesTotal > 0 ? (double)value.BytesDone / value.BytesTotal : 0;
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"vmemmap: {stage}: {share:P0}"));
    }
}

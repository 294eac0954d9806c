using System.Text.Encodings.Web;
using System.Text.Json;
using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tool;

/// <summary><c>vmemmap simulate --postcopy</c>.</summary>
internal static class SimulatePostcopy
{
    public static int Execute(PostcopyRequest request, string? picture, bool json, TextWriter output, TextWriter error)
    {
        // Told before the replay, which takes seconds, and not after it.
        PictureFile? file = null;
        if (picture is not null && !PictureFile.TryOpen(picture, error, out file))
        {
            return ExitCode.BadInput;
        }

        using (file)
        {
            try
            {
                PostcopyRun run = PostcopyMigration.Run(request);
                if (json)
                {
                    WriteJson(run, output);
                }
                else
                {
                    SimulatePostcopyText.Write(run, output);
                }

                return file is null || file.TryWrite(PostcopyPicture.Draw(run), error) ? Judge(run, error) : ExitCode.BadInput;
            }
            catch (SimulationRefusedException exception)
            {
                error.WriteLine($"vmemmap: {exception.Message.ReplaceLineEndings(" ")}");
                return ExitCode.BadInput;
            }
        }
    }

    // What no correct kernel does is a mistake of this program, unless it was asked for.
    private static int Judge(PostcopyRun run, TextWriter error)
    {
        if (run.ViolationCount == 0 || run.Request.BreakBeforeMake == BreakBeforeMakePolicy.Ignore)
        {
            return ExitCode.Success;
        }

        error.WriteLine($"vmemmap: internal failure, please report it: {run.ViolationCount} violations, the first: {run.FirstViolation}");
        return ExitCode.Failure;
    }

    private static void WriteJson(PostcopyRun run, TextWriter output)
    {
        var context = new PostcopyResultJson(new JsonSerializerOptions(PostcopyResultJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        IReadOnlyList<PostcopyResult> results = [.. PostcopyResult.Of(run)];
        output.Write(JsonSerializer.Serialize(results, context.IReadOnlyListPostcopyResult));
        output.Write('\n');
    }
}

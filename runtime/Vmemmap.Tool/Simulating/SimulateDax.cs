using System.Text.Encodings.Web;
using System.Text.Json;
using Vmemmap.Devmap;
using Vmemmap.HugeTlb;

namespace Vmemmap.Tool;

/// <summary><c>vmemmap simulate --dax</c>.</summary>
internal static class SimulateDax
{
    public static int Execute(DaxRequest request, bool json, TextWriter output, TextWriter error)
    {
        try
        {
            DaxRun run = PlugAndPin.Run(request);
            if (json)
            {
                WriteJson(run, output);
            }
            else
            {
                SimulateDaxText.Write(run, output);
            }

            return Judge(run, error);
        }
        catch (SimulationRefusedException exception)
        {
            error.WriteLine($"vmemmap: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.BadInput;
        }
    }

    // What no correct kernel does is a mistake of this program.
    private static int Judge(DaxRun run, TextWriter error)
    {
        if (run.ViolationCount == 0)
        {
            return ExitCode.Success;
        }

        error.WriteLine($"vmemmap: internal failure, please report it: {run.ViolationCount} violations, the first: {run.FirstViolation}");
        return ExitCode.Failure;
    }

    private static void WriteJson(DaxRun run, TextWriter output)
    {
        var context = new DaxResultJson(new JsonSerializerOptions(DaxResultJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        IReadOnlyList<DaxResult> results = [.. DaxResult.Of(run)];
        output.Write(JsonSerializer.Serialize(results, context.IReadOnlyListDaxResult));
        output.Write('\n');
    }
}

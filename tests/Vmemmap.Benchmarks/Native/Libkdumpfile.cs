using System.Diagnostics;
using System.Globalization;

namespace Vmemmap.Benchmarks.Native;

/// <summary>libkdumpfile in a process of its own, where its headers are installed.</summary>
internal sealed class Libkdumpfile
{
    private const int Rounds = 15;

    private readonly string? _program = NativeBaseline.CompileProgram("kdumpfile.c", "kdumpfile", "addrxlat");

    /// <summary>Translates consecutive pages.</summary>
    /// <returns>Seconds of opening, seconds of a translation, and the sum of the addresses; null if it is not there or failed.</returns>
    public (double Open, double Translation, ulong Sum)? Run(string image, ulong address, int count, ulong step)
    {
        if (_program is null)
        {
            return null;
        }

        string[] arguments =
        [
            image,
            address.ToString(CultureInfo.InvariantCulture),
            count.ToString(CultureInfo.InvariantCulture),
            step.ToString(CultureInfo.InvariantCulture),
            Rounds.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(_program, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string[] words = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 && words.Length == 4
            ? (double.Parse(words[0], CultureInfo.InvariantCulture) / 1e3, double.Parse(words[1], CultureInfo.InvariantCulture) / 1e9, ulong.Parse(words[2], CultureInfo.InvariantCulture))
            : null;
    }
}

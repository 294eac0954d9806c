using System.Globalization;

namespace Vmemmap.MemoryProbe;

/// <summary>A snippet to run, and with what: the program's arguments.</summary>
/// <param name="Image">The assembly's file.</param>
/// <param name="Class">The class.</param>
/// <param name="Method">The method.</param>
/// <param name="Architecture">Name of the architecture's type.</param>
/// <param name="Layout">Name of the layout's type.</param>
/// <param name="Input">What it is run with.</param>
internal sealed record ProbeRequest(string Image, string Class, string Method, string Architecture, string Layout, PageInput Input)
{
    private const string Nothing = "-";

    /// <summary>As arguments.</summary>
    public string[] ToArguments() =>
    [
        Image, Class, Method, Architecture, Layout, Input.State.ToString(), Input.Other?.ToString() ?? Nothing, Input.IsShort.ToString(),
        Input.Number.ToString(CultureInfo.InvariantCulture), Input.Flag.ToString(),
    ];

    /// <summary>From arguments.</summary>
    public static ProbeRequest Of(string[] arguments) => new(
        arguments[0],
        arguments[1],
        arguments[2],
        arguments[3],
        arguments[4],
        new PageInput(
            Enum.Parse<VmemmapState>(arguments[5]),
            arguments[6] == Nothing ? null : Enum.Parse<VmemmapState>(arguments[6]),
            bool.Parse(arguments[7]),
            long.Parse(arguments[8], CultureInfo.InvariantCulture),
            bool.Parse(arguments[9])));
}

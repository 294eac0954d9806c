using System.Text.Json.Serialization;

namespace Vmemmap.Devmap;

/// <summary>An object of <c>vmemmap simulate --dax --json</c>: one geometry of a device, its struct pages in RAM.</summary>
public sealed record DaxResult
{
    /// <summary>Canonical name of the architecture.</summary>
    [JsonPropertyOrder(0)]
    public required string Architecture { get; init; }

    /// <summary>Bytes of the device.</summary>
    [JsonPropertyOrder(1)]
    public required long Size { get; init; }

    /// <summary>Bytes of its pages, as it was asked for.</summary>
    [JsonPropertyOrder(2)]
    public required long Align { get; init; }

    /// <summary>"base", "compound" or "compound-pud".</summary>
    [JsonPropertyOrder(3)]
    public required string Geometry { get; init; }

    /// <summary>Frames that hold struct pages.</summary>
    [JsonPropertyOrder(4)]
    public required long StructPageFrames { get; init; }

    /// <summary>Last-level tables over them.</summary>
    [JsonPropertyOrder(5)]
    public required long PageTablePages { get; init; }

    /// <summary>Tables above the last level that were made.</summary>
    [JsonPropertyOrder(6)]
    public required long UpperTablePages { get; init; }

    /// <summary>Struct page frames and last-level tables in bytes.</summary>
    [JsonPropertyOrder(7)]
    public required long Bytes { get; init; }

    /// <summary>The same for each TiB of the device, rounded.</summary>
    [JsonPropertyOrder(8)]
    public required long BytesPerTiB { get; init; }

    /// <summary>Struct pages that were initialised.</summary>
    [JsonPropertyOrder(9)]
    public required long StructPagesInitialised { get; init; }

    /// <summary>Simulated time of pinning all of the device.</summary>
    [JsonPropertyOrder(10)]
    public required long SimulatedPinNanoseconds { get; init; }

    /// <summary>Simulated time of unpinning it.</summary>
    [JsonPropertyOrder(11)]
    public required long SimulatedUnpinNanoseconds { get; init; }

    /// <summary>The results of a run, one for each geometry.</summary>
    /// <param name="run">The run.</param>
    public static IEnumerable<DaxResult> Of(DaxRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Geometries.Select(figures => new DaxResult
        {
            Architecture = run.Architecture,
            Size = run.DeviceBytes,
            Align = run.AlignBytes,
            Geometry = NameOf(figures.Geometry),
            StructPageFrames = figures.StructPageFrames,
            PageTablePages = figures.PageTablePages,
            UpperTablePages = figures.UpperTablePages,
            Bytes = BytesOf(run, figures),
            BytesPerTiB = PerTiB(run, figures),
            StructPagesInitialised = figures.StructPagesInitialized,
            SimulatedPinNanoseconds = (long)Math.Round(figures.PinningNanoseconds),
            SimulatedUnpinNanoseconds = (long)Math.Round(figures.UnpinningNanoseconds),
        });
    }

    /// <summary>A geometry as reports name it.</summary>
    /// <param name="geometry">The geometry.</param>
    public static string NameOf(DevmapGeometry geometry) => geometry switch
    {
        DevmapGeometry.Base => "base",
        DevmapGeometry.Compound => "compound",
        _ => "compound-pud",
    };

    /// <summary>Bytes of struct page frames and last-level tables.</summary>
    /// <param name="run">The run.</param>
    /// <param name="figures">One of its geometries.</param>
    public static long BytesOf(DaxRun run, DaxFigures figures)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(figures);
        return (figures.StructPageFrames + figures.PageTablePages) * run.PageSize;
    }

    /// <summary>The same for each TiB of the device, rounded.</summary>
    /// <param name="run">The run.</param>
    /// <param name="figures">One of its geometries.</param>
    public static long PerTiB(DaxRun run, DaxFigures figures) =>
        (long)((((UInt128)BytesOf(run, figures) << 40) + ((UInt128)run.DeviceBytes / 2)) / (UInt128)run.DeviceBytes);
}

/// <summary>How the results are written: camelCase, two spaces, "\n".</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(IReadOnlyList<DaxResult>))]
public sealed partial class DaxResultJson : JsonSerializerContext;

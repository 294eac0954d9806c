using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>How the value of a key is written.</summary>
/// <param name="Wanted">In words.</param>
/// <param name="Fits">Whether a value is.</param>
internal sealed record VmcoreinfoKind(string Wanted, Func<string, bool> Fits)
{
    /// <summary>SYMBOL(x), KERNELOFFSET.</summary>
    public static VmcoreinfoKind Address { get; } = new("a hexadecimal number of 64 bits", text => VmcoreinfoNumber.TryParseHex(text, out _));

    /// <summary>SIZE(x), OFFSET(x), LENGTH(x).</summary>
    public static VmcoreinfoKind Count { get; } = new("a decimal number", IsCount);

    /// <summary>NUMBER(x).</summary>
    public static VmcoreinfoKind Number { get; } = new("a decimal or 0x hexadecimal number", text => VmcoreinfoNumber.TryParse(text, out _));

    /// <summary>PAGESIZE, which is a count.</summary>
    public static VmcoreinfoKind PowerOfTwo { get; } = new("a power of two", text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long size) && long.IsPow2(size));

    /// <summary>OSRELEASE, where a version is needed: who builds a kernel may call it anything.</summary>
    public static VmcoreinfoKind Release { get; } = new("a release such as 6.12.117-amd64", text => KernelVersion.TryParse(text, out _));

    /// <summary>The kind of a key; null if any text may stand there.</summary>
    public static VmcoreinfoKind? Of(string key) => key switch
    {
        "PAGESIZE" => PowerOfTwo,
        "KERNELOFFSET" => Address,
        _ when key.StartsWith("SYMBOL(", StringComparison.Ordinal) => Address,
        _ when key.StartsWith("NUMBER(", StringComparison.Ordinal) => Number,
        _ when key.StartsWith("SIZE(", StringComparison.Ordinal) => Count,
        _ when key.StartsWith("OFFSET(", StringComparison.Ordinal) => Count,
        _ when key.StartsWith("LENGTH(", StringComparison.Ordinal) => Count,
        _ => null,
    };

    private static bool IsCount(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>
/// What a kernel says of itself for those who read its memory: lines KEY=VALUE (Linux Documentation/admin-guide/kdump/vmcoreinfo.rst,
/// kernel/vmcore_info.c). Immutable, safe from any thread.
/// </summary>
/// <remarks>
/// The typed members give false for a key that is missing and throw <see cref="ImageFormatException"/> for one whose value is
/// not what its kind is written as: an absent fact and a damaged one are different things.
/// </remarks>
public sealed class Vmcoreinfo
{
    private readonly Dictionary<string, string> _values;

    internal Vmcoreinfo(
        string image, string source, IReadOnlyList<string> keys, Dictionary<string, string> values, IReadOnlyList<string> warnings)
    {
        Image = image;
        Source = source;
        Keys = keys;
        _values = values;
        Warnings = warnings;
    }

    /// <summary>The path of the image that it was found in.</summary>
    public string Image { get; }

    /// <summary>Where it was found, in words: "the VMCOREINFO note", "a scan, at physical address 0x…".</summary>
    public string Source { get; }

    /// <summary>The keys in the kernel's order, spelled as it spells them: "SYMBOL(vmemmap)".</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Lines that were passed over, and keys that came twice.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>OSRELEASE: what uname -r prints; null if it is missing.</summary>
    public string? OsRelease => _values.GetValueOrDefault("OSRELEASE");

    /// <summary>BUILD-ID of the kernel, in hex (v5.9 on); null if it is missing.</summary>
    public string? BuildId => _values.GetValueOrDefault("BUILD-ID");

    /// <summary>Reads VMCOREINFO text.</summary>
    /// <param name="text">The text; it ends at its first NUL, if there is one.</param>
    /// <param name="image">The path of the image, for errors.</param>
    /// <param name="source">Where it was found, in words.</param>
    /// <returns>The facts; lines that are none become <see cref="Warnings"/>.</returns>
    public static Vmcoreinfo Parse(ReadOnlySpan<byte> text, string image, string source) =>
        VmcoreinfoParser.Parse(text, image, source);

    /// <summary>A value as it is written.</summary>
    /// <param name="key">The whole key: "SYMBOL(vmemmap)", "PAGESIZE".</param>
    /// <param name="value">What stands after the equals sign.</param>
    /// <returns>Whether the key is there.</returns>
    public bool TryGetText(string key, [NotNullWhen(true)] out string? value) => _values.TryGetValue(key, out value);

    /// <summary>A line as it is written, to be shown as the source of a fact.</summary>
    /// <param name="key">The whole key.</param>
    /// <returns>"SYMBOL(vmemmap)=fffff15f80000000", or null if the key is missing.</returns>
    public string? LineOf(string key) => _values.TryGetValue(key, out string? value) ? $"{key}={value}" : null;

    /// <summary>SYMBOL(name): an address. Hexadecimal in the text.</summary>
    /// <param name="name">The symbol.</param>
    /// <param name="address">The address; for vmemmap and mem_section it is the value of the variable, not where it is.</param>
    public bool TryGetSymbol(string name, out ulong address) => TryGetHex($"SYMBOL({name})", out address);

    /// <summary>SIZE(name): bytes of a type.</summary>
    /// <param name="name">The type, without "struct".</param>
    /// <param name="size">Bytes.</param>
    public bool TryGetSize(string name, out long size) => TryGetCount($"SIZE({name})", out size);

    /// <summary>OFFSET(type.member): bytes from the start of a type to a member.</summary>
    /// <param name="member">"page.flags".</param>
    /// <param name="offset">Bytes.</param>
    public bool TryGetOffset(string member, out long offset) => TryGetCount($"OFFSET({member})", out offset);

    /// <summary>LENGTH(name): elements of an array.</summary>
    /// <param name="name">The array.</param>
    /// <param name="length">Elements.</param>
    public bool TryGetLength(string name, out long length) => TryGetCount($"LENGTH({name})", out length);

    /// <summary>
    /// NUMBER(name): a number that the kernel writes as signed decimal or as 0x hexadecimal. Both are 64 bits: "0xffff000000000000"
    /// is negative, and a number that stands for an address is its cast to ulong.
    /// </summary>
    /// <param name="name">The number's name.</param>
    /// <param name="number">The number.</param>
    public bool TryGetNumber(string name, out long number)
    {
        number = 0;
        string key = $"NUMBER({name})";
        return _values.TryGetValue(key, out string? text)
            && (VmcoreinfoNumber.TryParse(text, out number) ? true : throw Unreadable(key, text, VmcoreinfoKind.Number.Wanted));
    }

    /// <summary>PAGESIZE: bytes of a base page.</summary>
    /// <param name="bytes">Bytes; a power of two.</param>
    public bool TryGetPageSize(out long bytes)
    {
        if (!TryGetCount("PAGESIZE", out bytes))
        {
            return false;
        }

        return long.IsPow2(bytes) ? true : throw Unreadable("PAGESIZE", _values["PAGESIZE"], VmcoreinfoKind.PowerOfTwo.Wanted);
    }

    /// <summary>KERNELOFFSET: how far KASLR moved the kernel's image. Hexadecimal in the text.</summary>
    /// <param name="offset">Bytes.</param>
    public bool TryGetKernelOffset(out ulong offset) => TryGetHex("KERNELOFFSET", out offset);

    /// <summary>The kernel's version, off <see cref="OsRelease"/>.</summary>
    /// <param name="version">The version.</param>
    public bool TryGetKernelVersion(out KernelVersion version)
    {
        version = default;
        return OsRelease is { } release
            && (KernelVersion.TryParse(release, out version)
                ? true
                : throw Unreadable("OSRELEASE", release, VmcoreinfoKind.Release.Wanted));
    }

    private bool TryGetHex(string key, out ulong value)
    {
        value = 0;
        return _values.TryGetValue(key, out string? text)
            && (VmcoreinfoNumber.TryParseHex(text, out value) ? true : throw Unreadable(key, text, VmcoreinfoKind.Address.Wanted));
    }

    private bool TryGetCount(string key, out long value)
    {
        value = 0;
        return _values.TryGetValue(key, out string? text)
            && (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
                ? true
                : throw Unreadable(key, text, VmcoreinfoKind.Count.Wanted));
    }

    private ImageFormatException Unreadable(string key, string value, string wanted) =>
        new(Image, $"VMCOREINFO ({Source}): {key}={value} is not {wanted}; the dump is damaged, take it again");
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>The version of a kernel, as far as it says what a kernel's memory looks like. Patch levels do not.</summary>
/// <param name="Major">The 6 of "6.12.117+deb12-amd64".</param>
/// <param name="Minor">The 12 of it.</param>
public readonly record struct KernelVersion(int Major, int Minor) : IComparable<KernelVersion>
{
    /// <summary>Reads the version off a release.</summary>
    /// <param name="release">A release as uname -r and OSRELEASE spell it: two numbers and whatever follows them.</param>
    /// <param name="version">The version.</param>
    /// <returns>False if it does not start with two numbers.</returns>
    public static bool TryParse([NotNullWhen(true)] string? release, out KernelVersion version)
    {
        version = default;
        if (release is null)
        {
            return false;
        }

        int dot = release.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return false;
        }

        int end = dot + 1;
        while (end < release.Length && char.IsAsciiDigit(release[end]))
        {
            end++;
        }

        if (!TryNumber(release.AsSpan(0, dot), out int major) || !TryNumber(release.AsSpan((dot + 1)..end), out int minor))
        {
            return false;
        }

        version = new KernelVersion(major, minor);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(KernelVersion other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    /// <summary>Whether one is older than the other.</summary>
    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether one is newer than the other.</summary>
    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether one is not newer than the other.</summary>
    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one is not older than the other.</summary>
    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

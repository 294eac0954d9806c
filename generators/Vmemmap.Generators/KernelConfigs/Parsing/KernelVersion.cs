using System;
using System.Linq;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>The part of a kernel's release that decides what its source is.</summary>
/// <param name="Major">6 of v6.12.117.</param>
/// <param name="Minor">12 of v6.12.117.</param>
internal readonly record struct KernelVersion(int Major, int Minor) : IComparable<KernelVersion>
{
    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads "6.12.117", "7.1.0-rc3" or "5.14.0-362.el9.x86_64".</summary>
    public static bool TryParse(string release, out KernelVersion version)
    {
        version = default;
        string[] parts = release.Split('-', '+', '_', '~')[0].Split('.');
        if (parts.Length < 2
            || !Number.TryParse(parts[0], out int major)
            || !Number.TryParse(parts[1], out int minor)
            || !release.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '.' or '-' or '+' or '_' or '~'))
        {
            return false;
        }

        version = new KernelVersion(major, minor);
        return true;
    }

    public int CompareTo(KernelVersion other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    public override string ToString() => $"v{Number.Text(Major)}.{Number.Text(Minor)}";
}

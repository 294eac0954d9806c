using System.Globalization;

namespace Vmemmap.SyntheticImages;

/// <summary>A kernel version; it decides which keys VMCOREINFO has and how a HugeTLB head is marked.</summary>
public readonly record struct KernelVersion(int Major, int Minor, int Patch = 0) : IComparable<KernelVersion>
{
    /// <summary>Reads "6.12" or "6.12.117".</summary>
    public static KernelVersion Parse(string text)
    {
        int[] parts = [.. text.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        return new KernelVersion(parts[0], parts[1], parts.Length > 2 ? parts[2] : 0);
    }

    /// <summary>Whether this kernel is of the given release or newer.</summary>
    public bool IsAtLeast(int major, int minor) => CompareTo(new KernelVersion(major, minor)) >= 0;

    /// <inheritdoc/>
    public int CompareTo(KernelVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}

using System.Runtime.InteropServices;

namespace Vmemmap.Publish.Tests;

/// <summary>A test of what is published for linux-x64: skipped, with a word, on another machine, which could not run it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishingFactAttribute : FactAttribute
{
    public PublishingFactAttribute() => Skip = Reason;

    /// <summary>Why nothing is tested here; null where it is.</summary>
    public static string? Reason { get; } = RuntimeInformation.OSArchitecture == Architecture.X64 && OperatingSystem.IsLinux()
        ? null
        : $"Publishing is tested for linux-x64, and this is {RuntimeInformation.RuntimeIdentifier}.";
}

/// <summary>The same with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishingTheoryAttribute : TheoryAttribute
{
    public PublishingTheoryAttribute() => Skip = PublishingFactAttribute.Reason;
}

namespace Vmemmap.Analyzers.Tests.Agreement;

/// <summary>A test that needs memfd_create and mmap.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Memory is mapped as Linux does it.";
        }
    }
}

using System.Runtime.InteropServices;

namespace Vmemmap.Tests.Folding;

/// <summary>Why a test of x86-64 machine code does not run, or null if it does.</summary>
internal static class X64Only
{
    public static string? Reason { get; } = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64
        ? null
        : $"reads x86-64 machine code, and this process is {RuntimeInformation.ProcessArchitecture}";
}

/// <summary>A fact about x86-64 machine code.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class X64FactAttribute : FactAttribute
{
    public X64FactAttribute() => Skip = X64Only.Reason;
}

/// <summary>A theory about x86-64 machine code.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class X64TheoryAttribute : TheoryAttribute
{
    public X64TheoryAttribute() => Skip = X64Only.Reason;
}

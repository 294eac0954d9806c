using System.Runtime.InteropServices;

namespace Vmemmap.Benchmarks.Native;

/// <summary><c>struct run</c> of <c>native/aliases.c</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeRun
{
    public ulong Address;
    public int Count;
    public byte FirstWritable;
    public byte RestWritable;
}

/// <summary><c>struct scan</c> of <c>native/aliases.c</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeScan
{
    public NativeRun* Runs;
    public ulong RunCount;
    public ulong Previous;
    public NativeRun Open;
}

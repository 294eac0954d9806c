using System.Runtime.InteropServices;

namespace Vmemmap.Benchmarks.Native;

/// <summary><c>struct memory</c> of <c>native/memory.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeMemoryView(nint Data, ulong EntryLimit);

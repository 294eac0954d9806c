using System.Runtime.InteropServices;

namespace Vmemmap.MemoryProbe;

/// <summary>What the C library of Linux is asked for.</summary>
internal static unsafe partial class LibC
{
    public const int ProtNone = 0;
    public const int ProtRead = 1;
    public const int ProtReadWrite = 3;
    public const int MapShared = 0x01;
    public const int MapPrivate = 0x02;
    public const int MapFixed = 0x10;
    public const int MapAnonymous = 0x20;

    private const int LimitOfCores = 4;

    /// <summary>Has the process die without a core file: dying is what it is for.</summary>
    public static void WriteNoCore()
    {
        ulong* none = stackalloc ulong[2];
        none[0] = 0;
        none[1] = 0;
        Require(SetLimit(LimitOfCores, none) == 0, "setrlimit");
    }

    /// <summary>A file that is memory and nothing else.</summary>
    public static int MakeMemory(long bytes)
    {
        int file = MemFdCreate("vmemmap", 0);
        Require(file >= 0, "memfd_create");
        Require(Truncate(file, bytes) == 0, "ftruncate");
        return file;
    }

    public static byte* Map(byte* at, long bytes, int protection, int flags, int file, long offset)
    {
        nint mapped = MapMemory((nint)at, (nuint)bytes, protection, flags, file, offset);
        Require(mapped != -1, "mmap");
        return (byte*)mapped;
    }

    private static void Require(bool done, string call)
    {
        if (!done)
        {
            throw new IOException($"{call}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemFdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int Truncate(int file, long bytes);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapMemory(nint at, nuint bytes, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, ulong* limit);
}

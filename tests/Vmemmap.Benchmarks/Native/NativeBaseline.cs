using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vmemmap.Benchmarks.Native;

/// <summary>
/// The C yardsticks, compiled when the program starts for the machine it runs on. Without a compiler there are none, and what is
/// measured against them is left out.
/// </summary>
internal static unsafe class NativeBaseline
{
    private static readonly nint Library = Load();

    /// <summary>Whether there are any.</summary>
    public static bool IsAvailable => Library != 0;

    /// <summary>Compiles a program of <c>native/</c>.</summary>
    /// <returns>Its path, or null if there is no compiler or it needs a library that is not there.</returns>
    public static string? CompileProgram(string source, params string[] libraries)
    {
        string output = Path.Combine(Folder(), Path.GetFileNameWithoutExtension(source));
        return Compile([Source(source), "-o", output, .. libraries.Select(l => $"-l{l}")]) ? output : null;
    }

    /// <summary>uint64_t f(const struct memory *, root, const uint64_t *addresses, int64_t count).</summary>
    public static delegate* unmanaged<NativeMemoryView*, ulong, ulong*, long, ulong> Translate(string name) =>
        (delegate* unmanaged<NativeMemoryView*, ulong, ulong*, long, ulong>)NativeLibrary.GetExport(Library, name);

    /// <summary>uint64_t f(const struct memory *, root, first, last).</summary>
    public static delegate* unmanaged<NativeMemoryView*, ulong, ulong, ulong, ulong> Walk(string name) =>
        (delegate* unmanaged<NativeMemoryView*, ulong, ulong, ulong, ulong>)NativeLibrary.GetExport(Library, name);

    /// <summary>uint64_t sum_block(const uint64_t *, count).</summary>
    public static delegate* unmanaged<ulong*, ulong, ulong> Sum() =>
        (delegate* unmanaged<ulong*, ulong, ulong>)NativeLibrary.GetExport(Library, "sum_block");

    /// <summary>void scan_aliases(struct scan *, address, const uint64_t *, count).</summary>
    public static delegate* unmanaged<NativeScan*, ulong, ulong*, long, void> Scan() =>
        (delegate* unmanaged<NativeScan*, ulong, ulong*, long, void>)NativeLibrary.GetExport(Library, "scan_aliases");

    /// <summary>void scan_end(struct scan *).</summary>
    public static delegate* unmanaged<NativeScan*, void> ScanEnd() =>
        (delegate* unmanaged<NativeScan*, void>)NativeLibrary.GetExport(Library, "scan_end");

    private static nint Load()
    {
        string output = Path.Combine(Folder(), "libbaseline.so");
        return Compile(["-shared", "-fPIC", Source("translate.c"), Source("walk.c"), Source("aliases.c"), "-o", output])
            ? NativeLibrary.Load(output)
            : 0;
    }

    private static bool Compile(string[] arguments)
    {
        string compiler = Environment.GetEnvironmentVariable("CC") is { Length: > 0 } named ? named : "cc";
        try
        {
            var start = new ProcessStartInfo(compiler, ["-O3", "-march=native", "-w", .. arguments]) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                return true;
            }

            Console.WriteLine($"// '{compiler}' failed, so the rows that need it are left out: {errors.Split('\n')[0]}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine($"// There is no C compiler '{compiler}', so the rows that need one are left out.");
        }

        return false;
    }

    private static string Source(string name) => Path.Combine(AppContext.BaseDirectory, "native", name);

    private static string Folder() => Directory.CreateTempSubdirectory("vmemmap-benchmarks-").FullName;
}

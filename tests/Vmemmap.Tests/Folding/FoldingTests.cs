using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Vmemmap.Tests.Folding;

/// <summary>
/// The walk is written once, generic over the format, and so is what makes entries; for a generated architecture the JIT makes of it
/// what literals would have made. The machine code of a child process says so.
/// </summary>
public sealed partial class FoldingTests
{
    private static readonly string[] Methods = ["Walk", "WalkTable", "WalkEntries", "RunLength", "MapRun"];

    private static readonly Lazy<Dictionary<string, string>> Code = new(Disassemble);

    [X64Fact]
    public void Code_IsCompiledForTheArchitecture() => Assert.Equal(Methods.Order(), Code.Value.Keys.Order());

    [X64Fact]
    public void Code_CallsNoMemberOfTheArchitecture()
    {
        foreach ((string method, string code) in Code.Value)
        {
            string[] calls = CallOfAMember().Matches(code).Select(m => m.Value.Trim()).ToArray();
            Assert.True(calls.Length == 0, $"{method} has\n{string.Join('\n', calls)}");
        }
    }

    // What must be left of the architecture: numbers of the Intel SDM. P and PS; the bits that a 1G and a 2M leaf must leave clear, with
    // these two; the address of a table; half of the address space. In what makes a page: the bits that its address cannot have, and
    // those of PAGE_KERNEL and PAGE_KERNEL_RO.
    [X64Theory]
    [InlineData("WalkEntries", 0x81)]
    [InlineData("WalkEntries", 0x3fff_e081)]
    [InlineData("WalkEntries", 0x1f_e081)]
    [InlineData("WalkEntries", 0xf_ffff_ffff_f000)]
    [InlineData("RunLength", 0x81)]
    [InlineData("RunLength", 0x3fff_e081)]
    [InlineData("RunLength", 0x1f_e081)]
    [InlineData("Walk", 0x8000_0000_0000)]
    [InlineData("MapRun", unchecked((long)0xfff0_0000_0000_0fff))]
    [InlineData("MapRun", unchecked((long)0x8000_0000_0000_0163))]
    [InlineData("MapRun", unchecked((long)0x8000_0000_0000_0161))]
    public void Code_HasTheLiteral(string method, long literal)
    {
        string code = Code.Value[method];
        string[] spellings = [$"0x{literal:X}", $" {literal}"];
        Assert.True(
            spellings.Any(s => Regex.IsMatch(code, $@"{s}\b", RegexOptions.CultureInvariant)),
            $"{method} has no 0x{literal:x}:\n{code}");
    }

    // A call that was not inlined, or a jump in its place.
    [GeneratedRegex(@"(call|jmp)\s+\[?Vmemmap\.(X64|ArchitectureFormat`1\[Vmemmap\.X64\]):.*")]
    private static partial Regex CallOfAMember();

    [GeneratedRegex(
        @"^; Assembly listing for method (?:Vmemmap\.PageTableWalk:(\w+)\[Vmemmap\.ArchitectureFormat`1|Mapping:(\w+))\[Vmemmap\.X64\].*"
        + @"\(FullOpts\)$",
        RegexOptions.Multiline)]
    private static partial Regex Listing();

    private static Dictionary<string, string> Disassemble()
    {
        string listing = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.asm");
        try
        {
            RunProbe(listing);
            string text = File.ReadAllText(listing).ReplaceLineEndings("\n");
            Match[] headers = Listing().Matches(text).ToArray();
            return headers.Select((header, i) => (
                    Method: header.Groups[1].Value + header.Groups[2].Value,
                    Code: text[header.Index..(i + 1 < headers.Length ? headers[i + 1].Index : text.Length)]))
                .ToDictionary(m => m.Method, m => m.Code);
        }
        finally
        {
            File.Delete(listing);
        }
    }

    private static void RunProbe(string listing)
    {
        // The host that this runtime belongs to, whatever started the tests.
        string host = Path.GetFullPath(Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Vmemmap.JitProbe.dll"));

        // Tiers would compile the walk unoptimized first; a profile would inline by what ran.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_JitDisasm"] = string.Join(' ', Methods);
        start.Environment["DOTNET_JitStdOutFile"] = listing;

        // What a profiler or a coverage run puts into this process is not for the probe.
        start.Environment["CORECLR_ENABLE_PROFILING"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{output}\n{errors.GetAwaiter().GetResult()}");
        Assert.Equal("True 512 1 1", output.Trim());
    }
}

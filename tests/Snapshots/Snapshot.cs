using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Vmemmap.Snapshots;

/// <summary>
/// Compares a text with the one that was accepted before. File names and workflow are Verify's: Class.Method#hint.verified.txt is
/// accepted, a mismatch leaves *.received.txt beside it, and VMEMMAP_UPDATE_SNAPSHOTS=1 accepts what is received.
/// </summary>
internal static partial class Snapshot
{
    // The path that the compiler knows of a test is not one on this machine where builds are deterministic.
    private static readonly string Folder = Path.Combine(
        typeof(Snapshot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!,
        "tests",
        typeof(Snapshot).Assembly.GetName().Name!,
        "_snapshots");

    private static readonly bool IsUpdate = Environment.GetEnvironmentVariable("VMEMMAP_UPDATE_SNAPSHOTS") == "1";

    /// <summary>Compares a text with its snapshot.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hint">What tells it from the other texts of the test; empty for the only one.</param>
    /// <param name="extension">"cs" or "txt".</param>
    /// <param name="method">The test.</param>
    /// <param name="file">The test's file, named as its class.</param>
    public static void Matches(
        string text, string hint = "", string extension = "txt", [CallerMemberName] string method = "", [CallerFilePath] string file = "")
    {
        string name = $"{Path.GetFileNameWithoutExtension(file)}.{method}{(hint.Length > 0 ? "#" + hint : "")}";
        string verified = Path.Combine(Folder, $"{name}.verified.{extension}");
        string received = Path.Combine(Folder, $"{name}.received.{extension}");
        string found = Scrub(text);
        string expected = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : "";
        if (found == expected && File.Exists(verified))
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(Folder);
        if (IsUpdate)
        {
            File.WriteAllText(verified, found);
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, found);
        Assert.Fail($"{name}: {FirstDifference(expected, found)} Accept {Path.GetFileName(received)} with VMEMMAP_UPDATE_SNAPSHOTS=1.");
    }

    private static string Scrub(string text) => Version().Replace(Normalize(text), "\"Vmemmap.Generators\", \"{version}\"");

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimStart('\uFEFF');

    private static string FirstDifference(string expected, string found)
    {
        string[] left = expected.Split('\n');
        string[] right = found.Split('\n');
        int line = 0;
        while (line < left.Length && line < right.Length && left[line] == right[line])
        {
            line++;
        }

        return $"line {line + 1} was '{left.ElementAtOrDefault(line)}' and is '{right.ElementAtOrDefault(line)}'.";
    }

    [GeneratedRegex("\"Vmemmap\\.Generators\", \"[0-9.]+\"")]
    private static partial Regex Version();
}

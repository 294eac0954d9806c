using System.Diagnostics;

namespace Vmemmap.Benchmarks.Targets;

/// <summary>What a user waits for: the first translation after the package is added, and what each build costs more with it.</summary>
internal static class PackageTargets
{
    private const int Rounds = 7;

    private const string Translation = """
        using Vmemmap;
        using Vmemmap.Simulation;

        var memory = new SparseMemory(X64.PageShift, 16);
        memory.WriteWord(0x1000, X64.MakeTable(0x2000));
        memory.WriteWord(0x2000, X64.MakeLeaf(1, 0x40000000, writable: true));
        Console.WriteLine(X64.TryTranslate(memory.View, root: 0x1000, 0x1234, out Translation translation) ? translation.PhysicalAddress : 0);
        """;

    private const string Nothing = """Console.WriteLine("nothing of Vmemmap");""";

    /// <summary>Measures with the packages of <c>./pack</c>.</summary>
    public static void Package(TargetReport report)
    {
        string feed = Path.GetFullPath(Path.Combine("artifacts", "packages"));
        if (!File.Exists(Path.Combine("runtime", "Vmemmap", "Vmemmap.csproj")) || !Directory.Exists(feed))
        {
            report.Skip("package", "no artifacts/packages here; run ./pack at the root of the repository, and this from there");
            return;
        }

        string root = Directory.CreateTempSubdirectory("vmemmap-consumer-").FullName;
        try
        {
            File.WriteAllText(
                Path.Combine(root, "nuget.config"),
                $"<configuration><packageSources><clear /><add key=\"packed\" value=\"{feed}\" /></packageSources></configuration>");
            double[] first = [.. Enumerable.Range(0, Rounds).Select(round => FirstTranslation(root, round))];
            report.Budget("`dotnet add package` to the first translation", "", met: true, TargetReport.Time(PairedMeasure.Median(first)));
            Build(report, root, "a build with the package, which uses nothing of it, against none", Nothing, "");
            Build(report, root, "a build with the package and a translation against none of both", Translation, "");
            Build(report, root, "the same with `VmemmapArchitecture`", Translation, "-p:VmemmapArchitecture=arm64-16k");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // From an empty cache each time: the package is unpacked as on the first day.
    private static double FirstTranslation(string root, int round)
    {
        string folder = Project(root, "First" + round, Translation);
        string cache = Path.Combine(root, "cache" + round);
        long start = Stopwatch.GetTimestamp();
        Dotnet(folder, cache, "add", "package", "Vmemmap");
        Dotnet(folder, cache, "run");
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Build(TargetReport report, string root, string what, string program, string property)
    {
        string cache = Path.Combine(root, "cache0");
        string with = Project(root, "With", program);
        string without = Project(root, "Without", Nothing);
        Dotnet(with, cache, "add", "package", "Vmemmap");
        Dotnet(without, cache, "restore");
        report.Fact(what, PairedMeasure.OfFew(() => Rebuild(with), () => Rebuild(without), Rounds));

        void Rebuild(string folder) => Dotnet(folder, cache, [.. new[] { "build", "--no-restore", "--no-incremental", property }.Where(a => a.Length > 0)]);
    }

    private static string Project(string root, string name, string program)
    {
        string folder = Path.Combine(root, name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program);
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
            </Project>
            """);
        return folder;
    }

    private static void Dotnet(string folder, string cache, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["NUGET_PACKAGES"] = cache;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        foreach (string name in start.Environment.Keys.Where(n => n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{output}");
        }
    }
}

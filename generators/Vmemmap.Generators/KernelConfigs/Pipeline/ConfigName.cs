using System;
using System.Collections.Generic;
using System.Linq;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>How an attribute names a file: by its last component, or by as many as tell two apart.</summary>
internal static class ConfigName
{
    /// <summary>The paths that a name stands for; the compiler may list a file twice.</summary>
    public static string[] Find(string name, IEnumerable<string> paths)
    {
        string wanted = Slashes(name);
        return wanted.Length == 0 ? [] : [.. paths.Where(path => Matches(Slashes(path), wanted)).Distinct().OrderBy(path => path, StringComparer.Ordinal)];
    }

    /// <summary>The last component of a path.</summary>
    public static string FileName(string path) => path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);

    /// <summary>For each path its shortest end that no other has: what an attribute would say.</summary>
    public static string[] Distinct(string[] paths)
    {
        string[][] parts = [.. paths.Select(path => Slashes(path).Split('/'))];
        for (int count = 1; ; count++)
        {
            string[] ends = [.. parts.Select(p => string.Join("/", p.Skip(Math.Max(0, p.Length - count))))];
            if (ends.Distinct().Count() == ends.Length || parts.All(p => p.Length <= count))
            {
                return ends;
            }
        }
    }

    private static bool Matches(string path, string wanted) => path == wanted || path.EndsWith("/" + wanted, StringComparison.Ordinal);

    private static string Slashes(string path) => path.Replace('\\', '/');
}

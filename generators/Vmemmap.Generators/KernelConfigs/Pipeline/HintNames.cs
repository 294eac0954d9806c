using System;
using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>Names of the sources: one for each class, also where two names differ only in case, which the compiler's host does not tell apart.</summary>
internal static class HintNames
{
    /// <summary>How each of them ends.</summary>
    public const string Extension = ".KernelConfig.g.cs";

    /// <summary>The full names of classes that another class's name equals but for its case, in order.</summary>
    public static EquatableArray<string> Clashing(IEnumerable<string> fullNames) => new(fullNames.Distinct(StringComparer.Ordinal)
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
        .SelectMany(group => group).OrderBy(name => name, StringComparer.Ordinal));

    /// <summary>The name of a class's source.</summary>
    public static string Of(string fullName, EquatableArray<string> clashing)
    {
        int index = Array.IndexOf([.. clashing], fullName);
        string number = index < 0 ? "" : "-" + (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return $"{fullName}{number}{Extension}";
    }
}

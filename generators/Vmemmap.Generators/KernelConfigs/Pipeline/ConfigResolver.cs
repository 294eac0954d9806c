using System;
using System.Globalization;
using System.Linq;
using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>Brings a class and a configuration together, and does the arithmetic (6.12 mm/hugetlb_vmemmap.h:17-44).</summary>
internal static class ConfigResolver
{
    /// <summary>Resolves.</summary>
    /// <returns>Null if there is no such file, or several, or its mistakes leave the kernel open.</returns>
    public static ResolvedConfig? Resolve(ConfigTarget target, EquatableArray<ConfigEntry> entries, string hintName)
    {
        string[] paths = ConfigName.Find(target.File, entries.Select(e => e.Path));
        if (paths.Length != 1 || entries.First(e => e.Path == paths[0]).Spec is not { } spec)
        {
            return null;
        }

        ConfigLayout layout = target.Layout != ConfigLayout.None ? target.Layout : spec.Hvo.Layout;
        int structPageSize = target.StructPageSize > 0 ? target.StructPageSize : spec.StructPage.Size;
        return new ResolvedConfig(
            target, ConfigName.FileName(paths[0]), spec, layout, structPageSize,
            new EquatableArray<ResolvedHstate>(spec.Hstates.Select(h => Resolve(h, spec, layout, structPageSize))), hintName);
    }

    private static ResolvedHstate Resolve(ConfigHstateSpec hstate, KernelConfigSpec spec, ConfigLayout layout, int structPageSize)
    {
        long pageSize = 1L << spec.PageShift;
        int order = hstate.SizeShift - spec.PageShift;
        long structPages = 1L << order;
        long bytes = structPages * structPageSize;
        int kept = layout == ConfigLayout.ReserveTwo ? 2 : 1;
        bool isPowerOfTwo = (structPageSize & (structPageSize - 1)) == 0;
        string reason =
            structPageSize == 0 ? ""
            : bytes / pageSize <= kept ? $"too small: {Text(bytes)} bytes of struct pages, and {(kept == 1 ? "one page" : "two pages")} of {Text(pageSize)} bytes {(kept == 1 ? "is" : "are")} kept"
            : !isPowerOfTwo ? $"a struct page of {Text(structPageSize)} bytes is no power of two"
            : !spec.Hvo.IsBuiltIn ? "not built in: " + spec.Hvo.Absence
            : "";
        bool isFreed = structPageSize != 0 && reason.Length == 0;
        long index = isFreed ? FirstReadOnlyIndex.Of(pageSize, structPageSize, order, kept) : FirstReadOnlyIndex.None;
        return new ResolvedHstate(
            SizeText.Format(hstate.SizeShift),
            1UL << hstate.SizeShift,
            order,
            hstate.Condition,
            spec.HasVmemmap ? (double)bytes / pageSize : 0,
            isFreed ? Math.Max(0, (bytes / pageSize) - kept) : 0,
            index == FirstReadOnlyIndex.None ? structPages : index,
            reason);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

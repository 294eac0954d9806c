using System.Globalization;
using System.Numerics;
using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Why huge pages of a size are not optimized on a machine.</summary>
public enum NotOptimizable : byte
{
    /// <summary>They are, if HVO is switched on.</summary>
    None,

    /// <summary>Their struct pages are no more than what is kept.</summary>
    TooSmall,

    /// <summary>sizeof(struct page) is no power of two, which switches HVO off (6.12 mm/hugetlb_vmemmap.h:17-44).</summary>
    StructPageSize,

    /// <summary>The architecture wants break-before-make, and the policy is to refuse.</summary>
    BreakBeforeMake,

    /// <summary>The layout's algorithm needs vmemmap mapped by base pages, and it is mapped by blocks.</summary>
    MappedByBlocks,
}

/// <summary>Finds out whether a size can be optimized at all, and says why not.</summary>
public static class Optimizability
{
    /// <summary>Why huge pages of this size cannot be optimized.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <typeparam name="TLayout">The layout.</typeparam>
    /// <param name="machine">The machine.</param>
    /// <param name="hstate">The size.</param>
    public static NotOptimizable Of<TArch, TLayout>(Machine<TArch> machine, Hstate hstate)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        ArgumentNullException.ThrowIfNull(machine);
        int structPageSize = machine.Vmemmap.StructPageSize;
        if (!BitOperations.IsPow2(structPageSize))
        {
            return NotOptimizable.StructPageSize;
        }

        if (hstate.FreedPages(TLayout.Layout, structPageSize) == 0)
        {
            return NotOptimizable.TooSmall;
        }

        if (TArch.RequiresBreakBeforeMake && machine.BreakBeforeMake == BreakBeforeMakePolicy.Refuse)
        {
            return NotOptimizable.BreakBeforeMake;
        }

        return TLayout.NeedsBasePages && machine.MapsVmemmapByBlocks ? NotOptimizable.MappedByBlocks : NotOptimizable.None;
    }

    /// <summary>The reason in words, with its numbers; empty for <see cref="NotOptimizable.None"/>.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <typeparam name="TLayout">The layout.</typeparam>
    /// <param name="machine">The machine.</param>
    /// <param name="hstate">The size.</param>
    public static string Explain<TArch, TLayout>(Machine<TArch> machine, Hstate hstate)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        NotOptimizable reason = Of<TArch, TLayout>(machine, hstate);
        int structPageSize = machine.Vmemmap.StructPageSize;
        return reason switch
        {
            NotOptimizable.TooSmall => TooSmall<TArch, TLayout>(hstate, structPageSize),
            NotOptimizable.StructPageSize => string.Create(
                CultureInfo.InvariantCulture, $"{hstate.Name}: a struct page of {structPageSize} bytes is no power of two, which switches HVO off"),
            NotOptimizable.BreakBeforeMake =>
                $"{hstate.Name}: {TArch.Name} needs break-before-make to remap live entries, and its kernel refuses (mainline selects HVO no more since v6.3)",
            NotOptimizable.MappedByBlocks =>
                $"{hstate.Name}: {TLayout.Name} does not split blocks, and vmemmap is mapped by them",
            _ => string.Empty,
        };
    }

    private static string TooSmall<TArch, TLayout>(Hstate hstate, int structPageSize)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        long bytes = hstate.StructPageBytes(structPageSize);
        long page = 1L << TArch.PageShift;
        string kept = TLayout.Layout == VmemmapLayout.ReserveTwo ? "the two pages" : "the page";
        return bytes < page
            ? string.Create(CultureInfo.InvariantCulture, $"{hstate.Name}: {bytes} bytes of struct pages are less than one page")
            : string.Create(CultureInfo.InvariantCulture, $"{hstate.Name}: {bytes} bytes of struct pages are no more than {kept} of {page} bytes that {TLayout.Name} keeps");
    }
}

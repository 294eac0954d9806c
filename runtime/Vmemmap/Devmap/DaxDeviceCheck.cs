using System.Numerics;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>What a DAX device may be, checked before anything is plugged in.</summary>
internal static class DaxDeviceCheck
{
    // SUBSECTION_SHIFT (6.12 include/linux/mmzone.h): what memremap_pages takes at least.
    private const int SubsectionShift = 21;

    /// <summary>Bytes of which a device is a multiple: a subsection, and memory whose struct pages fill whole pages of vmemmap.</summary>
    public static ulong Granule(int pageShift, int structPageSize)
    {
        int frames = pageShift - Math.Min(pageShift, BitOperations.TrailingZeroCount(structPageSize));
        return 1UL << Math.Max(SubsectionShift, pageShift + frames);
    }

    /// <exception cref="ArgumentException">There can be no such device on this machine.</exception>
    public static void Check<TArch>(Machine<TArch> machine, DaxDeviceOptions options)
        where TArch : struct, IArchitecture
    {
        ulong granule = Granule(TArch.PageShift, machine.Vmemmap.StructPageSize);
        Require(
            options.Start % granule == 0 && options.Bytes % granule == 0 && options.Bytes > 0,
            $"A device of {SizeText.Of(options.Bytes)} at 0x{options.Start:x}: with {TArch.Name} "
                + $"and struct pages of {machine.Vmemmap.StructPageSize} bytes it is a multiple of {SizeText.Of(granule)}.");
        CheckAlign<TArch>(options);
        Require(
            options.Node >= 0 && options.Node < machine.Nodes.Count,
            $"Node {options.Node}: the machine has nodes 0 to {machine.Nodes.Count - 1}.");
        ulong end = machine.Memory.FrameCount << TArch.PageShift;
        Require(
            options.Start <= end && options.Bytes <= end - options.Start,
            $"A device of {SizeText.Of(options.Bytes)} at 0x{options.Start:x}: the machine ends at 0x{end:x}.");
        CheckSections(machine, options);
        Require(
            !options.SharesTables || Deduplication.CanShareTables<TArch>(machine.Vmemmap.StructPageSize, options.Align),
            $"Compound pages of {SizeText.Of(options.Align)} cannot share tables: "
                + $"with {TArch.Name} their vmemmap is less than three last-level tables.");
        Require(
            !options.SharesTables || !options.StructPagesOnDevice,
            "Struct pages on the device are never deduplicated, and their tables not shared.");
    }

    /// <exception cref="ArgumentException">The alignment is no page size, or the device no multiple of it.</exception>
    public static void CheckAlign<TArch>(DaxDeviceOptions options)
        where TArch : struct, IArchitecture
    {
        ulong align = options.Align;
        ulong basePage = 1UL << TArch.PageShift;
        bool known = align == 0 || align == basePage;
        foreach (Hstate hstate in TArch.Hstates)
        {
            known |= hstate.Size == align;
        }

        IEnumerable<string> sizes = TArch.Hstates.ToArray().Select(hstate => hstate.Name).Append(SizeText.Of(basePage));
        Require(known, $"{SizeText.Of(align)} is no page size of {TArch.Name}: it has {string.Join(", ", sizes)}.");
        Require(
            align == 0 || options.Bytes % align == 0,
            $"A device of {SizeText.Of(options.Bytes)} is no multiple of its pages of {SizeText.Of(align)}.");
    }

    // The struct pages of a section that was there at boot are there already, and are not made again: such a
    // device would not be deduplicated.
    private static void CheckSections<TArch>(Machine<TArch> machine, DaxDeviceOptions options)
        where TArch : struct, IArchitecture
    {
        int shift = machine.Sections.PagesShift + TArch.PageShift;
        for (ulong section = options.Start >> shift; section <= (options.Start + options.Bytes - 1) >> shift; section++)
        {
            Section there = machine.Sections[(int)section];
            Require(
                there.State == SectionState.Absent,
                $"The section at 0x{section << shift:x} is {there.State} already: a device has its sections for itself.");
        }
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message, "options");
        }
    }
}

using System.Globalization;
using Vmemmap.Dumps;

namespace Vmemmap.Tool;

/// <summary>
/// The report of <c>--page</c>: struct pages → page frames, as the kernel's Documentation/mm/vmemmap_dedup.rst draws it, with the
/// frame numbers of this image.
/// </summary>
internal static class PagePictureText
{
    /// <summary>Vmemmap pages that are drawn one by one; of a longer row the first two and the last.</summary>
    private const int DrawnPages = 8;

    private const string Border = "                          +------------------+\n";

    public static void Write(KernelImage kernel, HugePagePicture picture, TextWriter output)
    {
        HugePageRecord page = picture.HugePage;
        int pages = picture.Rows.Sum(r => r.Count);
        string state = page.State == HugePageState.Unoptimized ? "not optimized" : page.State.ToString().ToLowerInvariant();
        output.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{page.Hstate.Name} huge page at PFN {NumberText.Hex(page.HeadPfn)}: {state}, {page.Hstate.StructPages} struct pages in {pages} vmemmap pages on {page.DistinctFrames} frame{(page.DistinctFrames == 1 ? string.Empty : "s")}\n\n"));
        output.Write("   vmemmap page               struct pages                           page frame\n");
        output.Write(Border);
        foreach (PictureRow row in picture.Rows)
        {
            WriteRow(kernel, page, row, output);
        }

        output.Write("\nhead struct page ");
        output.Write($"{NumberText.Hex(page.VmemmapAddress)}\n");
        TraceText.Write(kernel, page.VmemmapAddress, picture.Steps, output);
    }

    private static void WriteRow(KernelImage kernel, HugePageRecord page, PictureRow row, TextWriter output)
    {
        for (int i = 0; i < row.Count; i++)
        {
            if (row.Count > DrawnPages && i == 2)
            {
                int left = row.Count - 3;
                output.Write(string.Create(CultureInfo.InvariantCulture, $"   {"...",-20}   |        ...       | {left} more vmemmap pages, the same\n"));
                i = row.Count - 1;
            }

            ulong address = row.Address + ((ulong)i << kernel.Architecture.PageShift);
            string arrow = row.Frame is not { } frame
                ? "not mapped, or unknown"
                : $"--- {(row.Writable ? "rw" : "ro")} {(row.IsAlias ? "(alias)" : "-------")} --> {NumberText.Hex(frame)}";
            output.Write($"   {NumberText.Hex(address),-20}   | {Structs(kernel, page, address),16} | {arrow}\n");
            output.Write(Border);
        }
    }

    /// <summary>"64..127": indices of the struct pages that start in a vmemmap page.</summary>
    private static string Structs(KernelImage kernel, HugePageRecord page, ulong address)
    {
        ulong size = (ulong)kernel.StructPageSize;
        ulong offset = address > page.VmemmapAddress ? address - page.VmemmapAddress : 0;
        ulong first = (offset + size - 1) / size;
        ulong end = address + (ulong)kernel.Architecture.PageSize - page.VmemmapAddress;
        ulong last = Math.Min((end + size - 1) / size, (ulong)page.Hstate.StructPages) - 1;
        return string.Create(CultureInfo.InvariantCulture, $"{first}..{last}");
    }
}

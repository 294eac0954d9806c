using System.Globalization;
using Vmemmap.Dumps;

namespace Vmemmap.Tool;

/// <summary>The report of <c>--address</c>.</summary>
internal static class AddressText
{
    public static void Write(KernelImage kernel, AddressTriage triage, TextWriter output)
    {
        Line(output, "address", NumberText.Hex(triage.Address));
        if (triage.StructPage is { } place)
        {
            WritePlace(kernel, triage, place, output);
        }

        if (triage.Translation.Fault == TranslationFault.None)
        {
            Line(output, "physical", NumberText.Hex(triage.Translation.PhysicalAddress));
            Line(output, "mapped by", $"{NumberText.Size((long)triage.Translation.Size)}, {(triage.Translation.IsWritable ? "writable" : "read-only")}");
        }

        if (triage.StructPage is { OtherAddresses.Count: > 0 } shared)
        {
            Line(output, "same frame", string.Join(", ", Ranges(shared.OtherAddresses, (ulong)kernel.Architecture.PageSize))
                + (shared.OtherCount > shared.OtherAddresses.Count ? string.Create(CultureInfo.InvariantCulture, $", and {shared.OtherCount - shared.OtherAddresses.Count} pages more") : string.Empty));
        }

        output.Write("\n");
        TraceText.Write(kernel, triage.Address, triage.Steps, output);
        output.Write($"\n{triage.Consequence}\n");
    }

    private static void WritePlace(KernelImage kernel, AddressTriage triage, StructPagePlace place, TextWriter output)
    {
        Line(output, "struct page", string.Create(CultureInfo.InvariantCulture, $"of PFN {NumberText.Hex(place.Pfn)} (physical {NumberText.Hex(place.Pfn << kernel.Architecture.PageShift)}), byte {place.Offset} of {kernel.StructPageSize}"));
        Line(output, "section", place.Section is { } section ? string.Create(CultureInfo.InvariantCulture, $"{section}: {place.SectionDescription}") : "unknown");
        Line(output, "huge page", place.HugePage is { } page ? Describe(page, place.Pfn) : "none");
        if (triage.Translation.Fault == TranslationFault.None)
        {
            Line(output, "frame", NumberText.Hex(triage.Translation.PhysicalAddress & ~((ulong)kernel.Architecture.PageSize - 1)));
        }
    }

    private static string Describe(HugePageRecord page, ulong pfn)
    {
        ulong index = pfn - page.HeadPfn;
        string role = index == 0 ? "head" : string.Create(CultureInfo.InvariantCulture, $"tail {index}");
        string state = page.State == HugePageState.Unoptimized ? "not optimized" : page.State.ToString().ToLowerInvariant();
        return $"{page.Hstate.Name} at PFN {NumberText.Hex(page.HeadPfn)}, {role} of {page.Hstate.StructPages.ToString(CultureInfo.InvariantCulture)}; {state}";
    }

    /// <summary>Neighbouring pages as one range: a 1G page has thousands of them.</summary>
    private static IEnumerable<string> Ranges(IReadOnlyList<ulong> pages, ulong pageSize)
    {
        for (int i = 0; i < pages.Count;)
        {
            int end = i + 1;
            while (end < pages.Count && pages[end] == pages[end - 1] + pageSize)
            {
                end++;
            }

            yield return end - i == 1
                ? NumberText.Hex(pages[i])
                : string.Create(CultureInfo.InvariantCulture, $"{NumberText.Hex(pages[i])} to {NumberText.Hex(pages[end - 1])} ({end - i} pages)");
            i = end;
        }
    }

    private static void Line(TextWriter output, string name, string value) => output.Write($"{name,-12} {value}\n");
}

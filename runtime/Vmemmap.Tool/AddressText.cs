using System.Globalization;
using Vmemmap.Dumps;

namespace Vmemmap.Tool;

/// <summary>The report of <c>--address</c>.</summary>
internal static class AddressText
{
    private const int ListedAddresses = 16;

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
            IEnumerable<string> listed = shared.OtherAddresses.Take(ListedAddresses).Select(NumberText.Hex);
            string more = shared.OtherAddresses.Count > ListedAddresses
                ? string.Create(CultureInfo.InvariantCulture, $" and {shared.OtherAddresses.Count - ListedAddresses} more, the last {NumberText.Hex(shared.OtherAddresses[^1])}")
                : string.Empty;
            Line(output, "same frame", string.Join(' ', listed) + more);
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

    private static void Line(TextWriter output, string name, string value) => output.Write($"{name,-12} {value}\n");
}

// The census of memory images as CSV: a row for each huge page size of each image.
using System.Globalization;
using Vmemmap.Dumps;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: CensusToCsv FILE...");
    return 2;
}

Console.WriteLine("kernel,architecture,size,layout,pages,optimized,partial,freed_pages,freed_bytes");
try
{
    foreach (string path in args)
    {
        using KernelImage kernel = KernelImage.Open(path);
        CensusResult census = kernel.TakeCensus();
        InspectReport report = InspectReportBuilder.Build(kernel, census, withHugePages: false);
        foreach (HugetlbReport size in report.Hugetlb)
        {
            object?[] row =
            [
                report.KernelRelease, report.Architecture, size.Size, report.Layout, size.Pages, size.Optimized, size.Partial, size.FreedPages, size.FreedBytes,
            ];
            Console.WriteLine(string.Join(',', row.Select(Field)));
        }

        foreach (string warning in report.Warnings)
        {
            Console.Error.WriteLine($"{path}: warning: {warning}");
        }
    }

    return 0;
}
catch (ImageFormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

// RFC 4180: what has a comma, a quote or a line break is quoted. A kernel's release is text of its image.
static string Field(object? value)
{
    string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
    return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}

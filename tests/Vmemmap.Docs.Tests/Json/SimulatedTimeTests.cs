using System.Globalization;
using System.Text.Json;
using Vmemmap.Docs.Tests.Blocks;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Json;

/// <summary>Simulated time can be computed from the counts of the JSON and the prices that the pages tell.</summary>
public sealed class SimulatedTimeTests
{
    private static readonly (string Event, string Field)[] Prices =
    [
        ("frame allocated", "tablesAllocated"),
        ("frame freed", "tablesFreed"),
        ("entry written", "pteWrites"),
        ("local flush", "tlbFlushes"),
        ("interrupt to one CPU", "ipis"),
        ("lock taken", "lockAcquisitions"),
        ("struct page written", "structPagesWritten"),
        ("references of a struct page in RAM changed", "referenceUpdates"),
        ("system call", "systemCalls"),
        ("thread woken: who wakes it", "wakeups"),
    ];

    [Theory]
    [InlineData("vmemmap simulate --postcopy --huge-page 2M --memory 16M --fetch 4K --json")]
    [InlineData("vmemmap simulate --postcopy --arch riscv64-sv48 --huge-page 2M --memory 16M --fetch 4K,64K --no-push --json")]
    [InlineData("vmemmap simulate --postcopy --arch arm64-4k --memory 1G --fetch 2M,32M,1G --accesses sequential --json")]
    public void WorkOnPageTables_IsCountsTimesPrices(string command)
    {
        Dictionary<string, double> prices = [];
        foreach (IReadOnlyList<string> row in ((string[])["docs/hvo.md", "docs/hgm.md", "docs/devmap.md"])
            .SelectMany(page => AllPages.Of(page).Tables.Where(table => table[0][0] == "event").SelectMany(table => table.Skip(2))))
        {
            foreach ((string name, string price) in row[0].Split(", ").Zip(row[1].Split(", ")))
            {
                prices.Add(name, double.Parse(price.Replace(" ", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            }
        }

        JsonElement[] work =
        [
            .. JsonDocument.Parse(ToolRun.Of(command).Output).RootElement.EnumerateArray()
                .SelectMany(run => (JsonElement[])[run.GetProperty("continuing"), run.GetProperty("collapsing")])
                .Where(work => work.ValueKind == JsonValueKind.Object),
        ];
        Assert.True(work.Length >= 2);
        Assert.All(work, taken =>
        {
            double sum = Prices.Sum(price => taken.GetProperty(price.Field).GetInt64() * prices[price.Event]);
            Assert.Equal(sum, taken.GetProperty("simulatedNanoseconds").GetInt64(), 0.51);
            Assert.Equal(Prices.Length + 1, taken.EnumerateObject().Count());
        });
    }
}

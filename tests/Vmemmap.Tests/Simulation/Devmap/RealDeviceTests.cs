using System.Globalization;
using System.Text.RegularExpressions;
using Vmemmap.Devmap;
using Vmemmap.Simulation;
using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Simulation.Checking;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>
/// A guest with a device of 1G at 5G, in pages of 2M (6.12.117), and the same device here: every group of aliases at the same place.
/// </summary>
public partial class RealDeviceTests
{
    private const ulong Base = 0xffffea0000000000;

    [Fact]
    public void TheGuestsGroups_AreFoundHere()
    {
        string truth = File.ReadAllText(Path.Combine(Loaded.RepositoryRoot, "tests", "fixtures", "x86_64-6.12-devdax-2M.truth.txt"));
        (ulong Offset, int Count)[] guest = [.. Group().Matches(truth).Select(match => (
            ulong.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) - Base,
            int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)))];
        Assert.Equal(512, guest.Length);

        var machine = new Machine<X64>(MachineOptions.OfSize(4UL << 30) with { HotplugLimit = 6UL << 30 });
        Assert.True(DaxDevice<X64>.TryPlug(
            machine.Cpus[0], new DaxDeviceOptions { Start = 5UL << 30, Bytes = 1UL << 30, Align = 2UL << 20 }, out DaxDevice<X64>? device));
        Assert.Equal(guest, Groups(machine));

        // 3072 frames fewer than the 4096 that struct pages would fill, and eight tables, as the guest has under its device.
        DevmapWalk walk = DevmapWalk.Of(device);
        Assert.Equal(4096 - 3072, walk.Frames);
        Assert.Equal(8, walk.LastLevelTables);
    }

    [GeneratedRegex(
        @"^devdax_group: first_shared_vmemmap_va=0x([0-9a-f]+) ptes=(\d+) frame=0x[0-9a-f]+ contiguous=1\r?$", RegexOptions.Multiline)]
    private static partial Regex Group();

    // Neighbours that map one frame, in all of vmemmap.
    private static List<(ulong Offset, int Count)> Groups(Machine<X64> machine)
    {
        Manual manual = AllManuals.Of("x86-64");
        var words = new MachineWords(machine.Memory);
        var groups = new List<(ulong Offset, int Count)>();
        ulong before = ulong.MaxValue;
        int count = 0;
        for (ulong offset = 0; offset <= (6UL << 30) / 64; offset += 4096)
        {
            Outcome outcome = manual.Walk(words, machine.PageTables.Root, machine.Vmemmap.Start + offset);
            ulong frame = outcome.Fault == TranslationFault.None ? outcome.PhysicalAddress : ulong.MaxValue;
            if (frame != ulong.MaxValue && frame == before)
            {
                count++;
                continue;
            }

            if (count > 0)
            {
                groups.Add((offset - ((ulong)(count + 1) * 4096), count + 1));
            }

            before = frame;
            count = 0;
        }

        return groups;
    }
}

using System.Text.Json;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tool.Tests.Simulated;

/// <summary>
/// A simulated machine goes the way a real guest went: boot, grow, shrink, HVO off, grow. It ends with the guest's counts, which the
/// guest's own kernel told, and <c>inspect</c> finds them in its memory.
/// </summary>
/// <remarks>
/// Where pages lie differs from the guest, and so does the number of tables that were split. A simulated kernel has no mem_section in its
/// memory, without which <c>inspect</c> says nothing of stale heads: other tests look for these.
/// </remarks>
public sealed class GuestTests
{
    private const ulong Gigabyte = 1UL << 30;

    [Fact]
    public void X64_6_12_HeadMoved() => Check<X64, ReserveOne>(
        "6.12.117", ramStart: 0, [new("1G", 1), new("2M", 64, Grow: 128, Shrink: 96, Extra: 112)], [(1, 1), (112, 96)], freed: 4767, readOnly: true);

    [Fact]
    public void X64_6_1_HeadKept() => Check<X64, ReserveOneKeptHead>(
        "6.12.117", ramStart: 0, [new("1G", 1), new("2M", 64, Grow: 128, Shrink: 96, Extra: 112)], [(1, 1), (112, 96)], freed: 4767, readOnly: true);

    [Fact]
    public void X64_HvoOff() => Check<X64, ReserveOne>(
        "6.12.117", ramStart: 0, [new("1G", 1), new("2M", 64, Grow: 96)], [(1, 0), (96, 0)], freed: 0, readOnly: true, optimize: false);

    [Fact]
    public void Arm64_4K() => Check<Arm64K4Va48, ReserveOne>(
        "6.12.117",
        ramStart: Gigabyte,
        [new("1G", 1), new("32M", 5), new("2M", 64, Grow: 128, Shrink: 96, Extra: 112), new("64K", 16)],
        [(1, 1), (5, 5), (112, 96), (16, 0)],
        freed: 5402,
        readOnly: true);

    [Fact]
    public void Arm64_4K_ReserveTwo() => Check<Arm64K4Va48, ReserveTwo>(
        "6.12.117",
        ramStart: Gigabyte,
        [new("1G", 1), new("32M", 5), new("2M", 64, Grow: 128, Shrink: 96, Extra: 112), new("64K", 16)],
        [(1, 1), (5, 5), (112, 96), (16, 0)],
        freed: 5300,
        readOnly: true);

    [Fact]
    public void Arm64_16K() => Check<Arm64K16Va47, ReserveOne>(
        "6.12.117",
        ramStart: Gigabyte,
        [new("1G", 1), new("32M", 16, Grow: 32, Shrink: 24, Extra: 28), new("2M", 16)],
        [(1, 1), (28, 24), (16, 0)],
        freed: 423,
        readOnly: true);

    [Fact]
    public void Arm64_64K() => Check<Arm64K64Va48, ReserveOne>(
        "6.12.117",
        ramStart: Gigabyte,
        [new("512M", 2, Grow: 5, Shrink: 4, Extra: 5), new("2M", 16)],
        [(0, 0), (5, 4), (16, 0)],
        freed: 28,
        readOnly: true);

    [Fact]
    public void RiscV64_Sv48() => Check<RiscV64Sv48, ReserveOne>(
        "6.12.117",
        ramStart: 2 * Gigabyte,
        [new("1G", 1), new("2M", 64, Grow: 128, Shrink: 96, Extra: 112)],
        [(0, 0), (1, 1), (112, 96)],
        freed: 4767,
        readOnly: false);

    [Fact]
    public void RiscV64_Sv57_StructPage56() => Check<RiscV64Sv57, ReserveOne>(
        "6.12.117", ramStart: 2 * Gigabyte, [new("2M", 64, Grow: 96)], [(0, 0), (0, 0), (96, 0)], freed: 0, readOnly: false, structPageSize: 56);

    // No image of a v7.1 kernel exists; the counts are those of ReserveOne and one tail page for the zone and order.
    [Fact]
    public void X64_7_1_SharedTail()
    {
        JsonElement report = Check<X64, SharedTail>(
            "7.1.0", ramStart: 0, [new("2M", 64, Grow: 128, Shrink: 96, Extra: 112)], [(0, 0), (112, 96)], freed: 672, readOnly: true);
        Assert.Equal(1, report.GetProperty("sharedTailPages").GetInt64());
    }

    private static JsonElement Check<TArch, TLayout>(
        string release,
        ulong ramStart,
        Step[] steps,
        (long Pages, long Optimized)[] expected,
        long freed,
        bool readOnly,
        bool optimize = true,
        int structPageSize = 64)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        Machine<TArch> machine = Run<TArch, TLayout>(ramStart, steps, optimize, structPageSize);
        Assert.Empty(machine.Violations.First);
        JsonElement report = SimulatedImage.Inspect(machine, release);

        JsonElement[] sizes = [.. report.GetProperty("hugetlb").EnumerateArray()];
        Assert.Equal(expected, sizes.Select(size => (size.GetProperty("pages").GetInt64(), size.GetProperty("optimized").GetInt64())));
        Assert.All(sizes, size => Assert.Equal(0, size.GetProperty("partial").GetInt64() + size.GetProperty("flagMismatch").GetInt64()));
        Assert.Equal(freed, report.GetProperty("freedPages").GetInt64());
        Assert.Equal(structPageSize, report.GetProperty("structPageSize").GetInt32());
        Assert.Equal(!readOnly && freed > 0, report.GetProperty("aliasesWritable").GetBoolean());
        Assert.Equal(LayoutName<TLayout>(freed), report.GetProperty("layout").GetString());
        return report;
    }

    private static Machine<TArch> Run<TArch, TLayout>(ulong ramStart, Step[] steps, bool optimize, int structPageSize)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        BootReservation[] gigantic = [.. steps.Where(step => step.Size == "1G").Select(step => new BootReservation(Gigabyte, step.Boot))];
        var machine = new Machine<TArch>(new MachineOptions
        {
            Memory = [new NodeMemory(0, ramStart, 4 * Gigabyte)],
            BootReservations = gigantic,
            StructPageSize = structPageSize,
            BreakBeforeMake = BreakBeforeMakePolicy.IpiPause,
        });
        var pool = new HugetlbPool<TArch, TLayout>(new VmemmapRemapper<TArch>(machine), new HugetlbOptions { OptimizeVmemmap = optimize });
        foreach (Step step in steps.Where(step => step.Size != "1G"))
        {
            Resize(pool, step.Size, step.Boot);
            Resize(pool, step.Size, step.Grow);
            Resize(pool, step.Size, step.Shrink);
        }

        pool.OptimizeVmemmap = false;
        foreach (Step step in steps)
        {
            Resize(pool, step.Size, step.Extra);
        }

        return machine;
    }

    private static void Resize<TArch, TLayout>(HugetlbPool<TArch, TLayout> pool, string size, int? count)
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout
    {
        if (count is { } wanted)
        {
            Assert.Equal(wanted, pool.SetHugePages(pool.Hstates.Single(counts => counts.Hstate.Name == size).Hstate, wanted));
        }
    }

    private static string LayoutName<TLayout>(long freed)
        where TLayout : struct, IVmemmapLayout => freed == 0 ? "none" : TLayout.Layout switch
        {
            VmemmapLayout.ReserveTwo => "reserve-two",
            VmemmapLayout.ReserveOne => "reserve-one",
            _ => "shared-tail",
        };

    /// <summary>What a guest did with one size.</summary>
    /// <param name="Size">The size.</param>
    /// <param name="Boot">Pages from the command line.</param>
    /// <param name="Grow">Then grown to.</param>
    /// <param name="Shrink">Then shrunk to.</param>
    /// <param name="Extra">At last, without HVO, grown to.</param>
    private sealed record Step(string Size, int Boot, int? Grow = null, int? Shrink = null, int? Extra = null);
}

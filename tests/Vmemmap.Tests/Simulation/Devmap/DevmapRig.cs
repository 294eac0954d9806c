using Vmemmap.Devmap;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>A machine with RAM from address 0 on, a device above it, and a checker that is asked after every step.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
internal sealed class DevmapRig<TArch>
    where TArch : struct, IArchitecture
{
    private readonly Lazy<DevmapChecker<TArch>> _checker;

    public DevmapRig(
        DaxDeviceOptions options,
        int structPageSize = 64,
        VmemmapMapping mapping = VmemmapMapping.Default,
        ulong ram = 0,
        bool check = true)
    {
        Options = options;
        ulong section = TArch.PageShift == 16 ? 1UL << 29 : 1UL << 27;

        // Room for all struct pages, were none of them shared, and for the kernel's own.
        ram = Math.Max(ram, options.Bytes / 16 + (2 * section)) & ~(section - 1);
        Machine = new Machine<TArch>(new MachineOptions
        {
            Memory = [new NodeMemory(0, 0, ram)],
            Cpus = 3,
            StructPageSize = structPageSize,
            VmemmapMapping = mapping,
            HotplugLimit = (options.Start + options.Bytes + section - 1) & ~(section - 1),
        });
        Before = Reading();
        _checker = new Lazy<DevmapChecker<TArch>>(() => new DevmapChecker<TArch>(Machine));
        if (check)
        {
            Checker.Check();
        }
    }

    public DaxDeviceOptions Options { get; }

    public Machine<TArch> Machine { get; }

    public DevmapChecker<TArch> Checker => _checker.Value;

    public Cpu<TArch> Cpu => Machine.Cpus[0];

    public long[] Before { get; }

    public DaxDevice<TArch> Plug()
    {
        Assert.True(DaxDevice<TArch>.TryPlug(Cpu, Options, out DaxDevice<TArch>? device));
        return device;
    }

    public void Check(DaxDevice<TArch> device) => Checker.Check(device);

    /// <summary>The machine is as before the device came: every use of frames, and every free block.</summary>
    public void AssertAsBefore()
    {
        Assert.Equal(Before, Reading());
        Checker.Check();
    }

    private long[] Reading() => [.. Enum.GetValues<FrameUse>().Select(use => Machine.Books[use]), .. Machine.FreeByOrder()];
}

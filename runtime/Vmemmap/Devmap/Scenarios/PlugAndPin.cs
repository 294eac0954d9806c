using System.Globalization;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>
/// The runs of the cover letters: a device is plugged in, what that took is read off the machine, all of it is pinned and unpinned, and it
/// is unplugged again; geometry by geometry, on one machine.
/// </summary>
public static class PlugAndPin
{
    private const ulong MostFrames = 1UL << 29;

    // Compound pages too small to share a page of vmemmap have nothing alike in it: each is written, and held, byte by byte.
    private const ulong MostSmallBytes = 1UL << 30;

    // Struct pages of another size have all their bytes, one by one.
    private const ulong MostOddBytes = 1UL << 28;

    /// <summary>Runs it over an architecture that is chosen by name.</summary>
    /// <param name="request">What to simulate.</param>
    /// <exception cref="SimulationRefusedException">There is no such architecture, or no such device.</exception>
    public static DaxRun Run(DaxRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Architecture found = Architectures.Find(request.Architecture) ?? throw new SimulationRefusedException(
            $"There is no architecture '{request.Architecture}'; "
                + $"there are {string.Join(", ", Architectures.BuiltIn.Select(known => known.Name))}.");
        var visitor = new OnArchitecture(request);
        return found.TryAcceptType<OnArchitecture, DaxRun>(ref visitor, out DaxRun? run)
            ? run
            : throw new SimulationRefusedException(
                $"{found.Name} was loaded from a table; only architectures that were compiled can be simulated.");
    }

    /// <summary>Runs it.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="request">What to simulate; its architecture is that of the type argument.</param>
    /// <exception cref="SimulationRefusedException">There is no such device.</exception>
    /// <exception cref="InconsistentMachineException">A device left something behind.</exception>
    public static DaxRun Run<TArch>(DaxRequest request)
        where TArch : struct, IArchitecture
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return RunChecked<TArch>(request);
        }
        catch (ArgumentException refused)
        {
            // What comes behind the line names a parameter.
            throw new SimulationRefusedException(refused.Message.Split(" (Parameter")[0].ReplaceLineEndings(" "), refused);
        }
    }

    private static DaxRun RunChecked<TArch>(DaxRequest request)
        where TArch : struct, IArchitecture
    {
        ulong section = 1UL << SectionTable.ShiftOf(TArch.PageShift);
        ulong frames = request.DeviceBytes >> TArch.PageShift;
        Require(request.DeviceBytes > 0, "A device of 0 bytes: give its size, such as 16G.");
        Require(
            request.AlignBytes > 0,
            "A device in pages of 0 bytes: give the size of its pages, "
                + $"the base page ({SizeText.Of(1UL << TArch.PageShift)}) or a huge page of {TArch.Name}.");
        Require(
            frames <= MostFrames,
            $"A device of {SizeText.Of(request.DeviceBytes)}: "
                + $"{SizeText.Of(MostFrames << TArch.PageShift)} of {TArch.Name} can be simulated.");
        Require(
            request.StructPageSize == StructPage.Size || frames * (ulong)Math.Max(request.StructPageSize, 0) <= MostOddBytes,
            string.Create(
                CultureInfo.InvariantCulture,
                $"A device of {SizeText.Of(request.DeviceBytes)} with struct pages of {request.StructPageSize} bytes: "
                    + $"where they are not of 64, {SizeText.Of(MostOddBytes)} of them can be simulated."));

        // Struct pages of base pages, a sixteenth more for tables and for the memory's own, and two sections to be free.
        ulong structPages = frames * (ulong)Math.Max(request.StructPageSize, 0);
        ulong ram = (structPages + (structPages / 16) + (3 * section) - 1) / section * section;
        ulong start = (ram + request.AlignBytes - 1) / request.AlignBytes * request.AlignBytes;
        var device = new DaxDeviceOptions
        {
            Start = (start + section - 1) / section * section,
            Bytes = request.DeviceBytes,
            Align = request.AlignBytes,
        };
        DaxDeviceCheck.CheckAlign<TArch>(device);
        ulong granule = DaxDeviceCheck.Granule(TArch.PageShift, request.StructPageSize);
        Require(
            request.DeviceBytes % granule == 0,
            $"A device of {SizeText.Of(request.DeviceBytes)}: "
                + $"with {TArch.Name} and struct pages of {request.StructPageSize} bytes it is a multiple of {SizeText.Of(granule)}.");
        ulong most = (MostSmallBytes / StructPage.Size) << TArch.PageShift;
        Require(
            Deduplication.Of(TArch.PageShift, request.StructPageSize, request.AlignBytes, onDevice: false) != NotDeduplicated.TooSmall
                || request.DeviceBytes <= most,
            $"A device of {SizeText.Of(request.DeviceBytes)} in pages of {SizeText.Of(request.AlignBytes)}: "
                + $"nothing of their struct pages can be shared, and {SizeText.Of(most)} of {TArch.Name} can be simulated so.");
        var machine = new Machine<TArch>(new MachineOptions
        {
            Memory = [new NodeMemory(0, 0, ram)],
            StructPageSize = request.StructPageSize,
            VmemmapMapping = request.VmemmapMapping,
            HotplugLimit = (device.Start + device.Bytes + section - 1) / section * section,
        });
        DaxDeviceOptions[] geometries = [.. Geometries<TArch>(device, request.StructPageSize)];
        DaxFigures[] inRam = [.. geometries.Select(options => Measure(machine, options))];
        DaxDeviceOptions[] wanted = request.WithStructPagesOnDevice
            ? [.. geometries.Where(options => !options.SharesTables).Select(options => options with { StructPagesOnDevice = true })]
            : [];
        DaxFigures[] onDevice = [.. wanted.Where(options => WhyNot(options) is null).Select(options => Measure(machine, options))];
        DaxNotOnDevice[] notOnDevice =
        [
            .. wanted.Where(options => WhyNot(options) is not null)
                .Select(options => new DaxNotOnDevice(GeometryOf(options), WhyNot(options)!)),
        ];
        return new DaxRun(
            TArch.Name,
            1L << TArch.PageShift,
            (long)request.DeviceBytes,
            (long)request.AlignBytes,
            request.StructPageSize,
            inRam,
            onDevice,
            notOnDevice,
            machine.Violations.Count,
            machine.Violations.First is [var first, ..] ? first.ToString() : null);

        string? WhyNot(DaxDeviceOptions options) => Altmap.WhyNot(TArch.PageShift, request.StructPageSize, options);

        DevmapGeometry GeometryOf(DaxDeviceOptions options) => options.Align == 0 ? DevmapGeometry.Base : DevmapGeometry.Compound;
    }

    private static IEnumerable<DaxDeviceOptions> Geometries<TArch>(DaxDeviceOptions device, int structPageSize)
        where TArch : struct, IArchitecture
    {
        yield return device with { Align = 0 };
        if (device.Align > 1UL << TArch.PageShift)
        {
            yield return device;
            if (Deduplication.CanShareTables<TArch>(structPageSize, device.Align))
            {
                yield return device with { SharesTables = true };
            }
        }
    }

    private static DaxFigures Measure<TArch>(Machine<TArch> machine, DaxDeviceOptions options)
        where TArch : struct, IArchitecture
    {
        Cpu<TArch> cpu = machine.Cpus[0];
        long vmemmap = machine.Books[FrameUse.Vmemmap];
        long tables = machine.Books[FrameUse.PageTable];
        long free = machine.Books[FrameUse.Free];
        ulong firstPfn = options.Start >> TArch.PageShift;
        long firstPage = PageOf(machine, firstPfn);
        long endPage = PageOf(machine, firstPfn + (options.Bytes >> TArch.PageShift) - 1) + 1;

        // A table that maps struct pages of RAM beside the device's is there in any case.
        HashSet<ulong> there = DevmapTables<TArch>.LastLevelTables(machine, firstPage, endPage);
        if (!DaxDevice<TArch>.TryPlug(cpu, options, out DaxDevice<TArch>? device))
        {
            throw new InconsistentMachineException(
                $"A device of {SizeText.Of(options.Bytes)} found no memory on a machine that was made for it.");
        }

        long lastLevel = DevmapTables<TArch>.LastLevelTables(machine, firstPage, endPage).Except(there).LongCount();
        long structPageFrames = machine.Books[FrameUse.Vmemmap] - vmemmap;
        long upper = machine.Books[FrameUse.PageTable] - tables - lastLevel;
        OperationCounters before = machine.Count();
        device.Pin(cpu, device.DataPfn, device.DataFrames);
        OperationCounters between = machine.Count();
        device.Unpin(cpu, device.DataPfn, device.DataFrames);
        OperationCounters pinning = between.Since(in before);
        OperationCounters unpinning = machine.Count().Since(in between);
        if (!device.TryUnplug(cpu) || machine.Books[FrameUse.Free] != free || machine.Books[FrameUse.Vmemmap] != vmemmap)
        {
            throw new InconsistentMachineException(
                $"A device of {SizeText.Of(options.Bytes)} left something behind when it was unplugged.");
        }

        return new DaxFigures
        {
            Geometry = device.Geometry,
            StructPagesOnDevice = device.StructPagesOnDevice,
            NotDeduplicated = device.NotDeduplicated,
            StructPageFrames = structPageFrames,
            PageTablePages = lastLevel,
            UpperTablePages = upper,
            StructPagesInitialized = device.StructPagesInitialized,
            PinnedPages = (long)device.DataFrames,
            Pinning = pinning,
            Unpinning = unpinning,
            PinningNanoseconds = machine.Options.Costs.Nanoseconds(in pinning),
            UnpinningNanoseconds = machine.Options.Costs.Nanoseconds(in unpinning),
        };
    }

    private static long PageOf<TArch>(Machine<TArch> machine, ulong pfn)
        where TArch : struct, IArchitecture => machine.Vmemmap.TryPageOf(machine.Vmemmap.AddressOf(pfn), out long page)
            ? page
            : throw new InconsistentMachineException($"PFN 0x{pfn:x} is outside vmemmap.");

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new SimulationRefusedException(message);
        }
    }

    private readonly struct OnArchitecture(DaxRequest request) : IArchitectureTypeVisitor<DaxRun>
    {
        public DaxRun Visit<TArch>()
            where TArch : struct, IArchitecture => Run<TArch>(request);
    }
}

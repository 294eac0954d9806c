using System.Collections.Concurrent;
using System.Diagnostics;
using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Memory;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Threads that do everything at once to the same files, and what every access of theirs must find.</summary>
internal sealed record ConcurrentRun(string Size, string OtherSize, MapCountRule Rule, bool Shares) : IMachineTest
{
    public void Run<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout => new ConcurrentRun<TArch, TLayout>(this).Run();
}

/// <typeparam name="TArch">The architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class ConcurrentRun<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const int Threads = 4;
    private const int Used = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GranularRig<TArch, TLayout> _rig;
    private readonly HugetlbMapping<TArch, TLayout>[] _mappings;
    private readonly HugetlbMapping<TArch, TLayout> _lasting;
    private readonly ConcurrentDictionary<ulong, bool> _bad = new();
    private readonly ConcurrentBag<HugePageMigration<TArch, TLayout>> _migrations = [];
    private readonly HugePage<TArch, TLayout>[] _first;
    private readonly ulong _far;
    private int _errors;
    private long _touches;

    public ConcurrentRun(ConcurrentRun options)
    {
        // Page 0 of each file stays, so that its addresses are known; page 1 comes and goes, and moves.
        _rig = new GranularRig<TArch, TLayout>(
            options.Size,
            pages: options.Size == "1G" ? Used : Used + 2,
            options.Rule,
            optimize: options.Rule == MapCountRule.HugePage,
            cpus: Threads,
            filePages: options.Shares ? 512 : Used,
            options.OtherSize,
            options.Shares);
        _far = 16 * Math.Max(_rig.Hstate.Size, 1UL << 30);
        _first = [.. _rig.Files.Select(file =>
        {
            Assert.True(file.TryFill(_rig.Cpu, 0));
            return file.PageAt(0)!;
        })];
        _lasting = options.Shares ? _rig.Map() : _rig.MapGranular();
        _mappings =
        [
            _lasting,
            options.Shares ? _rig.Map() : _rig.MapGranular(),
            _rig.MapGranular(),
            _rig.Map(),
            .. _rig.Files.Skip(1).Select(other => other.Map(
                _rig.Cpu, _lasting.Space, new HugetlbMappingOptions { Start = 2 * _rig.Start, Pages = other.PageCount })),
        ];
        _mappings[2].CollapsesAutomatically = true;
        Assert.True(_rig.Files.Count == 1 || _mappings[^1].AdviseSplit(_rig.Cpu).IsDone);
    }

    public void Run()
    {
        var clock = Stopwatch.StartNew();
        Together.Run(
            Threads,
            thread =>
            {
                var random = new Random(thread);
                // On a loaded machine the time may be over before anything is done.
                for (int i = 0; i < 1500 && (clock.Elapsed < Limit || Volatile.Read(ref _touches) == 0); i++)
                {
                    Step(_rig.Machine.Cpus[thread], random);
                }
            },
            Patience);
        Assert.NotEqual(0, _touches);
        foreach (HugePageMigration<TArch, TLayout> migration in _migrations)
        {
            migration.Abort(_rig.Cpu);
        }

        _rig.Check(_mappings);
        _rig.End(_mappings);
    }

    private void Step(Cpu<TArch> cpu, Random random)
    {
        int which = random.Next(_mappings.Length);
        HugetlbMapping<TArch, TLayout> mapping = Volatile.Read(ref _mappings[which]);
        int[] shifts = [.. _rig.Tables.Shifts.Where(shift => 1UL << shift <= mapping.Hstate.Size)];
        ulong unit = mapping.IsHighGranularity ? 1UL << shifts[random.Next(shifts.Length)] : mapping.Hstate.Size;
        ulong offset = (ulong)random.NextInt64((long)(Used * mapping.Hstate.Size / unit)) * unit;
        ulong address = mapping.Start + offset;
        switch (random.Next(26))
        {
            case < 8:
                Touch(mapping, cpu, offset, random.Next(2) == 0);
                break;
            case < 11:
                Ended(
                    mapping.Continue(cpu, address, unit),
                    MappingError.Exists,
                    MappingError.Fault,
                    MappingError.InputOutput,
                    MappingError.Busy);
                break;
            case < 14:
                Ended(mapping.AdviseCollapse(cpu, address, unit), MappingError.Busy, MappingError.HwPoison);
                break;
            case < 16:
                Ended(mapping.Unmap(cpu, address, unit), MappingError.Busy);
                break;
            case < 19:
                Split(mapping, cpu, address, unit, (SplitMode)random.Next(1, 4));
                break;
            case 19:
                Poison(mapping, cpu, random);
                break;
            case 20:
                mapping.File.TryRemove(cpu, 1);
                break;
            case 21:
                mapping.File.TryFill(cpu, 1);
                break;
            case 22:
                Fork(mapping, cpu, offset, random);
                break;
            case 23 when which == 1:
                mapping.MoveTo(cpu, mapping.Start == _rig.Start ? _rig.Start + _far : _rig.Start);
                break;
            case 23 when which == 3:
                EndAndMapAgain(mapping, cpu);
                break;
            case 24 when mapping.File.BeginMigration(cpu, 1, node: null, out HugePageMigration<TArch, TLayout>? begun).IsDone:
                _migrations.Add(begun!);
                break;
            default:
                if (_migrations.TryTake(out HugePageMigration<TArch, TLayout>? migration))
                {
                    MappingResult result = migration.Finish(cpu);
                    Assert.True(
                        result.Error is MappingError.None or MappingError.Fault or MappingError.HwPoison or MappingError.Busy, $"{result}");
                }

                break;
        }
    }

    // What is asked of a mapping that has ended, or moved away meanwhile, is refused.
    private void Ended(MappingResult result, params ReadOnlySpan<MappingError> errors) =>
        Assert.True(result.IsDone || result.Error == MappingError.Invalid || errors.Contains(result.Error), $"{result}");

    private void Touch(HugetlbMapping<TArch, TLayout> mapping, Cpu<TArch> cpu, ulong offset, bool write)
    {
        HugePage<TArch, TLayout> first = _first[mapping.File == _rig.File ? 0 : 1];
        bool isOfFirst = offset < mapping.Hstate.Size;
        ulong bad = isOfFirst ? first.HeadPfn + (offset >> TArch.PageShift) : 0;
        bool wasBad = _bad.ContainsKey(bad);
        FaultResult result = mapping.Touch(cpu, mapping.Start + offset + 8, write, out ulong physical);
        switch (result.Kind)
        {
            case FaultKind.Mapped:
                Assert.False(wasBad, $"PFN 0x{bad:x} has a memory error, and is read.");
                Assert.Equal((offset + 8) & (mapping.Hstate.Size - 1), physical & (mapping.Hstate.Size - 1));
                Assert.True(!isOfFirst || physical == (first.HeadPfn << TArch.PageShift) + offset + 8);
                break;
            case FaultKind.HwPoison:
                Assert.NotEqual(0, Volatile.Read(ref _errors));
                break;
            case FaultKind.NotAllowed:
                // It ended, or moved.
                Assert.NotSame(_lasting, mapping);
                break;
            default:
                Assert.True(result.Kind is FaultKind.Migrating or FaultKind.NoMemory && !isOfFirst, $"{result}");
                break;
        }

        Interlocked.Increment(ref _touches);
    }

    private static void Split(HugetlbMapping<TArch, TLayout> mapping, Cpu<TArch> cpu, ulong address, ulong unit, SplitMode mode)
    {
        try
        {
            MappingResult result = mapping.SplitTo(cpu, address, unit, mode, out _);
            Assert.True(
                result.Error is MappingError.None or MappingError.Exists or MappingError.Fault or MappingError.Busy or MappingError.Invalid,
                $"{result}");
        }
        catch (ArgumentOutOfRangeException)
        {
            // It has moved away.
        }
    }

    // Few, so that most of what is touched is there.
    private void Poison(HugetlbMapping<TArch, TLayout> mapping, Cpu<TArch> cpu, Random random)
    {
        if (Interlocked.Increment(ref _errors) > 2)
        {
            return;
        }

        HugePage<TArch, TLayout> page = _first[mapping.File == _rig.File ? 0 : 1];
        ulong pfn = page.HeadPfn + (ulong)random.NextInt64(page.Count);
        if (mapping.File.MemoryFailure(cpu, pfn).Result.Kind == MemoryFailureKind.HugePage)
        {
            _bad.TryAdd(pfn, true);
        }
    }

    private void Fork(HugetlbMapping<TArch, TLayout> mapping, Cpu<TArch> cpu, ulong offset, Random random)
    {
        Assert.True(AddressSpace<TArch>.TryCreate(cpu, out AddressSpace<TArch>? child));
        try
        {
            if (mapping.Fork(cpu, child, out HugetlbMapping<TArch, TLayout>? copy).IsDone)
            {
                Touch(copy!, cpu, offset, write: false);
                if (random.Next(2) == 0 && copy!.MoveTo(cpu, copy.Start + _far).IsDone)
                {
                    Touch(copy, cpu, offset, write: true);
                }

                copy!.Remove(cpu);
            }
        }
        catch (InvalidOperationException) when (mapping != _lasting)
        {
            // It has ended.
        }

        Assert.Equal(0, child.HugetlbPages);
        child.Exit(cpu);
        Assert.Equal(0, child.PageTables);
    }

    private void EndAndMapAgain(HugetlbMapping<TArch, TLayout> mapping, Cpu<TArch> cpu)
    {
        try
        {
            mapping.Remove(cpu);
        }
        catch (InvalidOperationException)
        {
            // Somebody else was faster, and maps it again.
            return;
        }

        Volatile.Write(ref _mappings[3], _rig.File.Map(
            cpu, mapping.Space, new HugetlbMappingOptions { Start = mapping.Start, Pages = mapping.Pages }));
    }
}

using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>One run of random operations: what each returns, and what it does, is foretold.</summary>
internal sealed partial class OracleRun<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const int Spaces = 3;
    private readonly GranularRig<TArch, TLayout> _rig;
    private readonly GranularChecker<TArch, TLayout> _checker;
    private readonly Random _random;
    private readonly List<MappingModel<TArch, TLayout>> _models = [];
    private readonly Dictionary<HugePage<TArch, TLayout>, SortedSet<long>> _poisoned = [];
    private readonly List<HugePageMigration<TArch, TLayout>> _migrations = [];
    private readonly int _most;
    private string _last = string.Empty;

    public OracleRun(GranularRig<TArch, TLayout> rig, Random random)
    {
        _rig = rig;
        _random = random;
        _checker = new GranularChecker<TArch, TLayout>(rig);
        for (int i = 0; i < Spaces; i++)
        {
            rig.AddSpace();
        }

        // A mapping that is told nothing, one in each address space that is, one of a part, and a private one before one that is not.
        _models.Add(Map(rig.File, 0, granular: false));
        _models.Add(Map(rig.File, 1, isShared: rig.Pool[rig.Hstate].Pages <= rig.File.PageCount, granular: rig.Pool[rig.Hstate].Pages <= rig.File.PageCount));
        _models.Add(Map(rig.File, 1, granular: true));
        _models.Add(Map(rig.File, 2, granular: true));
        _models.Add(Map(rig.File, 2, granular: true, isPart: true));
        if (rig.Files.Count > 1)
        {
            _models.Add(Map(rig.Files[1], 0, granular: true));
            _models.Add(Map(rig.Files[1], 1, granular: false));
        }

        _most = _models.Count + 1;
    }

    private ulong BasePage => _rig.BasePage;

    public void Step()
    {
        MappingModel<TArch, TLayout> model = _models[_random.Next(_models.Count)];
        Cpu<TArch> cpu = _rig.Machine.Cpus[_random.Next(_rig.Machine.Cpus.Count)];
        (ulong start, ulong length) = Range(model);
        int kind = _random.Next(100);
        _last = $"{kind} of 0x{length:x} at 0x{start:x}, pieces: {model.Mapping.IsHighGranularity}, shared: {model.Mapping.IsShared}";
        switch (kind)
        {
            case < 20:
                Touch(model, cpu, start, write: _random.Next(2) == 0);
                break;
            case < 27:
                Fault(model, cpu, start);
                break;
            case < 44:
                Continue(model, cpu, start, length);
                break;
            case < 57:
                Unmap(model, cpu, start, length);
                break;
            case < 69:
                Collapse(model, cpu, start, length);
                break;
            case < 79:
                Split(model, cpu, start);
                break;
            case < 83:
                Poison(cpu, model, start);
                break;
            case < 85:
                Remove(cpu, model.File, _random.Next((int)model.File.PageCount));
                break;
            case 85 when model.Mapping.IsShared && !model.Pages.Contains(Shown.Poison):
                Assert.True(model.Mapping.AdviseSplit(cpu).IsDone);
                break;
            case < 87:
                long index = _random.Next((int)model.File.PageCount);
                bool hasOne = model.File.PageAt(index) is not null || _rig.Pool[model.File.Hstate].FreePages > 0;
                Assert.Equal(hasOne, model.File.TryFill(cpu, index));
                break;
            case < 89:
                _models.Remove(model);
                model.Mapping.Remove(cpu);
                Assert.Throws<InvalidOperationException>(() => model.Mapping.Remove(cpu));
                _models.Add(Map(model.File, _random.Next(Spaces), isShared: model.Mapping.IsShared, granular: model.Mapping.IsShared && _random.Next(4) > 0));
                model = _models[^1];
                break;
            case < 91:
                Fork(model, cpu);
                break;
            case < 93:
                MoveTo(model, cpu);
                break;
            case < 96:
                BeginMigration(cpu, model.File, _random.Next((int)model.File.PageCount));
                break;
            default:
                EndMigration(cpu, _random.Next(3) > 0);
                break;
        }

        Look(model, cpu);
    }

    public void Check() => Told(() => _checker.Check([.. _models.Select(model => model.Mapping)], _models, _migrations));

    public void End()
    {
        while (_migrations.Count > 0)
        {
            EndMigration(_rig.Cpu, finish: true);
            Check();
        }

        // Once more by a checker that remembers nothing.
        HugetlbMapping<TArch, TLayout>[] mappings = [.. _models.Select(model => model.Mapping)];
        _rig.Check(mappings);
        _rig.End(mappings);
    }

    private void Told(Action check)
    {
        try
        {
            check();
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            throw new InvalidOperationException($"After {_last}: {e.Message}", e);
        }
    }

    private MappingModel<TArch, TLayout> Map(HugetlbFile<TArch, TLayout> file, int space, bool granular, bool isShared = true, bool isPart = false)
    {
        long first = isPart ? file.PageCount - 1 : 0;
        var options = new HugetlbMappingOptions
        {
            Start = FreePlace(_rig.Spaces[space], file.Hstate, file.PageCount - first),
            Pages = file.PageCount - first,
            FirstPage = first,
            IsShared = isShared,
            IsWritable = _random.Next(3) > 0,
            Userfaults = (Userfaults)(_random.Next(2) * _random.Next(4)),
        };
        HugetlbMapping<TArch, TLayout> mapping = file.Map(_rig.Cpu, _rig.Spaces[space], options);
        Assert.True(!granular || mapping.AdviseSplit(_rig.Cpu).IsDone);
        return new MappingModel<TArch, TLayout>(mapping);
    }

    // Near to others often, so that tables are shared by mappings; far from them sometimes.
    private ulong FreePlace(AddressSpace<TArch> space, Hstate hstate, long pages)
    {
        while (true)
        {
            ulong start = _rig.Start + ((ulong)_random.Next(3) * 8 * Math.Max(_rig.Hstate.Size, 1UL << 30)) + ((ulong)_random.Next(8) * hstate.Size);
            if (IsFree(space, start, start + ((ulong)pages * hstate.Size)))
            {
                return start;
            }
        }
    }

    private bool IsFree(AddressSpace<TArch> space, ulong start, ulong end) =>
        _models.All(model => model.Mapping.Space != space || model.Mapping.End <= start || model.Mapping.Start >= end);

    // Of any size and alignment: aligned as the sizes are more often than not, and small ones more often than large ones.
    private (ulong Start, ulong Length) Range(MappingModel<TArch, TLayout> model)
    {
        HugetlbMapping<TArch, TLayout> mapping = model.Mapping;
        ulong bytes = mapping.End - mapping.Start;
        int[] shifts = [.. _rig.Tables.Shifts.Where(shift => shift <= model.HugeShift)];
        ulong unit = mapping.IsHighGranularity ? 1UL << shifts[_random.Next(shifts.Length)] : model.HugeSize;
        ulong units = bytes / unit;
        ulong first = (ulong)_random.NextInt64((long)units);
        ulong count = Math.Min(units - first, _random.Next(4) == 0 ? (ulong)_random.NextInt64(1, (long)units + 1) : (ulong)_random.Next(1, 4));
        ulong start = first * unit;
        ulong end = start + (count * unit);
        if (mapping.IsHighGranularity && _random.Next(3) == 0)
        {
            start += (ulong)_random.Next(3) * BasePage;
            end = Math.Min(bytes, end + ((ulong)_random.Next(3) * BasePage));
            start = Math.Min(start, end - BasePage);
        }

        return (mapping.Start + start, end - start);
    }

    private static long BaseOf(MappingModel<TArch, TLayout> model, ulong address) => (long)((address & (model.HugeSize - 1)) >> TArch.PageShift);

    private static ulong FrameOf(MappingModel<TArch, TLayout> model, ulong address) => model.PageOf(address)!.HeadPfn + (ulong)BaseOf(model, address);

    private SortedSet<long> PoisonOf(HugePage<TArch, TLayout> page) =>
        _poisoned.TryGetValue(page, out SortedSet<long>? poison) ? poison : _poisoned[page] = [];

    private bool HasPoison(MappingModel<TArch, TLayout> model, ulong address, ulong bytes)
    {
        long first = BaseOf(model, address);
        return model.PageOf(address) is { } page && PoisonOf(page).GetViewBetween(first, first + (long)(bytes / BasePage) - 1).Count > 0;
    }

    private bool IsMigrating(HugePage<TArch, TLayout>? page) => page is not null && _migrations.Any(migration => migration.From == page);

    /// <summary>log2 of the largest piece around an address that has no memory error; 0: none.</summary>
    private int Largest(MappingModel<TArch, TLayout> model, ulong address, int most) => _rig.Tables.Shifts.FirstOrDefault(shift =>
        shift <= most && (model.Mapping.IsHighGranularity || shift == model.HugeShift) && !HasPoison(model, address & (ulong.MaxValue << shift), 1UL << shift));

    private RawPosition PositionOf(MappingModel<TArch, TLayout> model, ulong address, int shift) =>
        _rig.Tables.PositionOf(model.Mapping.Space.Root, address, shift, out _);

    /// <summary>Looks through a CPU's cache, where the checker looks by the tables.</summary>
    private void Look(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu)
    {
        HugetlbMapping<TArch, TLayout> mapping = model.Mapping;
        for (int i = 0; i < 3; i++)
        {
            ulong address = mapping.Start + (ulong)_random.NextInt64((long)(mapping.End - mapping.Start));
            ulong physical = model.IsMapped(address) ? ((model[address] - 1) << TArch.PageShift) | (address & (BasePage - 1)) : 0;
            UserAccess access = mapping.Space.Access(cpu, address, mapping.IsWritable, out ulong seen);
            Assert.True(
                (physical, physical != 0 ? UserAccess.Done : UserAccess.NotMapped) == (seen, access),
                $"After {_last}: 0x{address:x} is 0x{physical:x}; CPU {cpu.Number} {access}, 0x{seen:x}.");
        }
    }
}

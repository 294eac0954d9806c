using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <content>Memory errors, and what moves and copies mappings and pages.</content>
internal sealed partial class OracleRun<TArch, TLayout>
{
    private bool IsInPieces(MappingModel<TArch, TLayout> model) => Enumerable.Range(0, (int)model.Mapping.Pages)
        .Any(page => PositionOf(model, model.Mapping.Start + ((ulong)page * model.HugeSize), model.HugeShift) == RawPosition.Smaller);

    private void Poison(Cpu<TArch> cpu, MappingModel<TArch, TLayout> any, ulong address)
    {
        // Few enough that most of a page stays whole.
        if (any.PageOf(address) is not { } page || PoisonOf(page).Count > 2)
        {
            return;
        }

        long bad = _random.NextInt64(page.Count);
        var lost = new Dictionary<HugetlbMapping<TArch, TLayout>, ulong>();
        bool isNew = PoisonOf(page).Add(bad);
        foreach (MappingModel<TArch, TLayout> model in isNew ? _models : [])
        {
            for (ulong start = model.Mapping.Start; start < model.Mapping.End; start += model.HugeSize)
            {
                if (model.PageOf(start) == page)
                {
                    lost.Add(model.Mapping, Lose(model, start, start + ((ulong)bad * BasePage)));
                }
            }
        }

        HugetlbMemoryFailure<TArch, TLayout> failure = any.File.MemoryFailure(cpu, page.HeadPfn + (ulong)bad);
        string Told(IReadOnlyDictionary<HugetlbMapping<TArch, TLayout>, ulong> of) =>
            string.Join(", ", _models.Where(model => of.ContainsKey(model.Mapping)).Select(model => $"{_models.IndexOf(model)}: {of[model.Mapping]}"));
        Assert.Equal(Told(lost), Told(failure.Lost));
        Assert.Equal(isNew ? MemoryFailureKind.HugePage : MemoryFailureKind.AlreadyPoisoned, failure.Result.Kind);
    }

    private ulong Lose(MappingModel<TArch, TLayout> model, ulong start, ulong at)
    {
        bool isWhole = !model.Mapping.IsHighGranularity;
        ulong bytes = isWhole ? model.HugeSize : BasePage;
        // What an error before it took away is not lost again: all of the page, for who knows no pieces.
        if (model.IsPoison(at) || (isWhole && !model.IsMapped(at) && PoisonOf(model.PageOf(at)!).Count > 1))
        {
            return 0;
        }

        if (model.IsMapped(at))
        {
            model.Fill(isWhole ? start : at, bytes, Shown.Poison);
        }

        return bytes;
    }

    private void Fork(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu)
    {
        AddressSpace<TArch>? child = _rig.Spaces.FirstOrDefault(
            space => space != model.Mapping.Space && IsFree(space, model.Mapping.Start, model.Mapping.End));
        if (child is null || _models.Count >= _most)
        {
            return;
        }

        bool isRefused = !model.Mapping.IsShared || IsInPieces(model);
        long tables = child.PageTables;
        MappingResult result = model.Mapping.Fork(cpu, child, out HugetlbMapping<TArch, TLayout>? copy);
        Assert.Equal(isRefused ? MappingError.Invalid : MappingError.None, result.Error);
        if (isRefused)
        {
            Assert.Null(copy);
            Assert.Equal(tables, child.PageTables);
            return;
        }

        Assert.Equal((model.Mapping.Start, model.Mapping.End, model.Mapping.IsHighGranularity), (copy!.Start, copy.End, copy.IsHighGranularity));
        var copied = new MappingModel<TArch, TLayout>(copy);
        copied.Copy(model.Pages);
        _models.Add(copied);
    }

    private void MoveTo(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu)
    {
        HugetlbMapping<TArch, TLayout> mapping = model.Mapping;
        (ulong start, ulong end) = (mapping.Start, mapping.End);
        bool isRefused = IsInPieces(model);
        ulong target = _random.Next(4) == 0 ? mapping.Start : FreePlace(mapping.Space, mapping.Hstate, mapping.Pages);
        isRefused |= target == start;
        MappingResult result = mapping.MoveTo(cpu, target);
        Assert.Equal(isRefused ? MappingError.Invalid : MappingError.None, result.Error);
        Assert.Equal(isRefused ? (start, end) : (target, target + (end - start)), (mapping.Start, mapping.End));
        model.Copy(model.Pages);
    }

    private void BeginMigration(Cpu<TArch> cpu, HugetlbFile<TArch, TLayout> file, long index)
    {
        HugePage<TArch, TLayout>? page = file.PageAt(index);
        MappingModel<TArch, TLayout>[] models =
            [.. _models.Where(model => model.File == file && model.Mapping.IsShared && model.TryAddressOf(index, out _))];
        ulong At(MappingModel<TArch, TLayout> model) => model.TryAddressOf(index, out ulong address) ? address : 0;
        MappingError wanted = page is null ? MappingError.Fault
            : PoisonOf(page).Count > 0 ? MappingError.InputOutput
            : _rig.Pool[file.Hstate].FreePages == 0 ? MappingError.NoMemory
            : IsMigrating(page) || models.Any(model => PositionOf(model, At(model), model.HugeShift) == RawPosition.Smaller) ? MappingError.Busy
            : MappingError.None;
        MappingResult result = file.BeginMigration(cpu, index, node: null, out HugePageMigration<TArch, TLayout>? migration);
        Assert.True(wanted == result.Error, $"After {_last}: {result}, not {wanted}.");
        if (wanted != MappingError.None)
        {
            Assert.Null(migration);
            return;
        }

        Assert.Equal((page, true), (migration!.From, migration.IsUnderWay));
        _migrations.Add(migration);
        foreach (MappingModel<TArch, TLayout> model in models)
        {
            if (model.IsMapped(At(model)))
            {
                model.Fill(At(model), model.HugeSize, Shown.Migration);
            }
        }
    }

    private void EndMigration(Cpu<TArch> cpu, bool finish)
    {
        if (_migrations.Count == 0)
        {
            return;
        }

        HugePageMigration<TArch, TLayout> migration = _migrations[_random.Next(_migrations.Count)];
        _migrations.Remove(migration);
        (HugetlbFile<TArch, TLayout>? file, long index) = (_rig.Files.FirstOrDefault(file => file.PageAt(migration.Index) == migration.From), migration.Index);
        bool isBad = PoisonOf(migration.From).Count > 0;
        MappingError wanted = file is null ? MappingError.Fault : isBad ? MappingError.HwPoison : MappingError.None;
        if (finish)
        {
            MappingResult result = migration.Finish(cpu);
            Assert.True(wanted == result.Error, $"After {_last}: {result}, not {wanted}.");
        }
        else
        {
            migration.Abort(cpu);
        }

        // With a memory error nothing is mapped until the next fault.
        HugePage<TArch, TLayout> page = finish && wanted == MappingError.None ? migration.To : migration.From;
        Assert.True(file is null || file.PageAt(index) == page);
        foreach (MappingModel<TArch, TLayout> model in _models)
        {
            if (model.File == file && model.Mapping.IsShared && model.TryAddressOf(index, out ulong address) && model[address] == Shown.Migration)
            {
                if (isBad)
                {
                    model.Fill(address, model.HugeSize, 0);
                }
                else
                {
                    model.Map(address, model.HugeSize, page.HeadPfn);
                }
            }
        }
    }
}

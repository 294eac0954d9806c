using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <content>What maps and unmaps.</content>
internal sealed partial class OracleRun<TArch, TLayout>
{
    private (FaultKind Kind, int Shift) Foretell(MappingModel<TArch, TLayout> model, ulong address, bool write, bool wasTouched)
    {
        HugetlbMapping<TArch, TLayout> mapping = model.Mapping;
        if ((write && !mapping.IsWritable) || (wasTouched && model.IsMapped(address)))
        {
            return (write && !mapping.IsWritable ? FaultKind.NotAllowed : FaultKind.Mapped, 0);
        }

        if (model[address] != 0)
        {
            return (model.IsMapped(address) ? FaultKind.Mapped : model.IsPoison(address) ? FaultKind.HwPoison : FaultKind.Migrating, 0);
        }

        HugePage<TArch, TLayout>? page = model.PageOf(address);
        if (page is null && (mapping.Userfaults & Userfaults.Missing) != 0)
        {
            return (FaultKind.Missing, 0);
        }

        if (IsMigrating(page))
        {
            return (FaultKind.Migrating, 0);
        }

        if (page is not null && mapping.IsShared && (mapping.Userfaults & Userfaults.Minor) != 0)
        {
            return (FaultKind.Minor, 0);
        }

        if (page is null && _rig.Pool[model.File.Hstate].FreePages == 0)
        {
            return (FaultKind.NoMemory, 0);
        }

        int shift = Largest(model, address, _rig.Tables.HoleAt(mapping.Space.Root, address, model.HugeShift));
        return shift == 0 ? (FaultKind.HwPoison, 0) : (FaultKind.Mapped, shift);
    }

    private void ApplyFault(MappingModel<TArch, TLayout> model, ulong address, (FaultKind Kind, int Shift) foretold)
    {
        if (foretold is (FaultKind.Mapped, > 0))
        {
            ulong start = address & (ulong.MaxValue << foretold.Shift);
            Assert.Equal(-1, model.Range(start, 1UL << foretold.Shift).IndexOfAnyExcept(0UL));
            if (!model.Mapping.IsShared)
            {
                Own(model, start);
            }

            model.Map(start, 1UL << foretold.Shift, FrameOf(model, start));
        }
    }

    // Which page a private mapping takes is the pool's affair; it is nobody else's.
    private void Own(MappingModel<TArch, TLayout> model, ulong start)
    {
        ulong pfn = _rig.Tables.Walk(model.Mapping.Space.Root, start).PhysicalAddress >> TArch.PageShift;
        HugePage<TArch, TLayout> page = Assert.IsType<HugePage<TArch, TLayout>>(_rig.Pool.PageOf(pfn));
        Assert.False(_models.Any(other => other.Own.ContainsValue(page)) || _migrations.Any(migration => migration.From == page || migration.To == page));
        foreach (HugetlbFile<TArch, TLayout> file in _rig.Files)
        {
            for (long i = 0; i < file.PageCount; i++)
            {
                Assert.NotSame(page, file.PageAt(i));
            }
        }

        model.Own.Add(model.IndexOf(start), page);
    }

    private void Touch(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu, ulong address, bool write)
    {
        address += (ulong)_random.NextInt64((long)BasePage);
        (FaultKind Kind, int Shift) foretold = Foretell(model, address, write, wasTouched: true);
        FaultResult result = model.Mapping.Touch(cpu, address, write, out ulong physical);
        Assert.True(foretold.Kind == result.Kind, $"After {_last}: {result}, not {foretold}.");
        ApplyFault(model, address, foretold);
        ulong wanted = result.Kind == FaultKind.Mapped ? ((model[address] - 1) << TArch.PageShift) + (address & (BasePage - 1)) : 0;
        Assert.Equal(wanted, physical);
        ulong granularity = model.Mapping.IsHighGranularity ? BasePage : model.HugeSize;
        bool isReported = result.Kind is FaultKind.Minor or FaultKind.Missing or FaultKind.Migrating;
        Assert.Equal(isReported ? address & ~(granularity - 1) : address, result.Address);
    }

    private void Fault(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu, ulong address)
    {
        (FaultKind Kind, int Shift) foretold = Foretell(model, address, write: false, wasTouched: false);
        FaultResult result = model.Mapping.Fault(cpu, address, write: false);
        Assert.True(foretold.Kind == result.Kind, $"After {_last}: {result}, not {foretold}.");
        if (foretold.Kind == FaultKind.Mapped)
        {
            Assert.Equal(foretold.Shift, result.Shift);
        }

        ApplyFault(model, address, foretold);
    }

    private void Continue(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu, ulong start, ulong length)
    {
        ulong done = 0;
        MappingError error = model.Mapping.IsShared ? MappingError.None : MappingError.Invalid;
        ulong step = model.Mapping.IsHighGranularity ? BasePage : model.HugeSize;
        while (done < length && error == MappingError.None)
        {
            ulong address = start + done;
            error = model.PageOf(address) is not { } page ? MappingError.Fault
                : HasPoison(model, address, step) ? MappingError.InputOutput
                : model[address] != 0 ? MappingError.Exists
                : IsMigrating(page) ? MappingError.Busy
                : MappingError.None;
            if (error == MappingError.None)
            {
                model.Map(address, step, FrameOf(model, address));
                done += step;
            }
        }

        MappingResult result = model.Mapping.Continue(cpu, start, length);
        Assert.True((error, done) == (result.Error, result.Bytes), $"After {_last}: {result}, not {error} after 0x{done:x}.");
        Assert.Equal(error == MappingError.None, result.Reason.Length == 0);
    }

    private void Unmap(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu, ulong start, ulong length)
    {
        // An entry of a migration stands for the whole huge page, and cannot be unmapped in part.
        ulong done = 0;
        bool isBusy = false;
        while (done < length && !isBusy)
        {
            ulong address = start + done;
            ulong page = address & ~(model.HugeSize - 1);
            ulong end = Math.Min(page + model.HugeSize, start + length);
            isBusy = model[address] == Shown.Migration && end - address < model.HugeSize;
            if (!isBusy)
            {
                model.Fill(address, end - address, 0);
                done += end - address;
                if (!model.Mapping.IsShared)
                {
                    model.Own.Remove(model.IndexOf(address));
                }
            }
        }

        MappingResult result = model.Mapping.Unmap(cpu, start, length);
        MappingError error = isBusy ? MappingError.Busy : MappingError.None;
        Assert.True((error, done) == (result.Error, result.Bytes), $"After {_last}: {result}, not {error} after 0x{done:x}.");
    }

    private void Collapse(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu, ulong start, ulong length)
    {
        HugetlbMapping<TArch, TLayout> mapping = model.Mapping;
        MappingError error = mapping.IsShared ? MappingError.None : MappingError.Invalid;
        ulong address = start;
        while (mapping.IsHighGranularity && address < start + length)
        {
            if (model[address] == Shown.Migration)
            {
                error = MappingError.Busy;
                break;
            }

            int largest = _rig.Tables.Shifts.First(
                shift => shift <= model.HugeShift && (address & ((1UL << shift) - 1)) == 0 && 1UL << shift <= start + length - address);
            int shift = model.PageOf(address) is null ? largest : Largest(model, address, largest);
            int wanted = Math.Max(shift, TArch.PageShift);
            if (shift < largest && PositionOf(model, address, _rig.Tables.Shifts.Last(larger => larger > wanted)) != RawPosition.None)
            {
                error = MappingError.HwPoison;
            }

            // Holes are filled among pieces; tables that lead to none only go.
            if (shift != 0
                && PositionOf(model, address, shift) == RawPosition.Smaller
                && model.Range(address, 1UL << shift).ContainsAnyInRange(1UL, Shown.Marker - 1))
            {
                model.Map(address, 1UL << shift, FrameOf(model, address));
            }

            address += shift == 0 ? BasePage : 1UL << shift;
        }

        ulong done = error switch
        {
            MappingError.Busy => address - start,
            MappingError.Invalid => 0,
            _ => length,
        };
        MappingResult result = mapping.AdviseCollapse(cpu, start, length);
        Assert.True((error, done) == (result.Error, result.Bytes), $"After {_last}: {result}, not {error} after 0x{done:x}.");
    }

    private void Split(MappingModel<TArch, TLayout> model, Cpu<TArch> cpu, ulong address)
    {
        HugetlbMapping<TArch, TLayout> mapping = model.Mapping;
        int[] shifts = [.. _rig.Tables.Shifts.Where(shift => shift <= model.HugeShift)];
        int shift = shifts[_random.Next(shifts.Length)];
        var mode = (SplitMode)_random.Next(4);
        RawPosition huge = PositionOf(model, address, model.HugeShift);
        MappingResult result = mapping.SplitTo(cpu, address, 1UL << shift, mode, out HugetlbPte place);
        if (!mapping.IsHighGranularity && shift < model.HugeShift && mode != SplitMode.Never)
        {
            Assert.Equal(MappingError.Invalid, result.Error);
            return;
        }

        bool isNone = model[address] == 0;
        bool goesOn = mode.HasFlag(SplitMode.None) && shift < model.HugeShift;
        bool addsTable = _rig.Tables.LevelOf(shift) > _rig.Tables.LevelOf(model.HugeShift);
        MappingError wanted = !goesOn || model.IsMapped(address) ? MappingError.None
            : model[address] == Shown.Migration ? MappingError.Exists
            : model.IsPoison(address) ? (result.Error == MappingError.Exists ? MappingError.Exists : MappingError.None)
            : huge != RawPosition.None || !addsTable ? MappingError.None
            : model.PageOf(address) is null ? MappingError.Fault
            : IsMigrating(model.PageOf(address)) ? MappingError.Busy
            : MappingError.None;
        Assert.True(wanted == result.Error, $"After {_last}: {result}, not {wanted}, to 2^{shift}, {mode}.");
        if (result.IsDone)
        {
            // What may be split is.
            bool splits = isNone ? mode.HasFlag(SplitMode.None) : model.IsMapped(address) && mode.HasFlag(SplitMode.Present);
            Assert.True(!splits || place.Shift <= Math.Max(shift, TArch.PageShift), $"{place} for 2^{shift}, {mode}.");
            Assert.True(place.Shift >= shift);
        }
    }

    private void Remove(Cpu<TArch> cpu, HugetlbFile<TArch, TLayout> file, long index)
    {
        // A page with a memory error leaves the pool for good.
        HugePage<TArch, TLayout>? page = file.PageAt(index);
        if (page is not null && PoisonOf(page).Count > 0 && _random.Next(3) > 0)
        {
            return;
        }

        Assert.Equal(page is not null, file.TryRemove(cpu, index));
        foreach (MappingModel<TArch, TLayout> model in _models)
        {
            if (model.File == file && model.Mapping.IsShared && model.TryAddressOf(index, out ulong address))
            {
                model.Fill(address, model.HugeSize, 0);
            }
        }
    }
}

using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>Points every entry, read-only, to one frame; what they mapped is deferred (vmemmap_remap_pte).</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="vmemmap">The kernel's vmemmap.</param>
/// <param name="frame">The frame.</param>
/// <param name="deferred">Where the frames wait that were mapped.</param>
internal readonly struct AliasTo<TArch>(VmemmapRemapper<TArch> vmemmap, ulong frame, DeferredFrames deferred) : IEntryRemap<TArch>
    where TArch : struct, IArchitecture
{
    public bool TryRemap(Cpu<TArch> cpu, long page, ulong entry, out ulong remapped)
    {
        vmemmap.Defer(VmemmapRemapper<TArch>.FrameOf(entry), deferred);
        remapped = VmemmapRemapper<TArch>.ReadOnly(frame);
        return true;
    }
}

/// <summary>
/// Points the first entry, read-write, to a new head frame, and all others, read-only, to a tail frame; what they mapped is deferred.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="vmemmap">The kernel's vmemmap.</param>
/// <param name="firstPage">The folio's first page of vmemmap.</param>
/// <param name="headFrame">Frame for the first page.</param>
/// <param name="tailFrame">Frame for all others.</param>
/// <param name="deferred">Where the frames wait that were mapped.</param>
internal readonly struct MoveHead<TArch>(
    VmemmapRemapper<TArch> vmemmap, long firstPage, ulong headFrame, ulong tailFrame, DeferredFrames deferred) : IEntryRemap<TArch>
    where TArch : struct, IArchitecture
{
    public bool TryRemap(Cpu<TArch> cpu, long page, ulong entry, out ulong remapped)
    {
        vmemmap.Defer(VmemmapRemapper<TArch>.FrameOf(entry), deferred);
        remapped = page == firstPage ? VmemmapRemapper<TArch>.Writable(headFrame) : VmemmapRemapper<TArch>.ReadOnly(tailFrame);
        return true;
    }
}

/// <summary>
/// Gives every entry that points to the aliased frame a frame of its own, with the struct pages that were seen there (vmemmap_restore_pte).
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="vmemmap">The kernel's vmemmap.</param>
/// <param name="aliased">The frame that is aliased.</param>
/// <param name="frames">Frames to use, as many as there are aliases.</param>
/// <param name="reset">Struct pages at the start of each that are the head's, and are overwritten by the tails behind them.</param>
internal struct OwnFrames<TArch>(VmemmapRemapper<TArch> vmemmap, ulong aliased, DeferredFrames frames, int reset) : IEntryRemap<TArch>
    where TArch : struct, IArchitecture
{
    private ulong? _first;

    public bool TryRemap(Cpu<TArch> cpu, long page, ulong entry, out ulong remapped)
    {
        if (VmemmapRemapper<TArch>.FrameOf(entry) != aliased)
        {
            remapped = 0;
            return false;
        }

        ulong frame = vmemmap.TakeBack(frames);
        Copy(cpu, frame);
        remapped = VmemmapRemapper<TArch>.Writable(frame);
        return true;
    }

    // All copies are alike, so that the first one serves for the others.
    private void Copy(Cpu<TArch> cpu, ulong frame)
    {
        SparseMemory memory = vmemmap.Machine.Memory;
        int bytes = reset * vmemmap.Machine.Vmemmap.StructPageSize;
        cpu.Counters.BytesCopied += bytes;
        vmemmap.CopyFrame(cpu, _first ?? aliased, frame);
        if (_first is null)
        {
            ulong start = frame << TArch.PageShift;
            for (ulong offset = 0; offset < (ulong)bytes; offset += StructPage.Size)
            {
                memory.WriteLine(start + offset, memory.CopyLine(start + offset + (ulong)bytes));
            }

            memory.Fold(frame);
            _first = frame;
        }
    }
}

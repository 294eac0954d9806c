using System.Collections.Concurrent;
using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// The tail pages of v7.1 (zone->vmemmap_tails): one for each zone and order, made on first use, never freed. Any thread.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class SharedTails<TArch>
    where TArch : struct, IArchitecture
{
    private readonly Machine<TArch> _machine;
    private readonly ConcurrentDictionary<(int Node, ZoneKind Zone, int Order), ulong> _frames = new();

    internal SharedTails(Machine<TArch> machine) => _machine = machine;

    /// <summary>How many there are.</summary>
    public int Count => _frames.Count;

    /// <summary>The tail pages made so far: node, zone and order, and the frame.</summary>
    public IReadOnlyDictionary<(int Node, ZoneKind Zone, int Order), ulong> Frames => _frames;

    /// <summary>Finds the tail page of a folio's zone and order, where there is one.</summary>
    /// <param name="folio">The folio.</param>
    /// <param name="frame">The tail page.</param>
    public bool TryFind(Folio folio, out ulong frame)
    {
        ArgumentNullException.ThrowIfNull(folio);
        return _frames.TryGetValue(KeyOf(folio), out frame);
    }

    /// <summary>Finds or makes the tail page of a folio's zone and order.</summary>
    /// <param name="cpu">The CPU that asks.</param>
    /// <param name="folio">The folio.</param>
    /// <param name="tail">A struct page of the folio that is a tail and nothing else: they are all like this one.</param>
    /// <param name="frame">The tail page.</param>
    /// <returns>False if there is none and memory for it is short.</returns>
    public bool TryGet(Cpu<TArch> cpu, Folio folio, in StructPage tail, out ulong frame)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        ArgumentNullException.ThrowIfNull(folio);
        if (TryFind(folio, out frame))
        {
            return true;
        }

        if (!_machine.PageAllocator.TryAllocate(cpu, folio.Node, 0, AllocationPurpose.SharedTail, thisNode: false, out ulong made))
        {
            return false;
        }

        cpu.Counters.FramesTaken++;
        cpu.Counters.StructPagesWritten += (1L << TArch.PageShift) / _machine.Vmemmap.StructPageSize;
        Fill(made, in tail);

        // Compare-exchange: two CPUs may make it at once, and one of them was first.
        frame = _frames.GetOrAdd(KeyOf(folio), made);
        if (frame != made)
        {
            cpu.Counters.FramesReturned++;
            _machine.PageAllocator.FreeFrame(cpu, made, FrameUse.SharedTail);
        }

        return true;
    }

    private (int Node, ZoneKind Zone, int Order) KeyOf(Folio folio) =>
        (folio.Node, _machine.ZoneOf(folio.HeadPfn).Kind, folio.Hstate.Order);

    private void Fill(ulong frame, in StructPage tail)
    {
        if (_machine.Vmemmap.StructPageSize == StructPage.Size)
        {
            _machine.Memory.FillFrame(frame, tail.AsLine());
        }
        else
        {
            for (ulong offset = 0; offset < 1UL << TArch.PageShift; offset += (ulong)_machine.Vmemmap.StructPageSize)
            {
                _machine.Memory.WriteLine((frame << TArch.PageShift) + offset, tail.AsLine());
            }
        }

        _machine.Frames.SetOwner(frame, FrameTable.Nobody);
    }
}

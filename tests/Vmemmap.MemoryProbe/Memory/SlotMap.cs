using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.MemoryProbe;

/// <summary>What a machine's page tables make of the pages of a huge page's vmemmap at a moment.</summary>
/// <remarks>
/// A slot is an alias if it has no frame of its own: one that a slot before it has, or the tail page that a zone shares. That is read from the tables, and from nothing
/// that says how many struct pages are kept.
/// </remarks>
internal sealed class SlotMap
{
    private readonly bool[] _aliases;
    private readonly bool[] _writable;
    private readonly ulong[] _frames;

    private SlotMap(ulong[] frames, bool[] aliases, bool[] writable)
    {
        _frames = frames;
        _aliases = aliases;
        _writable = writable;
    }

    /// <summary>Slots.</summary>
    public int Count => _frames.Length;

    /// <summary>Whether one is an alias.</summary>
    public bool IsAlias(int slot) => _aliases[slot];

    /// <summary>Whether its entry allows writes.</summary>
    public bool IsWritable(int slot) => _writable[slot];

    /// <summary>The frame it is mapped to.</summary>
    public ulong FrameOf(int slot) => _frames[slot];

    /// <summary>Reads it from the tables.</summary>
    /// <returns>Null while an entry is broken, to be made again.</returns>
    public static SlotMap? TryRead<TArch>(VmemmapRemapper<TArch> vmemmap, Folio folio)
        where TArch : struct, IArchitecture
    {
        int count = (int)Math.Max(1, folio.VmemmapPages);
        ulong[] frames = new ulong[count];
        bool[] aliases = new bool[count];
        bool[] writable = new bool[count];
        for (int slot = 0; slot < count; slot++)
        {
            long page = folio.FirstVmemmapPage + slot;
            EntryPlace place = vmemmap.Machine.PageTables.Find(page);
            if (place.Kind != EntryKind.Leaf)
            {
                return null;
            }

            ulong address = vmemmap.Machine.Vmemmap.AddressOfPage(page);
            frames[slot] = TArch.PhysicalAddress(place.Level, place.Entry, address) >> TArch.PageShift;
            writable[slot] = TArch.IsWritable(place.Entry);
            aliases[slot] = Array.IndexOf(frames, frames[slot], 0, slot) >= 0 || vmemmap.SharedTails.Frames.Values.Contains(frames[slot]);
        }

        return new(frames, aliases, writable);
    }
}

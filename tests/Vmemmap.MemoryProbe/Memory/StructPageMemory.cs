namespace Vmemmap.MemoryProbe;

/// <summary>The struct pages of a huge page next to each other, as vmemmap has them: one slot for each page of vmemmap.</summary>
internal abstract class StructPageMemory
{
    /// <summary>All of them.</summary>
    public abstract Span<StructPage> All { get; }

    /// <summary>Has every slot filled with bytes that no snippet writes.</summary>
    public abstract void Refill();

    /// <summary>Whether a slot's bytes are others than it was filled with.</summary>
    public abstract bool IsChanged(int slot);

    /// <summary>Throws if anything was written outside, where it could be seen.</summary>
    public virtual void RequireFences()
    {
    }

    /// <summary>Told when the machine's page tables have changed.</summary>
    public abstract void Map(SlotMap map);

    /// <summary>
    /// Fills struct pages: each with other words than its neighbours, PG_head clear and no word that snippets write, so that any write changes something.
    /// </summary>
    internal static void FillPattern(Span<StructPage> pages)
    {
        for (int i = 0; i < pages.Length; i++)
        {
            ulong seed = ((ulong)i + 1) << 20;
            pages[i] = new StructPage
            {
                Flags = (seed | 0xa5) & ~PageFlags.Head,
                CompoundInfo = seed | 0xb1,
                LruPrevious = seed | 0xb2,
                Mapping = seed | 0xb3,
                Index = seed | 0xb4,
                Private = seed | 0xb5,
                PageType = (uint)seed | 0xb6,
                RefCount = i + 0xb7,
                MemcgData = seed | 0xb8,
            };
        }
    }
}

using System.Runtime.InteropServices;

namespace Vmemmap.MemoryProbe;

/// <summary>Memory in which every slot has bytes of its own, wherever the machine maps it: the head and its aliases are never mixed up.</summary>
internal sealed class ShadowMemory : StructPageMemory
{
    // Struct pages before and behind, which nothing may write: a snippet with a pointer that goes astray would spoil what others are judged by.
    private const int Fence = 64;

    private readonly StructPage[] _pages;
    private readonly StructPage[] _pattern;
    private readonly int _structPages;
    private readonly int _pagesOfASlot;

    public ShadowMemory(long structPages, int slotBytes)
    {
        _structPages = (int)structPages;

        // Never moved: snippets take pointers to it.
        _pages = GC.AllocateArray<StructPage>(_structPages + (2 * Fence), pinned: true);
        _pattern = new StructPage[_pages.Length];
        _pagesOfASlot = (int)Math.Min(structPages, slotBytes / StructPage.Size);
        FillPattern(_pattern);
        _pattern.CopyTo(_pages, 0);
    }

    public override Span<StructPage> All => _pages.AsSpan(Fence, _structPages);

    public override void Refill() => _pattern.CopyTo(_pages, 0);

    public override void RequireFences()
    {
        if (!IsUntouched(0, Fence) || !IsUntouched(_pages.Length - Fence, Fence))
        {
            throw new InvalidOperationException("A write went past the struct pages.");
        }
    }

    public override bool IsChanged(int slot) => !IsUntouched(Fence + (slot * _pagesOfASlot), _pagesOfASlot);

    public override void Map(SlotMap map)
    {
    }

    private bool IsUntouched(int first, int count) =>
        MemoryMarshal.AsBytes(_pages.AsSpan(first, count)).SequenceEqual(MemoryMarshal.AsBytes(_pattern.AsSpan(first, count)));
}

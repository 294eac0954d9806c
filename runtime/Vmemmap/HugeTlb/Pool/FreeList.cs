namespace Vmemmap.HugeTlb;

/// <summary>The free huge pages of one size on one node (hugepage_freelists): the one added last is taken first. Under the pool's lock.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class FreeList<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    /// <summary>The one that was added last.</summary>
    public HugePage<TArch, TLayout>? First { get; private set; }

    public void Add(HugePage<TArch, TLayout> page)
    {
        page.Previous = null;
        page.Next = First;
        if (First is { } first)
        {
            first.Previous = page;
        }

        First = page;
    }

    public void Remove(HugePage<TArch, TLayout> page)
    {
        if (page.Previous is { } previous)
        {
            previous.Next = page.Next;
        }
        else
        {
            First = page.Next;
        }

        if (page.Next is { } next)
        {
            next.Previous = page.Previous;
        }

        page.Next = null;
        page.Previous = null;
    }
}

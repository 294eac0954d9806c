using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>The words of a folio's head struct page that a pool changes, as a CPU reaches them in vmemmap.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="cpu">The CPU.</param>
/// <param name="headPfn">The folio's first frame.</param>
internal readonly struct FolioHead<TArch>(Cpu<TArch> cpu, ulong headPfn)
    where TArch : struct, IArchitecture
{
    private const ulong FlagsOffset = 0;
    private const ulong PrivateOffset = 40;

    // page_type in the low half of this word, _refcount in the high one.
    private const ulong TypeAndCountOffset = 48;
    private const int CountShift = 32;

    private readonly ulong _address = cpu.Machine.Vmemmap.AddressOf(headPfn);

    /// <summary>References (folio_ref_count).</summary>
    public int RefCount => (int)(cpu.ReadWord(_address + TypeAndCountOffset) >> CountShift);

    /// <summary>Whether it is marked as HugeTLB's (folio_test_hugetlb).</summary>
    public bool IsHugeTlb => PageTypes.Is((uint)cpu.ReadWord(_address + TypeAndCountOffset), PageTypes.HugeTlb);

    /// <summary>What HugeTLB keeps of it.</summary>
    public HugeTlbFlags HugeTlbFlags
    {
        get => (HugeTlbFlags)cpu.ReadWord(_address + PrivateOffset);
        set => cpu.WriteWord(_address + PrivateOffset, (ulong)value);
    }

    /// <summary>Marks it as HugeTLB's (__folio_set_hugetlb), or as no more so.</summary>
    public void MarkHugeTlb(bool marked)
    {
        uint type = marked ? PageTypes.HugeTlb : PageTypes.None;
        Exchange(TypeAndCountOffset, ~(ulong)uint.MaxValue, type);
    }

    /// <summary>Sets PG_hwpoison.</summary>
    public void MarkPoisoned() => Exchange(FlagsOffset, ulong.MaxValue, PageFlags.HwPoison);

    /// <summary>Changes the references, unless somebody changed them meanwhile (folio_ref_unfreeze and its kin).</summary>
    /// <returns>The references it has now.</returns>
    /// <exception cref="InconsistentMachineException">There are fewer than are taken away.</exception>
    public int AddReferences(int count)
    {
        ulong found = cpu.ReadWord(_address + TypeAndCountOffset);
        while (true)
        {
            ulong before = found;
            int references = (int)(before >> CountShift) + count;
            if (references < 0)
            {
                throw new InconsistentMachineException($"The folio at PFN 0x{headPfn:x} has {references - count} references and loses {-count}.");
            }

            ulong after = (uint)before | ((ulong)references << CountShift);
            if (!cpu.CompareExchangeWord(_address + TypeAndCountOffset, after, before, out found) || found == before)
            {
                return references;
            }
        }
    }

    /// <summary>Adds references, unless there would be more than can be counted (try_get_folio).</summary>
    public bool TryAddReferences(int count)
    {
        ulong found = cpu.ReadWord(_address + TypeAndCountOffset);
        while ((int)(found >> CountShift) <= int.MaxValue - count)
        {
            ulong before = found;
            ulong after = (uint)before | ((ulong)((int)(before >> CountShift) + count) << CountShift);
            if (!cpu.CompareExchangeWord(_address + TypeAndCountOffset, after, before, out found) || found == before)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes all references away if there are as many as expected (folio_ref_freeze): nobody can take another one until they are put back.</summary>
    public bool TryFreeze(int references)
    {
        ulong found = cpu.ReadWord(_address + TypeAndCountOffset);
        while ((int)(found >> CountShift) == references)
        {
            ulong before = found;
            if (cpu.CompareExchangeWord(_address + TypeAndCountOffset, (uint)before, before, out found) && found == before)
            {
                return true;
            }
        }

        return false;
    }

    // Somebody may try to take a reference at the same time: no write may be lost.
    private void Exchange(ulong offset, ulong keep, ulong set)
    {
        ulong found = cpu.ReadWord(_address + offset);
        ulong before;
        do
        {
            before = found;
        }
        while (cpu.CompareExchangeWord(_address + offset, (before & keep) | set, before, out found) && found != before);
    }
}

using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// Code that knows nothing but PFNs, as compaction, page owner, memory failure or /proc/kpageflags do: it asks for the head of any frame at any
/// time, and may take a reference. One thread drives a walker; the machine and its pools do what they like meanwhile.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized, and so how a head is found.</typeparam>
/// <param name="vmemmap">The kernel's vmemmap.</param>
/// <param name="cpu">The walker's CPU.</param>
public sealed class PfnWalker<TArch, TLayout>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu)
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private const int TypeAndRefCountOffset = 48;
    private const int RefCountShift = 32;
    private const ulong OneReference = 1UL << RefCountShift;

    /// <summary>The walker's CPU.</summary>
    public Cpu<TArch> Cpu { get; } = cpu;

    /// <summary>Finds the head of a frame. That the frame is online is checked before its struct page is read, and holds until it was.</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="head">The head's frame; <paramref name="pfn"/> itself if it is no tail.</param>
    public PfnLookup FindHead(ulong pfn, out ulong head)
    {
        using Rcu<TArch>.ReadSection section = vmemmap.Machine.Rcu.Read(Cpu);
        return FindHeadInside(pfn, out head);
    }

    /// <summary>Reads the struct page of a frame.</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="page">The struct page.</param>
    /// <returns>False if the frame is not online.</returns>
    public bool TryRead(ulong pfn, out StructPage page)
    {
        using Rcu<TArch>.ReadSection section = vmemmap.Machine.Rcu.Read(Cpu);
        bool online = vmemmap.Machine.Sections.IsOnline(pfn);
        page = online ? Cpu.ReadStructPage(pfn) : default;
        return online;
    }

    /// <summary>Takes a reference to whatever a frame belongs to, unless it is free or frozen (folio_try_get).</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="head">What was referenced.</param>
    public bool TryGet(ulong pfn, out ulong head)
    {
        using SpeculativeReference reference = BeginGet(pfn);
        head = reference.Head;
        return reference.TryTake();
    }

    /// <summary>
    /// The first half of <see cref="TryGet"/>: the count was seen, and is not written yet. What happens between the halves is what a grace period
    /// is there for (bd225530a4c7).
    /// </summary>
    /// <param name="pfn">The frame.</param>
    public SpeculativeReference BeginGet(ulong pfn)
    {
        Rcu<TArch>.ReadSection section = vmemmap.Machine.Rcu.Read(Cpu);
        ulong word = 0;
        if (FindHeadInside(pfn, out ulong head) == PfnLookup.Found)
        {
            word = Cpu.ReadWord(AddressOfCount(head));
        }

        return new SpeculativeReference(this, section, head, word);
    }

    /// <summary>Gives a reference back. If it is the last one nobody frees the page: a walker's references are to pages that others hold.</summary>
    /// <param name="head">What was referenced.</param>
    /// <exception cref="InconsistentMachineException">It has no references.</exception>
    public void Put(ulong head)
    {
        ulong address = AddressOfCount(head);
        ulong seen = Cpu.ReadWord(address);
        while (true)
        {
            if ((int)(seen >> RefCountShift) <= 0)
            {
                throw new InconsistentMachineException($"A reference to PFN 0x{head:x} is given back, and it has none.");
            }

            if (!Cpu.CompareExchangeWord(address, seen - OneReference, seen, out ulong found) || found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    private ulong AddressOfCount(ulong pfn) => vmemmap.Machine.Vmemmap.AddressOf(pfn) + TypeAndRefCountOffset;

    private PfnLookup FindHeadInside(ulong pfn, out ulong head)
    {
        head = pfn;
        if (!vmemmap.Machine.Sections.IsOnline(pfn))
        {
            return PfnLookup.NotOnline;
        }

        return TLayout.TryCompoundHead(vmemmap, Cpu, pfn, out head) switch
        {
            AccessResult.Done => PfnLookup.Found,
            AccessResult.Faulted => PfnLookup.Faulted,
            _ => PfnLookup.TryAgain,
        };
    }

    /// <summary>A reference that is being taken: its holder is in a read section.</summary>
    public readonly ref struct SpeculativeReference
    {
        private readonly PfnWalker<TArch, TLayout> _walker;
        private readonly Rcu<TArch>.ReadSection _section;
        private readonly ulong _seen;

        internal SpeculativeReference(PfnWalker<TArch, TLayout> walker, Rcu<TArch>.ReadSection section, ulong head, ulong seen)
        {
            _walker = walker;
            _section = section;
            Head = head;
            _seen = seen;
        }

        /// <summary>What is to be referenced.</summary>
        public ulong Head { get; }

        /// <summary>Takes it, if the count was not 0 and is still what it was (atomic_add_unless).</summary>
        /// <returns>False if there is nothing to reference, or it changed.</returns>
        public bool TryTake()
        {
            if ((int)(_seen >> RefCountShift) <= 0)
            {
                return false;
            }

            ulong address = _walker.AddressOfCount(Head);
            ulong seen = _seen;
            while (_walker.Cpu.CompareExchangeWord(address, seen + OneReference, seen, out ulong found))
            {
                if (found == seen)
                {
                    return true;
                }

                if ((int)(found >> RefCountShift) <= 0)
                {
                    return false;
                }

                seen = found;
            }

            return false;
        }

        /// <summary>Leaves the read section.</summary>
        public void Dispose() => _section.Dispose();
    }
}

/// <summary>What a PFN walker found.</summary>
public enum PfnLookup : byte
{
    /// <summary>The head.</summary>
    Found,

    /// <summary>The frame has no struct page that is in use.</summary>
    NotOnline,

    /// <summary>The CPU waits for entries to be made again, or is stopped: ask later.</summary>
    TryAgain,

    /// <summary>The access faulted, which the machine has reported.</summary>
    Faulted,
}

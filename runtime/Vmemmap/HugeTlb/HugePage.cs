using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vmemmap.Simulation;

namespace Vmemmap.HugeTlb;

/// <summary>
/// A HugeTLB page: a handle to its struct pages, which may be optimized. What may be written is in the types: <see cref="Writable"/> has
/// exactly the struct pages that have a frame of their own, the indexer only reads, and a <see cref="RestoredScope{TArch,TLayout}"/> makes all of them writable.
/// </summary>
/// <remarks>
/// References lead into the simulated memory, to the frame that the page tables map at that moment: do not keep one across an operation that remaps. One
/// thread at a time for each huge page.
/// </remarks>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How its vmemmap is optimized.</typeparam>
public sealed partial class HugePage<TArch, TLayout> : Folio
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private bool _isInScope;

    internal HugePage(VmemmapRemapper<TArch> vmemmap, ulong headPfn, Hstate hstate)
        : base(headPfn, hstate, vmemmap.Machine.ZoneOf(headPfn).Node, FirstPage(vmemmap, headPfn), PagesOf(vmemmap, hstate))
    {
        Vmemmap = vmemmap;
    }

    /// <summary>Struct pages: one for each base page.</summary>
    public long Count => Hstate.StructPages;

    /// <summary>The struct pages that may be written: those of the vmemmap pages that are kept, or all while it is not optimized.</summary>
    public WritableStructPages<TArch, TLayout> Writable => new(this);

    /// <summary>The kernel's vmemmap.</summary>
    internal VmemmapRemapper<TArch> Vmemmap { get; }

    /// <summary>Whether a restored scope has it, in which it is frozen and in use all the same.</summary>
    internal bool IsInScope { get => Volatile.Read(ref _isInScope); private set => Volatile.Write(ref _isInScope, value); }

    /// <summary>A struct page, to read. A tail of an optimized page may be an alias: what is read there is another tail's, and a fake head may be met.</summary>
    /// <param name="index">Which base page, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The huge page has no such base page.</exception>
    /// <exception cref="NotSupportedException">A struct page of this size has no place of 64 bytes of its own.</exception>
    [ReadOnlyTail(Architecture = nameof(TArch), Layout = nameof(TLayout))]
    public ref readonly StructPage this[long index] => ref Unchecked(index);

    /// <summary>
    /// A struct page as the kernel's <c>page + i</c> gives it: whatever is mapped there, writable or not. A write to an alias changes every
    /// struct page that shares its bytes; in a kernel it is an oops where <see cref="IArchitecture.HasReadOnlyKernelMappings"/> is true.
    /// </summary>
    /// <param name="index">Which base page, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The huge page has no such base page.</exception>
    /// <exception cref="NotSupportedException">A struct page of this size has no place of 64 bytes of its own.</exception>
    [ReadOnlyTail(Architecture = nameof(TArch), Layout = nameof(TLayout))]
    public ref StructPage Unchecked(long index) =>
        ref Unsafe.As<Vector512<ulong>, StructPage>(ref Vmemmap.Machine.Memory.WritableLine(PlaceOf(index)));

    /// <summary>Restores the vmemmap for as long as the scope lives.</summary>
    /// <param name="cpu">The CPU that does it, here and when the scope ends; null: CPU 0.</param>
    /// <exception cref="InsufficientMemoryException">There are no frames for it.</exception>
    /// <exception cref="InvalidOperationException">Others than its holder have references to it.</exception>
    [VmemmapState(VmemmapState.Restored)]
    public RestoredScope<TArch, TLayout> Restore(Cpu<TArch>? cpu = null) => TryRestore(out RestoredScope<TArch, TLayout> scope, cpu)
        ? scope
        : throw new InsufficientMemoryException(
            $"The vmemmap of the huge page at PFN 0x{HeadPfn:x} cannot be restored: {Hstate.FreedPages(TLayout.Layout, Vmemmap.Machine.Vmemmap.StructPageSize)} frames are needed.");

    /// <summary>
    /// Restores the vmemmap for as long as the scope lives, if there are frames for it. The huge page is frozen meanwhile: nobody can take a
    /// reference.
    /// </summary>
    /// <param name="scope">The scope; dispose of it.</param>
    /// <param name="cpu">The CPU that does it, here and when the scope ends; null: CPU 0.</param>
    /// <exception cref="InvalidOperationException">Others than its holder have references to it.</exception>
    [VmemmapState(VmemmapState.Restored)]
    public bool TryRestore(out RestoredScope<TArch, TLayout> scope, Cpu<TArch>? cpu = null)
    {
        cpu ??= Vmemmap.Machine.Cpus[0];
        var head = new FolioHead<TArch>(cpu, HeadPfn);
        int references = head.RefCount;
        if (references > 1 || !head.TryFreeze(references))
        {
            throw new InvalidOperationException($"The huge page at PFN 0x{HeadPfn:x} has {head.RefCount} references: only its holder's may be there when its vmemmap is remapped.");
        }

        IsInScope = true;
        bool wasOptimized = IsOptimized;
        if (wasOptimized && !TLayout.TryRestore(Vmemmap, cpu, this))
        {
            IsInScope = false;
            Unfreeze(cpu, references);
            scope = default;
            return false;
        }

        scope = new RestoredScope<TArch, TLayout>(this, cpu, wasOptimized, references);
        return true;
    }

    /// <summary>Ends a scope.</summary>
    internal void EndScope(Cpu<TArch> cpu, bool optimizeAgain, int references)
    {
        if (optimizeAgain && !IsOptimized)
        {
            TLayout.TryOptimize(Vmemmap, cpu, this);
        }

        Unfreeze(cpu, references);
        IsInScope = false;
    }

    private void Unfreeze(Cpu<TArch> cpu, int references)
    {
        if (references > 0)
        {
            new FolioHead<TArch>(cpu, HeadPfn).AddReferences(references);
        }
    }

    /// <summary>Index of the first struct page that is an alias; <see cref="Count"/> while there is none.</summary>
    internal long FirstReadOnlyIndex =>
        IsOptimized ? Hstate.FirstReadOnlyIndex(TLayout.Layout, Vmemmap.Machine.Vmemmap.StructPageSize) ?? Count : Count;

    internal ref StructPage At(long index) => ref Unchecked(index);

    private ulong PlaceOf(long index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Count, nameof(index));
        VmemmapRegion region = Vmemmap.Machine.Vmemmap;
        if (region.StructPageSize % StructPage.Size != 0)
        {
            throw new NotSupportedException($"A struct page of {region.StructPageSize} bytes may cross two pages: read and write it through a CPU.");
        }

        ulong address = region.AddressOf(HeadPfn + (ulong)index);
        return region.TryPageOf(address, out long page)
            ? (Vmemmap.FrameAt(page) << TArch.PageShift) | (address & ((1UL << TArch.PageShift) - 1))
            : throw new InconsistentMachineException($"PFN 0x{HeadPfn:x} is outside vmemmap.");
    }

    private static long FirstPage(VmemmapRemapper<TArch> vmemmap, ulong headPfn) =>
        vmemmap.Machine.Vmemmap.TryPageOf(vmemmap.Machine.Vmemmap.AddressOf(headPfn), out long page)
            ? page
            : throw new InconsistentMachineException($"PFN 0x{headPfn:x} is outside vmemmap.");

    private static long PagesOf(VmemmapRemapper<TArch> vmemmap, Hstate hstate) =>
        hstate.StructPageBytes(vmemmap.Machine.Vmemmap.StructPageSize) >> TArch.PageShift;
}

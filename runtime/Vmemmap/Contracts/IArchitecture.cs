namespace Vmemmap;

/// <summary>
/// A page-table architecture as a type: what the generator makes of one <c>architecture</c> element. Implemented by generated
/// code only; additions come with a body, so that code generated earlier keeps working.
/// </summary>
/// <remarks>All members are pure and may be called from any thread. Level 0 is the root.</remarks>
public interface IArchitecture
{
    /// <summary>Version of this contract that the code was generated for.</summary>
    static abstract int ContractVersion { get; }

    /// <summary>Canonical name, such as "arm64-16k-va48".</summary>
    static abstract string Name { get; }

    /// <summary>Second name, such as "arm64-16k"; empty if there is none.</summary>
    static abstract string Alias { get; }

    /// <summary>log2 of the base page.</summary>
    static abstract int PageShift { get; }

    /// <summary>Virtual address bits that the tree translates.</summary>
    static abstract int VirtualAddressBits { get; }

    /// <summary>Physical address bits that an entry can express.</summary>
    static abstract int PhysicalAddressBits { get; }

    /// <summary>Which virtual addresses the root translates.</summary>
    static abstract CanonicalRule Canonical { get; }

    /// <summary>False where the kernel has no read-only kernel mapping, so that HVO's aliases stay writable (riscv64).</summary>
    static abstract bool HasReadOnlyKernelMappings { get; }

    /// <summary>Whether a live entry must be invalidated and flushed before its output address changes (arm64).</summary>
    static abstract bool RequiresBreakBeforeMake { get; }

    /// <summary>Whether the kernel maps vmemmap by leaves above the last level, and splits them on demand.</summary>
    static abstract bool MapsVmemmapByBlocks { get; }

    /// <summary>The levels, root first.</summary>
    static abstract ReadOnlySpan<Level> Levels { get; }

    /// <summary>The huge page sizes in the kernel's registration order.</summary>
    static abstract ReadOnlySpan<Hstate> Hstates { get; }

    /// <summary>The default huge page size.</summary>
    static abstract Hstate DefaultHstate { get; }

    /// <summary>Number of levels.</summary>
    static abstract int LevelCount { get; }

    /// <summary>Raw mask of the valid bit.</summary>
    static abstract ulong ValidMask { get; }

    /// <summary>Raw mask of the address bits of a last-level entry: two valid entries map one frame if these are equal, unless
    /// <see cref="SharedAddressMask"/> says otherwise.</summary>
    static abstract ulong AddressMask { get; }

    /// <summary>Raw mask of a bit that makes neighbours with equal addresses map different frames (Svnapot); 0 if there is none.</summary>
    static abstract ulong SharedAddressMask { get; }

    /// <summary>
    /// Raw mask of the accessed flag of a leaf; 0 if the format names none, or the code was generated for contract version 2 or 1.
    /// </summary>
    static virtual ulong AccessedMask => 0;

    /// <summary>
    /// Raw mask of the dirty flag of a leaf (arm64: the software flag, bit 55, beside which a leaf is dirty whose DBM is set and whose
    /// read-only bit is clear); 0 if the format names none, or the code was generated for contract version 2 or 1.
    /// </summary>
    static virtual ulong DirtyMask => 0;

    /// <summary>Lowest virtual address bit of a level's index.</summary>
    /// <param name="level">0 = root.</param>
    static abstract int LevelShift(int level);

    /// <summary>log2 of the entries of a level's table.</summary>
    /// <param name="level">0 = root.</param>
    static abstract int LevelIndexBits(int level);

    /// <summary>Whether the root translates this address at all.</summary>
    /// <param name="virtualAddress">A virtual address.</param>
    static abstract bool IsCanonical(ulong virtualAddress);

    /// <summary>What an entry is on a level.</summary>
    /// <param name="level">0 = root.</param>
    /// <param name="entry">The raw entry.</param>
    static abstract EntryKind Classify(int level, ulong entry);

    /// <summary>Physical address of the table that an entry points to. The entry must be a table.</summary>
    /// <param name="entry">The raw entry.</param>
    static abstract ulong TableAddress(ulong entry);

    /// <summary>Physical address that a leaf gives a virtual address, offset included. The entry must be a leaf of that level.</summary>
    /// <param name="level">0 = root.</param>
    /// <param name="entry">The raw entry.</param>
    /// <param name="virtualAddress">The virtual address.</param>
    static abstract ulong PhysicalAddress(int level, ulong entry, ulong virtualAddress);

    /// <summary>log2 of the bytes that a leaf maps, or its contiguous group. The entry must be a leaf of that level.</summary>
    /// <param name="level">0 = root.</param>
    /// <param name="entry">The raw entry.</param>
    static abstract int LeafSizeShift(int level, ulong entry);

    /// <summary>Whether a leaf itself allows supervisor writes.</summary>
    /// <param name="entry">The raw leaf entry.</param>
    static abstract bool IsWritable(ulong entry);

    /// <summary>Whether a table entry leaves write permission to what is below it.</summary>
    /// <param name="entry">The raw table entry.</param>
    static abstract bool TableAllowsWrite(ulong entry);

    /// <summary>
    /// The entry by which the kernel points to a table of the next level: valid, leaves write permission to what is below it, and
    /// has the bits that the kernel sets in such entries (x86-64: _KERNPG_TABLE less US; arm64: PMD_TYPE_TABLE; riscv64: V alone).
    /// </summary>
    /// <param name="tableAddress">Physical address of the table, aligned to the base page.</param>
    /// <exception cref="ArgumentException">The address is not aligned to the base page.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has bits above <see cref="PhysicalAddressBits"/>.</exception>
    /// <exception cref="NotSupportedException">The code was generated for contract version 1.</exception>
    static virtual ulong MakeTable(ulong tableAddress) => throw EntryEncodingError.Version1();

    /// <summary>
    /// The entry by which the kernel maps memory of its own with one leaf: PAGE_KERNEL or PAGE_KERNEL_RO, with the bits of Linux 6.1
    /// (arch/x86/include/asm/pgtable_types.h, arch/arm64/include/asm/pgtable-prot.h, arch/riscv/include/asm/pgtable.h): global or nG as
    /// the kernel has it, accessed, not executable, never contiguous.
    /// </summary>
    /// <remarks>
    /// <paramref name="writable"/> is always honoured. Where <see cref="HasReadOnlyKernelMappings"/> is false the kernel's PAGE_KERNEL_RO
    /// is PAGE_KERNEL, and who plays the kernel passes true there.
    /// </remarks>
    /// <param name="level">0 = root. One whose <see cref="Level.Leaf"/> is not <see cref="LeafUse.None"/>.</param>
    /// <param name="physicalAddress">Physical address of the memory, aligned to the reach of the level's entry.</param>
    /// <param name="writable">True: read-write; false: read-only.</param>
    /// <exception cref="ArgumentException">The address is not aligned to the reach of the level's entry.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has bits above <see cref="PhysicalAddressBits"/>, or the level no leaf.</exception>
    /// <exception cref="NotSupportedException">The code was generated for contract version 1.</exception>
    static virtual ulong MakeLeaf(int level, ulong physicalAddress, bool writable) => throw EntryEncodingError.Version1();

    /// <summary>
    /// The entry by which the kernel points to a table of the next level of a process: as <see cref="MakeTable"/>, and leaves user
    /// access to what is below it (Linux 6.12; x86-64: _PAGE_TABLE; arm64: PMD_TYPE_TABLE and PXNTable; riscv64: V alone).
    /// </summary>
    /// <param name="tableAddress">Physical address of the table, aligned to the base page.</param>
    /// <exception cref="ArgumentException">The address is not aligned to the base page.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has bits above <see cref="PhysicalAddressBits"/>.</exception>
    /// <exception cref="NotSupportedException">
    /// The entry format says nothing of user entries, or the code was generated for contract version 2 or 1.
    /// </exception>
    static virtual ulong MakeUserTable(ulong tableAddress) => throw EntryEncodingError.Version2();

    /// <summary>
    /// The entry by which the kernel maps memory of a shared file into a process with one leaf, as make_huge_pte does (Linux 6.12
    /// mm/hugetlb.c): PAGE_SHARED, young and dirty, or PAGE_READONLY, young and clean, with the bits of
    /// arch/x86/include/asm/pgtable_types.h, arch/arm64/include/asm/pgtable-prot.h and arch/riscv/include/asm/pgtable.h. So user
    /// accessible, not executable, never global; x86's software flags (soft-dirty) are left out.
    /// </summary>
    /// <remarks>
    /// A contiguous group is as many entries as <see cref="Level.ContiguousCount"/>, aligned to their number in the table. Each is made
    /// with the address of its own piece; where <see cref="SharedAddressMask"/> is not 0 all come out alike, whichever piece is named.
    /// <see cref="PhysicalAddress"/> of each, given a virtual address of its own piece, is in that piece.
    /// </remarks>
    /// <param name="level">0 = root. One whose <see cref="Level.Leaf"/> is not <see cref="LeafUse.None"/>.</param>
    /// <param name="physicalAddress">Physical address of the entry's own memory, aligned to the reach of one entry of the level.</param>
    /// <param name="writable">True: read-write and dirty; false: read-only.</param>
    /// <param name="contiguous">Whether the entry is one of a contiguous group.</param>
    /// <exception cref="ArgumentException">The address is not aligned to the reach of the level's entry.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// It has bits above <see cref="PhysicalAddressBits"/>, or the level has no leaf, or no groups and <paramref name="contiguous"/> is
    /// true.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The entry format says nothing of user entries, or the code was generated for contract version 2 or 1.
    /// </exception>
    static virtual ulong MakeUserLeaf(int level, ulong physicalAddress, bool writable, bool contiguous) =>
        throw EntryEncodingError.Version2();

    /// <summary>Translates one address.</summary>
    /// <typeparam name="TMemory">The memory that holds the tables.</typeparam>
    /// <param name="memory">The memory that holds the tables.</param>
    /// <param name="root">Physical address of the root table.</param>
    /// <param name="virtualAddress">The virtual address.</param>
    /// <param name="translation">The translation, or the fault with its level and reason.</param>
    /// <returns>Whether there is a translation.</returns>
    static abstract bool TryTranslate<TMemory>(in TMemory memory, ulong root, ulong virtualAddress, out Translation translation)
        where TMemory : struct, IPhysicalMemory, allows ref struct;
}

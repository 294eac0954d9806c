namespace Vmemmap.SyntheticImages;

/// <summary>Intel SDM vol. 3, table 5-14 and on; Linux arch/x86/include/asm/pgtable_types.h.</summary>
internal sealed class X64EntryFormat(SyntheticKernel kernel) : IEntryFormat
{
    private const ulong Present = 1 << 0;
    private const ulong Writable = 1 << 1;
    private const ulong Accessed = 1 << 5;
    private const ulong Dirty = 1 << 6;
    private const ulong PageSize = 1 << 7;
    private const ulong Global = 1 << 8;
    private const ulong NoExecute = 1UL << 63;

    public ulong Table(ulong address) => address | kernel.SmeMask | Present | Writable | Accessed | Dirty;

    public ulong Leaf(ulong address, bool lastLevel, MappingKind kind, bool grouped)
    {
        ulong entry = address | kernel.SmeMask | Present | Accessed | Global;
        entry |= lastLevel ? 0 : PageSize;
        entry |= kind == MappingKind.Image ? 0 : NoExecute;
        if (kind != MappingKind.VmemmapAlias)
        {
            return entry | Writable | Dirty;
        }

        // PAGE_KERNEL_RO lost its dirty bit with shadow stacks, in 6.6.
        return kernel.Version.IsAtLeast(6, 6) ? entry : entry | Dirty;
    }
}

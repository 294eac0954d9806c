namespace Vmemmap.SyntheticImages;

/// <summary>Arm ARM DDI 0487, D8.3; Linux arch/arm64/include/asm/pgtable-hwdef.h and pgtable-prot.h.</summary>
internal sealed class Arm64EntryFormat(SyntheticKernel kernel) : IEntryFormat
{
    private const ulong Valid = 1 << 0;
    private const ulong TableOrPage = 1 << 1;
    private const ulong NormalTagged = 1 << 2;
    private const ulong ReadOnly = 1 << 7;
    private const ulong InnerShareable = 3 << 8;
    private const ulong AccessFlag = 1 << 10;
    private const ulong NotGlobal = 1 << 11;
    private const ulong DirtyModifier = 1UL << 51;
    private const ulong Contiguous = 1UL << 52;
    private const ulong NeverExecute = 3UL << 53;
    private const ulong SoftwareDirty = 1UL << 55;
    private const ulong TableNeverExecuteUser = 1UL << 60;

    public ulong Table(ulong address) => Address(address) | TableNeverExecuteUser | TableOrPage | Valid;

    public ulong Leaf(ulong address, bool lastLevel, MappingKind kind, bool grouped)
    {
        ulong entry = Address(address) | NeverExecute | AccessFlag | Valid;
        entry |= kernel.Machine.Lpa2 ? 0 : InnerShareable;
        entry |= kernel.KernelOffset != 0 ? NotGlobal : 0;
        entry |= lastLevel ? TableOrPage : 0;
        entry |= grouped ? Contiguous : 0;
        entry |= kind == MappingKind.Linear ? NormalTagged : 0;
        if (kind == MappingKind.VmemmapAlias)
        {
            return entry | SoftwareDirty | ReadOnly;
        }

        // Blocks of vmemmap had neither bit before 6.12 (they were made by a bare PROT_SECT_NORMAL).
        bool bareBlock = kind == MappingKind.Vmemmap && !lastLevel && !kernel.Version.IsAtLeast(6, 12);
        return bareBlock ? entry : entry | SoftwareDirty | DirtyModifier;
    }

    private ulong Address(ulong address)
    {
        if (kernel.Machine.Lpa2)
        {
            return (address & 0x0003_ffff_ffff_ffff) | (((address >> 50) & 3) << 8);
        }

        return kernel.Machine.PageShift == 16
            ? (address & 0x0000_ffff_ffff_ffff) | (((address >> 48) & 0xf) << 12)
            : address;
    }
}

using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <content>Faults on the device's file (6.12 drivers/dax/device.c, dev_dax_huge_fault and dax_set_mapping).</content>
public sealed partial class DaxDevice<TArch>
{
    /// <summary>
    /// Maps the page at an address, by one entry of the device's alignment, and notes in its struct page which page of which file it is: in
    /// the head of a compound page, in each base page elsewhere. The offset is that of the address aligned <b>down</b>. Aligned up, as it
    /// was until 2024 ("device-dax: correct pgoff align in dax_set_mapping"), an address that is not its page's first gives the next
    /// page's, and a memory error unmaps that one.
    /// </summary>
    /// <param name="cpu">The CPU that faults.</param>
    /// <param name="vma">The mapping.</param>
    /// <param name="address">The address.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's, or the mapping is of no file.</exception>
    public DaxFault Fault(Cpu<TArch> cpu, DaxVma vma, ulong address)
    {
        CheckUse(cpu);
        if (vma.Mapping == 0)
        {
            throw new ArgumentException("A mapping of a device's file has the address of its address_space, which is not 0.", nameof(vma));
        }

        ulong bytes = 1UL << (CompoundOrder + TArch.PageShift);
        if (((vma.Start | vma.End | (vma.PageOffset << TArch.PageShift)) & (bytes - 1)) != 0)
        {
            return new DaxFault(DaxFaultKind.UnalignedVma, 0, 0);
        }

        ulong start = address & ~(bytes - 1);
        ulong within = (start - vma.Start) >> TArch.PageShift;

        // Not by their sum, which may be more than 64 bits hold.
        if (address < vma.Start || address >= vma.End || vma.PageOffset >= DataFrames || within >= DataFrames - vma.PageOffset)
        {
            return new DaxFault(DaxFaultKind.Outside, 0, 0);
        }

        ulong offset = within + vma.PageOffset;
        ulong pfn = DataPfn + offset;
        ulong head = Machine.Vmemmap.AddressOf(pfn);
        if (cpu.ReadWord(head + MappingOffset) == 0)
        {
            cpu.WriteWord(head + MappingOffset, vma.Mapping);
            cpu.WriteWord(head + IndexOffset, offset);
        }

        return new DaxFault(DaxFaultKind.Mapped, pfn, offset);
    }
}

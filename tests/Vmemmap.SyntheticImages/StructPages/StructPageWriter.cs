namespace Vmemmap.SyntheticImages;

/// <summary>
/// Writes struct pages as the kernel of a version lays them out. Field offsets are the same in all of them: flags 0,
/// compound_head 8, compound_dtor 16, compound_order 17, private 40, page_type 48.
/// </summary>
internal sealed class StructPageWriter(SyntheticKernel kernel, AddressSpace space, VmemmapMap map, PhysicalMemory memory)
{
    internal const uint HugeTlbType = 0xf4000000;
    internal const int HugeTlbFlagBit = 8;

    private const ulong HugeTlbDestructor = 2;
    private const ulong OtherDestructor = 3;
    private const ulong FreedFlag = 1 << 3;
    private const ulong OptimizedFlag = 1 << 4;
    private const uint NoType = 0xffffffff;

    /// <summary>PG_head's bit moved when 6.6 sorted the page flags.</summary>
    internal static ulong HeadMask(KernelVersion version) => version.IsAtLeast(6, 6) ? 1UL << 6 : 1UL << 16;

    /// <summary>PG_hugetlb of 6.9-6.11: page types moved in 6.11.</summary>
    internal static uint TypeBit(KernelVersion version) => version.IsAtLeast(6, 11) ? 0x04000000u : 0x800u;

    /// <summary>Address of a struct page.</summary>
    internal ulong AddressOf(ulong pfn) => space.Vmemmap + (pfn * kernel.StructPageSize);

    /// <summary>Writes the struct pages of a HugeTLB page, on every frame that is its own.</summary>
    internal void WriteHugePage(HugePageRequest page, bool flag)
    {
        int order = OrderOf(page.Size);
        for (ulong i = 0; i < 1UL << order; i++)
        {
            if (Find(page.HeadPfn + i, out ulong address))
            {
                WriteOne(address, page.HeadPfn, i, order, hugeTlb: true, FreedFlag | (flag ? OptimizedFlag : 0));
            }
        }
    }

    /// <summary>Writes a compound page of another kind.</summary>
    internal void WriteCompoundPage(ulong headPfn, int order, ulong count)
    {
        for (ulong i = 0; i < count; i++)
        {
            if (Find(headPfn + i, out ulong address))
            {
                WriteOne(address, headPfn, i, order, hugeTlb: false, 0);
            }
        }
    }

    /// <summary>Fills a frame with nothing but tails of an order, as the shared tail frame of 7.1 is.</summary>
    internal void WriteTails(ulong frame, ulong headPfn, int order)
    {
        for (ulong offset = 0; offset < kernel.Machine.PageSize; offset += kernel.StructPageSize)
        {
            WriteTail(frame + offset, headPfn, order);
        }
    }

    /// <summary>
    /// Leaves what 6.12.117 leaves in a restored frame: a copy of the head and its first tails, whose links were cleared when the
    /// page was freed.
    /// </summary>
    internal void WriteStaleHead(ulong pfn, int order, bool headFlag)
    {
        _ = Find(pfn, out ulong address);
        WriteHead(address, hugeTlb: true, OptimizedFlag);
        memory.Write64(address, headFlag ? HeadMask(kernel.Version) : 0);
        _ = Find(pfn + 1, out address);
        WriteSecond(address, order, hugeTlb: true);
        memory.Write32(address + 48, NoType);
    }

    /// <summary>log2 of the base pages of a size.</summary>
    internal int OrderOf(ulong size) => System.Numerics.BitOperations.Log2(size) - kernel.Machine.PageShift;

    /// <summary>Physical address of a struct page, unless HVO made its page an alias.</summary>
    private bool Find(ulong pfn, out ulong address)
    {
        ulong virtualAddress = AddressOf(pfn);
        ulong? frame = map.IsAlias(virtualAddress) ? null : map.FrameOf(virtualAddress);
        address = frame.GetValueOrDefault() + (virtualAddress & (kernel.Machine.PageSize - 1));
        return frame is not null;
    }

    private void WriteOne(ulong address, ulong headPfn, ulong index, int order, bool hugeTlb, ulong flags)
    {
        if (index == 0)
        {
            WriteHead(address, hugeTlb, flags);
            return;
        }

        WriteTail(address, headPfn, order);
        if (index == 1)
        {
            WriteSecond(address, order, hugeTlb);
        }
    }

    private void WriteHead(ulong address, bool hugeTlb, ulong flags)
    {
        memory.Write64(address, HeadMask(kernel.Version));
        memory.Write64(address + 40, flags);
        memory.Write32(address + 48, (hugeTlb ? kernel.Mark : HugeTlbMark.CompoundDestructor) switch
        {
            HugeTlbMark.TypeBit => ~TypeBit(kernel.Version),
            HugeTlbMark.TypeByte => HugeTlbType,
            _ => NoType,
        });
    }

    private void WriteSecond(ulong address, int order, bool hugeTlb)
    {
        if (kernel.Mark is HugeTlbMark.CompoundDestructor or HugeTlbMark.FolioDestructor)
        {
            memory.Write64(address + 16, (hugeTlb ? HugeTlbDestructor : OtherDestructor) + ((ulong)order << 8));
            return;
        }

        ulong mark = hugeTlb && kernel.Mark == HugeTlbMark.SecondPageFlag ? 1UL << HugeTlbFlagBit : 0;
        memory.Write64(address, mark + (ulong)order);
    }

    private void WriteTail(ulong address, ulong headPfn, int order)
    {
        memory.Write64(address + 8, CompoundInfo(headPfn, order));
        memory.Write32(address + 48, NoType);
    }

    /// <summary>To 7.0 the head's address with bit 0 set; from 7.1 the mask that leads to it, the same for all pages of an order.</summary>
    private ulong CompoundInfo(ulong headPfn, int order)
    {
        bool powerOfTwo = System.Numerics.BitOperations.IsPow2(kernel.StructPageSize);
        return kernel.Version.IsAtLeast(7, 1) && powerOfTwo
            ? (ulong.MaxValue << (order + System.Numerics.BitOperations.Log2(kernel.StructPageSize))) | 1
            : AddressOf(headPfn) | 1;
    }
}

namespace Vmemmap.SyntheticImages;

/// <summary>Hands out physical memory from the top of a range down, as memblock does at boot.</summary>
internal sealed class FrameAllocator(MemoryRange range)
{
    /// <summary>What has been handed out.</summary>
    internal MemoryRange Used => new(Next, range.End - Next);

    private ulong Next { get; set; } = range.End;

    /// <summary>Takes aligned memory.</summary>
    internal ulong Take(ulong bytes, ulong alignment)
    {
        if (bytes > Next - range.Start)
        {
            throw new InvalidOperationException($"The kernel's own memory does not fit above 0x{range.Start:x}: give the machine more.");
        }

        Next = (Next - bytes) & ~(alignment - 1);
        return Next;
    }
}

namespace Vmemmap.SyntheticImages;

/// <summary>What one last-level table's reach of vmemmap maps: one block, or a frame for each page.</summary>
internal sealed class VmemmapTable
{
    internal const ulong Unmapped = ulong.MaxValue;

    private VmemmapTable(ulong[]? frames, ulong block)
    {
        Frames = frames;
        Block = block;
        Alias = new bool[frames?.Length ?? 0];
    }

    /// <summary>First frame of the block, where it is one.</summary>
    internal ulong Block { get; }

    /// <summary>Frame of each page, or null while it is a block.</summary>
    internal ulong[]? Frames { get; private set; }

    /// <summary>Which pages HVO made aliases.</summary>
    internal bool[] Alias { get; private set; }

    /// <summary>Address whose table this place uses instead of one of its own.</summary>
    internal ulong? SharedWith { get; set; }

    internal static VmemmapTable OfBlock(ulong frame) => new(null, frame);

    internal static VmemmapTable OfPages(int count)
    {
        ulong[] frames = new ulong[count];
        Array.Fill(frames, Unmapped);
        return new VmemmapTable(frames, Unmapped);
    }

    /// <summary>Splits a block the way the kernel does: the same frames, page by page.</summary>
    internal void Split(int count, ulong pageSize)
    {
        if (Frames is not null)
        {
            return;
        }

        Frames = new ulong[count];
        Alias = new bool[count];
        for (int i = 0; i < count; i++)
        {
            Frames[i] = Block + ((ulong)i * pageSize);
        }
    }
}

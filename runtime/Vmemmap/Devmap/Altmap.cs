using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>The frames of a device that hold its own struct pages (6.12 include/linux/memremap.h, struct vmem_altmap).</summary>
internal sealed class Altmap
{
    // nd_info_block_reserve: the first 8K, or a page, describe the device (6.12 drivers/nvdimm/pfn_devs.c).
    private const ulong InfoBlock = 8192;

    private readonly FrameBooks _books;
    private ulong _next;

    // Frames that the first block was aligned past: pages come from there again, so that what OffsetOf reserves is enough for any device.
    private ulong _gap;
    private ulong _gapEnd;

    /// <summary>Lays out a device.</summary>
    /// <param name="books">The machine's.</param>
    /// <param name="pageShift">log2 of the base page.</param>
    /// <param name="structPageSize">sizeof(struct page) in bytes.</param>
    /// <param name="options">The device.</param>
    /// <exception cref="ArgumentException">Nothing of the device is left for data.</exception>
    public Altmap(FrameBooks books, int pageShift, int structPageSize, DaxDeviceOptions options)
    {
        _books = books;
        Reserve = ReserveBytes(pageShift) >> pageShift;
        if (WhyNot(pageShift, structPageSize, options) is { } reason)
        {
            throw new ArgumentException(reason, nameof(options));
        }

        First = options.Start >> pageShift;
        Offset = OffsetOf(pageShift, structPageSize, options) >> pageShift;
        _next = First + Reserve;
    }

    /// <summary>The device's first frame.</summary>
    public ulong First { get; }

    /// <summary>Frames at the start that describe the device; their struct pages are never initialised.</summary>
    public ulong Reserve { get; }

    /// <summary>Frames before those for data (vmem_altmap_offset).</summary>
    public ulong Offset { get; }

    /// <summary>Whether a frame may hold struct pages of the device.</summary>
    public bool Contains(ulong pfn) => pfn >= First && pfn - First < Offset;

    /// <summary>Why a device cannot hold its own struct pages; null if it can.</summary>
    public static string? WhyNot(int pageShift, int structPageSize, DaxDeviceOptions options)
    {
        ulong offset = OffsetOf(pageShift, structPageSize, options);
        return offset >= options.Bytes
            ? $"A device of {SizeText.Of(options.Bytes)} cannot hold its own struct pages: "
                + $"they and what describes it take {SizeText.Of(offset)}."
            : null;
    }

    /// <summary>Takes frames, aligned to their number: a page, or a block.</summary>
    public bool TryTake(ulong count, out ulong frame)
    {
        if (count == 1 && _gap < _gapEnd)
        {
            frame = _gap++;
        }
        else
        {
            frame = (_next + count - 1) & ~(count - 1);
            if (frame + count > First + Offset)
            {
                return false;
            }

            if (frame > _next)
            {
                (_gap, _gapEnd) = (_next, frame);
            }

            _next = frame + count;
        }

        _books.Move(FrameUse.Device, FrameUse.Vmemmap, (long)count);
        return true;
    }

    private static ulong ReserveBytes(int pageShift) => Math.Max(InfoBlock, 1UL << pageShift);

    // A multiple of 2M, as the device's start is and a block: the blocks come one after the other, and pages fill
    // what is before and behind them.
    private static ulong OffsetOf(int pageShift, int structPageSize, DaxDeviceOptions options)
    {
        ulong align = Math.Max(options.Align, 1UL << 21);
        return (ReserveBytes(pageShift) + ((options.Bytes >> pageShift) * (ulong)structPageSize) + align - 1) & ~(align - 1);
    }

    /// <summary>Gives frames back. They are counted, and not used again before the device is gone (vmem_altmap_free).</summary>
    public void Free(ulong count) => _books.Move(FrameUse.Vmemmap, FrameUse.Device, (long)count);
}

using System.Buffers.Binary;
using System.Numerics;

namespace Vmemmap.Dumps;

/// <summary>Which NUMA node a PFN belongs to, from the kernel's pglist_data.</summary>
internal sealed class NodeSpans
{
    private readonly List<NodeSpan> _spans = [];
    private readonly bool _single;

    private readonly int _flagShift;

    private NodeSpans(bool single, int flagShift)
    {
        _single = single;
        _flagShift = flagShift;
    }

    /// <summary>Node numbers, ascending.</summary>
    public IReadOnlyList<int> Nodes => _single ? [0] : [.. _spans.Select(s => s.Node).Distinct().Order()];

    /// <summary>Reads the nodes.</summary>
    /// <returns>Null with the reason if the image lacks them.</returns>
    public static NodeSpans? TryRead(AddressSpace space, Vmcoreinfo info, out string reason)
    {
        reason = string.Empty;
        if (!info.TryGetSymbol("node_data", out ulong array))
        {
            // Without CONFIG_NUMA there is one node and its pglist_data is contig_page_data.
            reason = "VMCOREINFO has neither SYMBOL(node_data) nor SYMBOL(contig_page_data)";
            return info.TryGetSymbol("contig_page_data", out _) ? new NodeSpans(single: true, flagShift: 64) : null;
        }

        if (!info.TryGetLength("node_data", out long length) || length is < 1 or > 1 << 16
            || !info.TryGetOffset("pglist_data.node_start_pfn", out long startOffset)
            || !info.TryGetOffset("pglist_data.node_spanned_pages", out long spannedOffset)
            || !info.TryGetOffset("pglist_data.node_id", out long idOffset))
        {
            reason = "VMCOREINFO lacks keys of pglist_data";
            return null;
        }

        var spans = new NodeSpans(single: false, 64 - BitOperations.Log2((ulong)length));
        Span<byte> id = stackalloc byte[4];
        for (long i = 0; i < length; i++)
        {
            if (!space.TryReadUInt64(array + ((ulong)i * 8), out ulong node))
            {
                reason = $"node_data at 0x{array:x} is not in the image";
                return null;
            }

            if (node == 0)
            {
                continue;
            }

            if (!space.TryReadUInt64(node + (ulong)startOffset, out ulong first)
                || !space.TryReadUInt64(node + (ulong)spannedOffset, out ulong count)
                || !space.TryRead(node + (ulong)idOffset, id))
            {
                reason = $"the pglist_data at 0x{node:x} is not in the image";
                return null;
            }

            spans._spans.Add(new NodeSpan(BinaryPrimitives.ReadInt32LittleEndian(id), first, count));
        }

        reason = "node_data is empty";
        return spans._spans.Count > 0 ? spans : null;
    }

    /// <summary>The nodes that span a PFN: one, or several where nodes interleave, or none.</summary>
    public int[] Find(ulong pfn) => _single ? [0] : [.. _spans.Where(s => pfn - s.First < s.Count).Select(s => s.Node).Distinct()];

    /// <summary>
    /// The node in the flags of a struct page: with vmemmap their top bits, as many as nodes need (v6.12 include/linux/page-flags-layout.h).
    /// </summary>
    public int? NodeOf(ulong? pageFlags) => pageFlags is { } flags && _flagShift < 64 ? (int)(flags >> _flagShift) : null;

    private sealed record NodeSpan(int Node, ulong First, ulong Count);
}

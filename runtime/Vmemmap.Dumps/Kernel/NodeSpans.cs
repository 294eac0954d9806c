using System.Buffers.Binary;

namespace Vmemmap.Dumps;

/// <summary>Which NUMA node a PFN belongs to, from the kernel's pglist_data.</summary>
internal sealed class NodeSpans
{
    private readonly List<(int Node, ulong First, ulong Count)> _spans = [];
    private readonly bool _single;

    private NodeSpans(bool single) => _single = single;

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
            return info.TryGetSymbol("contig_page_data", out _) ? new NodeSpans(single: true) : null;
        }

        if (!info.TryGetLength("node_data", out long length) || length is < 1 or > 1 << 16
            || !info.TryGetOffset("pglist_data.node_start_pfn", out long startOffset)
            || !info.TryGetOffset("pglist_data.node_spanned_pages", out long spannedOffset)
            || !info.TryGetOffset("pglist_data.node_id", out long idOffset))
        {
            reason = "VMCOREINFO lacks keys of pglist_data";
            return null;
        }

        var spans = new NodeSpans(single: false);
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

            spans._spans.Add((BinaryPrimitives.ReadInt32LittleEndian(id), first, count));
        }

        reason = "node_data is empty";
        return spans._spans.Count > 0 ? spans : null;
    }

    /// <summary>The node of a PFN; null if no node or several nodes span it.</summary>
    public int? Find(ulong pfn)
    {
        if (_single)
        {
            return 0;
        }

        int? found = null;
        foreach ((int node, ulong first, ulong count) in _spans)
        {
            if (pfn - first < count)
            {
                if (found is not null)
                {
                    return null;
                }

                found = node;
            }
        }

        return found;
    }
}

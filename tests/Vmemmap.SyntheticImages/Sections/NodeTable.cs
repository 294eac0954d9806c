using System.Globalization;

namespace Vmemmap.SyntheticImages;

/// <summary>Writes pglist_data of each node, and what leads to it.</summary>
internal sealed class NodeTable(SyntheticKernel kernel, AddressSpace space, PhysicalMemory memory, FrameAllocator frames)
{
    private const ulong StartPfn = 1560;
    private const ulong SpannedPages = 1576;
    private const ulong NodeId = 1584;
    private const int MaxNodes = 64;

    /// <summary>Offsets in pglist_data, and the symbol.</summary>
    internal IReadOnlyList<string> Keys { get; private set; } = [];

    /// <summary>The nodes that the image tells of.</summary>
    internal IReadOnlyList<MemoryNode> Nodes { get; private set; } = [];

    internal void Write(MemoryRange everything)
    {
        List<string> keys =
        [
            "OFFSET(pglist_data.node_zones)=0",
            "OFFSET(pglist_data.nr_zones)=1552",
            string.Create(CultureInfo.InvariantCulture, $"OFFSET(pglist_data.node_start_pfn)={StartPfn}"),
            string.Create(CultureInfo.InvariantCulture, $"OFFSET(pglist_data.node_spanned_pages)={SpannedPages}"),
            string.Create(CultureInfo.InvariantCulture, $"OFFSET(pglist_data.node_id)={NodeId}"),
        ];
        MemoryNode[] nodes = kernel.Nodes.Count > 0 ? [.. kernel.Nodes] : [new MemoryNode(0, everything)];
        ulong place = kernel.EffectiveKernelPhysical + AddressSpace.NodeOffset;
        switch (kernel.EffectiveNodeSource)
        {
            case NodeSource.NodeData:
                memory.Include(place);
                foreach (MemoryNode node in nodes)
                {
                    ulong data = frames.Take(kernel.Machine.PageSize, kernel.Machine.PageSize);
                    WriteNode(data, node);
                    memory.Write64(place + ((ulong)node.Id * 8), data + space.Linear);
                }

                keys.Add($"SYMBOL(node_data)={place + space.Image:x}");
                keys.Add(string.Create(CultureInfo.InvariantCulture, $"LENGTH(node_data)={MaxNodes}"));
                Nodes = nodes;
                break;
            case NodeSource.ContigPageData:
                WriteNode(place, nodes.Single());
                keys.Add($"SYMBOL(contig_page_data)={place + space.Image:x}");
                Nodes = nodes;
                break;
            default:
                break;
        }

        Keys = keys;
    }

    private void WriteNode(ulong data, MemoryNode node)
    {
        memory.Write64(data + StartPfn, node.Range.Start >> kernel.Machine.PageShift);
        memory.Write64(data + StartPfn + 8, node.Range.Length >> kernel.Machine.PageShift);
        memory.Write64(data + SpannedPages, node.Range.Length >> kernel.Machine.PageShift);
        memory.Write32(data + NodeId, (uint)node.Id);
    }
}

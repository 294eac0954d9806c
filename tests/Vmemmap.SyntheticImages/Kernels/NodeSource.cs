namespace Vmemmap.SyntheticImages;

/// <summary>How the image says which memory belongs to which node.</summary>
public enum NodeSource
{
    /// <summary>SYMBOL(node_data): an array of pointers, as x86 exports it.</summary>
    NodeData,

    /// <summary>SYMBOL(contig_page_data): one node, a kernel without NUMA.</summary>
    ContigPageData,

    /// <summary>Neither key: a NUMA kernel on an architecture that exports none.</summary>
    Missing,
}

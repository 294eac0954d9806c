namespace Vmemmap.SyntheticImages;

/// <summary>What a reader must find on one node.</summary>
/// <param name="Node">node_id.</param>
/// <param name="FreedPages">vmemmap pages that its huge pages gave.</param>
public sealed record ExpectedNode(int Node, long FreedPages);

namespace Vmemmap.Dumps;

/// <summary>Neighbouring vmemmap pages that map one frame: the page-table signature of HVO and of device DAX.</summary>
/// <param name="Address">Virtual address of the first vmemmap page.</param>
/// <param name="Count">Vmemmap pages, two or more.</param>
/// <param name="Entry">The raw entry of the second page.</param>
/// <param name="FirstWritable">Whether the first page is writable.</param>
/// <param name="RestWritable">Whether any page after the first is writable.</param>
internal readonly record struct AliasRun(ulong Address, int Count, ulong Entry, bool FirstWritable, bool RestWritable)
{
    /// <summary>Virtual address just behind the run.</summary>
    public ulong End(int pageShift) => Address + ((ulong)Count << pageShift);
}

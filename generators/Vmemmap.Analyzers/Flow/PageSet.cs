using System;
using System.Linq;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Some huge pages, by number: never many.</summary>
internal readonly struct PageSet : IEquatable<PageSet>
{
    private readonly int[]? _ids;

    private PageSet(int[] ids) => _ids = ids.Length == 0 ? null : ids;

    public bool IsEmpty => _ids is null;

    public static PageSet Of(int id) => id > PageIds.Marked ? new PageSet(new[] { id }) : default;

    public bool Contains(int id) => _ids is not null && Array.IndexOf(_ids, id) >= 0;

    public PageSet Union(PageSet other) =>
        _ids is null ? other : other._ids is null ? this : new PageSet(_ids.Union(other._ids).OrderBy(id => id).ToArray());

    public PageSet Intersect(PageSet other) =>
        _ids is null || other._ids is null ? default : new PageSet(_ids.Where(other.Contains).ToArray());

    public PageSet Without(int id) => Contains(id) ? new PageSet(_ids!.Where(other => other != id).ToArray()) : this;

    public bool Equals(PageSet other) => ReferenceEquals(_ids, other._ids) || (_ids is not null && other._ids is not null && _ids.SequenceEqual(other._ids));

    public override bool Equals(object? obj) => obj is PageSet other && Equals(other);

    public override int GetHashCode() => _ids is null ? 0 : _ids[0];
}

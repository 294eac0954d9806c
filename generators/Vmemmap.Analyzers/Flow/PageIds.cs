using System.Collections.Generic;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Numbers for the huge pages that a method handles: one for each place of the code where a handle first appears.</summary>
internal sealed class PageIds
{
    /// <summary>No huge page.</summary>
    public const int None = -1;

    /// <summary>What has no states: optimized for good.</summary>
    public const int Marked = 0;

    private readonly Dictionary<(object Site, object? Holder), int> _ids = new();
    private readonly Dictionary<int, TailBounds> _tails = new();

    /// <summary>Where the number was given.</summary>
    /// <param name="site">A symbol, or the syntax of an expression.</param>
    /// <param name="holder">Who holds it, where the site alone would not tell two huge pages apart.</param>
    public int Of(object site, object? holder = null)
    {
        if (!_ids.TryGetValue((site, holder), out int id))
        {
            id = _ids.Count + 1;
            _ids.Add((site, holder), id);
        }

        return id;
    }

    /// <summary>The number of a huge page that is another one's size.</summary>
    public int Like(int id, object site, object? holder)
    {
        int own = Of(site, holder);
        SetTail(own, TailOf(id));
        return own;
    }

    /// <summary>From where on it is read-only while it is optimized; from 0 on if that is not known.</summary>
    public TailBounds TailOf(int id) => _tails.TryGetValue(id, out TailBounds tail) ? tail : new TailBounds(0, TailBounds.Never, string.Empty, null);

    /// <summary>Says from where on it is read-only.</summary>
    public void SetTail(int id, TailBounds tail) => _tails[id] = tail;
}

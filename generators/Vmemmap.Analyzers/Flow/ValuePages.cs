namespace Vmemmap.Analyzers.Flow;

/// <summary>The huge page in a value.</summary>
internal static class ValuePages
{
    /// <summary>The huge page that it is a handle of, or was taken from.</summary>
    public static int Of(Value? value) => value switch
    {
        Handle handle => handle.Id,
        View view => view.Id,
        Place place => place.Origin.Page,
        PageRange range => range.Origin.Page,
        Outcome outcome => outcome.Id,
        _ => PageIds.None,
    };

    /// <summary>The same of a huge page under another number.</summary>
    public static Value Renamed(Value value, int id, int other) => WithoutBounds(value, id) switch
    {
        Handle => new Handle(other),
        View view => view with { Id = other },
        Place place => place with { Origin = place.Origin with { Page = other } },
        PageRange range => range with { Origin = range.Origin with { Page = other } },
        Outcome outcome => outcome with { Id = other },
        Value same => same,
    };

    /// <summary>The same without what is known only as long as a huge page's state does not change.</summary>
    /// <param name="value">The value.</param>
    /// <param name="id">The huge page; <see cref="PageIds.None"/> means all.</param>
    public static Value WithoutBounds(Value value, int id) => value switch
    {
        Number number => WithoutBounds(number, id),
        Place place => place with { Index = WithoutBounds(place.Index, id) },
        PageRange range when range.Within != PageIds.None && (id == PageIds.None || range.Within == id) => range with { Within = PageIds.None },
        _ => value,
    };

    /// <summary>The same after the code has changed a huge page's state: its scopes have ended, and any view may have counted before.</summary>
    /// <param name="value">The value.</param>
    /// <param name="id">The huge page. No other has a scope that it could end: in a scope it is frozen.</param>
    public static Value AfterChange(Value value, int id) => value switch
    {
        View view when !view.IsScope || view.Id == id => view with { IsStale = true },
        Place { Origin.IsScoped: true } place when place.Origin.Page == id => place with { Origin = place.Origin with { IsScoped = false } },
        PageRange { Origin.IsScoped: true } range when range.Origin.Page == id => range with { Origin = range.Origin with { IsScoped = false } },
        _ => value,
    };

    private static Number WithoutBounds(Number number, int id)
    {
        if (number.AtMost.IsEmpty && number.Below.IsEmpty)
        {
            return number;
        }

        return id == PageIds.None ? new Number(number.Range) : new Number(number.Range, number.AtMost.Without(id), number.Below.Without(id));
    }
}

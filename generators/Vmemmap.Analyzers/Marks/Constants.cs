namespace Vmemmap.Analyzers.Marks;

/// <summary>Integer constants of any type as one.</summary>
internal static class Constants
{
    public static bool TryInteger(object? constant, out long value)
    {
        long? read = constant switch
        {
            sbyte v => v,
            byte v => v,
            short v => v,
            ushort v => v,
            int v => v,
            uint v => v,
            long v => v,
            ulong v when v <= long.MaxValue => (long)v,
            char v => v,
            _ => null,
        };
        value = read ?? 0;
        return read is not null;
    }
}

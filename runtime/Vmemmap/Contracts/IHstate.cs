namespace Vmemmap;

/// <summary>A huge page size as a type argument. Implemented by the nested types of generated architectures only.</summary>
public interface IHstate
{
    /// <summary>The size as a value.</summary>
    static abstract Hstate Value { get; }
}

namespace Vmemmap;

/// <summary>
/// Marks a struct that is laid out as a kernel's struct page. A size that is no power of two switches HVO off in that kernel, and another
/// size than <see cref="Size"/> makes every index and count wrong (rule VMM1006).
/// </summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class StructPageLayoutAttribute : Attribute
{
    /// <summary>sizeof(struct page) of the kernel that is meant, bytes.</summary>
    public int Size { get; set; } = StructPage.Size;
}

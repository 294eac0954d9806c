namespace Vmemmap;

/// <summary>Marks a property that says how many struct pages of its huge page may be written at that moment: every index below it is safe.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WritableCountAttribute : Attribute;

namespace Vmemmap;

/// <summary>
/// Marks what may be done only while a huge page's vmemmap is not optimized: a member, to its instance, or what is done to a parameter's argument
/// (rule VMM1008).
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class RestoredOnlyAttribute : Attribute;

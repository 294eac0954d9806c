namespace Vmemmap;

/// <summary>Marks what tells or changes the state of a huge page's vmemmap, so that the analyzer can follow it.</summary>
/// <remarks>
/// On a property that is a bool: it is true exactly in that state. On a method: it brings its instance into that state; on a
/// parameter: the argument. A method that returns a bool has done so where it returns true, one that returns an enum where it returns 0,
/// any other always. Where the method hands out something with a Dispose method, the state lasts until that is called.
/// A type with such a member is a handle to a huge page.
/// </remarks>
/// <param name="state">The state.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Method | AttributeTargets.Parameter)]
public sealed class VmemmapStateAttribute(VmemmapState state) : Attribute
{
    /// <summary>The state.</summary>
    public VmemmapState State { get; } = state;
}

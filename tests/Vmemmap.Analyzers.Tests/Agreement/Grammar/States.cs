namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>The states that the huge page may be in when a snippet begins.</summary>
[Flags]
internal enum States
{
    Fresh = 1,
    Optimized = 2,
    Restored = 4,
    NotOptimized = Fresh | Restored,
    Any = Fresh | Optimized | Restored,
}

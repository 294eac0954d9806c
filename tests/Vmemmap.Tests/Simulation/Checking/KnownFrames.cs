using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Checking;

/// <summary>Frames of which the test knows what they are used for, because it took them itself.</summary>
/// <param name="Pfn">The first.</param>
/// <param name="Count">How many.</param>
/// <param name="Use">What for.</param>
internal readonly record struct KnownFrames(ulong Pfn, ulong Count, FrameUse Use);

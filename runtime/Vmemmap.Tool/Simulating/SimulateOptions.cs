using Vmemmap.HugeTlb;

namespace Vmemmap.Tool;

/// <summary>What was asked of <c>vmemmap simulate</c>.</summary>
/// <param name="Request">The machine and its huge pages.</param>
/// <param name="Layouts">Names of the layouts to run; the first is the only one unless they are compared.</param>
/// <param name="Compare">Whether layouts are put side by side.</param>
/// <param name="Json">Whether JSON is written.</param>
internal sealed record SimulateOptions(SimulationRequest Request, IReadOnlyList<BuiltInLayout> Layouts, bool Compare, bool Json);

namespace Vmemmap.SyntheticImages;

/// <summary>Neighbouring frames that are in the image.</summary>
/// <param name="Address">Physical address of the first.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct FrameRun(ulong Address, ulong Length);

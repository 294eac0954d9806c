namespace Vmemmap.Dumps;

/// <summary>Something that was learnt of a kernel, and from where.</summary>
/// <param name="Name">What it is: "root table".</param>
/// <param name="Value">What it is said to be, as printed.</param>
/// <param name="Source">VMCOREINFO key, tables, scan or option.</param>
public sealed record KernelFact(string Name, string Value, string Source);

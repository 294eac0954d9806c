// What if this machine's huge pages were optimized as another kernel does it? Each layout runs on a machine of its own.
using System.Globalization;
using Vmemmap;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

if (args is not [string architecture, string count] || !long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long pages))
{
    Console.Error.WriteLine("usage: WhatIf ARCHITECTURE HUGEPAGES");
    return 2;
}

if (Architectures.Find(architecture) is not { } found)
{
    Console.Error.WriteLine($"there is no architecture '{architecture}'; there are {string.Join(", ", Architectures.BuiltIn.Select(known => known.Name))}");
    return 2;
}

Hstate hstate = found.DefaultHstate;
var request = new SimulationRequest
{
    Architecture = architecture,
    MemoryBytes = 16UL << 30,
    HugePages = [new HugePageRequest(hstate.Size, pages)],
    // v5.14 to v5.17 had no way to split blocks: vmemmap is mapped by pages for all, so that they compare.
    VmemmapMapping = VmemmapMapping.BasePages,
    // arm64 kernels refuse to change live entries. Here the question is what they would get if they did not.
    BreakBeforeMake = found.RequiresBreakBeforeMake ? BreakBeforeMakePolicy.StopMachine : BreakBeforeMakePolicy.Refuse,
};
Console.WriteLine($"{found.Name}: {pages} huge pages of {hstate.Name}, each with {hstate.VmemmapPages(StructPage.Size)} pages of vmemmap");
Console.WriteLine($"{"layout",-21} {"freed",6} {"shared",6} {"net KiB",8} {"PTE writes",10} {"flushes",7}  kernels");
try
{
    foreach (BuiltInLayout layout in BuiltInLayout.All)
    {
        SimulationResult result = SimulationResult.Of(AllocateThenFree.Run(request, layout.Name)).Single();
        Console.WriteLine(
            $"{layout.Name,-21} {result.FreedPages,6} {result.SharedTailPages,6} {result.NetBytes >> 10,8} {result.PteWrites,10} {result.TlbFlushes,7}  {layout.Kernels}");
    }

    return 0;
}
catch (SimulationRefusedException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

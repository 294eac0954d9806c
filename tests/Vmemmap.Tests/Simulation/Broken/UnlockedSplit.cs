using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>Splits a block as if no other CPU could: what was found before the table was allocated is what it is made of, and it is put in whatever is there.</summary>
internal static class UnlockedSplit
{
    public static void Split<TArch>(VmemmapRemapper<TArch> vmemmap, Cpu<TArch> cpu, Folio folio)
        where TArch : struct, IArchitecture
    {
        Machine<TArch> machine = vmemmap.Machine;
        EntryPlace place = machine.PageTables.Find(folio.FirstVmemmapPage);
        if (place.Level == KernelPageTables<TArch>.LastLevel)
        {
            return;
        }

        Assert.True(machine.PageAllocator.TryAllocate(cpu, folio.Node, 0, AllocationPurpose.PageTable, thisNode: false, out ulong table));
        ulong frame = TArch.PhysicalAddress(place.Level, place.Entry, 0) >> TArch.PageShift;
        long pages = KernelPageTables<TArch>.TablePages;
        long firstPage = folio.FirstVmemmapPage & ~(pages - 1);
        for (long i = 0; i < pages; i++)
        {
            machine.Memory.WriteWord((table << TArch.PageShift) + ((ulong)i * sizeof(ulong)), VmemmapRemapper<TArch>.Writable(frame + (ulong)i));
        }

        machine.PageTables.WriteTable(cpu, place.Address, place.Level, firstPage, firstPage + pages - 1, table << TArch.PageShift);
        vmemmap.FlushRange(cpu, firstPage, firstPage + pages - 1);
    }
}

using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Checking;

/// <summary>A machine's physical memory word by word, for the walkers written by hand.</summary>
/// <param name="memory">The memory.</param>
internal sealed class MachineWords(SparseMemory memory) : IPhysicalMemory
{
    public bool TryReadEntry(ulong address, out ulong entry)
    {
        bool there = memory.Contains(address);
        entry = there ? memory.ReadWord(address) : 0;
        return there;
    }

    public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table)
    {
        int there = 0;
        while (there < scratch.Length && TryReadEntry(address + ((ulong)there * sizeof(ulong)), out scratch[there]))
        {
            there++;
        }

        table = scratch;
        return TableRead.Present(there);
    }
}

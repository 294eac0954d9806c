using System.Runtime.Intrinsics;
using Vmemmap.Devmap;
using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Simulation.Checking;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>What the tables over a device's vmemmap are made of: counted in the tables, by a walker written from the manual.</summary>
internal sealed class DevmapWalk
{
    /// <summary>Frames that hold struct pages, each once.</summary>
    public required long Frames { get; init; }

    /// <summary>Last-level tables, each once.</summary>
    public required long LastLevelTables { get; init; }

    /// <summary>Tables above the last level that lead to nothing but the device's struct pages, each once.</summary>
    public required long UpperTables { get; init; }

    /// <summary>Struct pages in those frames that are not as fresh memory is: the device's kernel wrote them.</summary>
    public required long Initialized { get; init; }

    /// <summary>Bytes by the definition of the facts: struct page frames and last-level tables.</summary>
    public required long Bytes { get; init; }

    public static DevmapWalk Of<TArch>(DaxDevice<TArch> device)
        where TArch : struct, IArchitecture
    {
        Machine<TArch> machine = device.Machine;
        Manual manual = AllManuals.Of(TArch.Name);
        var words = new MachineWords(machine.Memory);
        ulong size = (ulong)machine.Options.StructPageSize;
        ulong start = machine.Vmemmap.Start + (device.FirstPfn * size);
        ulong end = start + (device.Frames * size);
        var tables = new HashSet<ulong>();
        var frames = new HashSet<ulong>();
        var upper = new HashSet<ulong>();
        List<ulong> path = [];
        int last = manual.LastLevel;
        ulong reach = 1UL << manual.Shift(last - 1);
        for (ulong address = start; address < end;)
        {
            path.Clear();
            Outcome outcome = manual.Walk(words, machine.PageTables.Root, address, path);
            Assert.Equal(TranslationFault.None, outcome.Fault);
            upper.UnionWith(path.Take(last));
            ulong next = Math.Min(end, (address & ~(reach - 1)) + reach);
            if (outcome.Level < last)
            {
                for (ulong at = address; at < next; at += 1UL << manual.PageShift)
                {
                    frames.Add((outcome.PhysicalAddress + (at - address)) >> manual.PageShift);
                }
            }
            else if (tables.Add(path[last]) || next - address < reach)
            {
                // A table that was read, whole, for another place says the same here.
                ulong before = ulong.MaxValue;
                for (ulong at = address; at < next; at += 1UL << manual.PageShift)
                {
                    ulong entry = machine.Memory.ReadWord(path[last] + ((ulong)manual.Index(last, at) * 8));
                    if (entry != before)
                    {
                        Outcome page = manual.Walk(words, machine.PageTables.Root, at);
                        Assert.True(page.IsWritable);
                        frames.Add(page.PhysicalAddress >> manual.PageShift);
                        before = entry;
                    }
                }
            }

            address = next;
        }

        foreach (NodeMemory ram in machine.Options.Memory)
        {
            for (ulong at = ram.Start; at < ram.Start + ram.Bytes; at += 128UL << 20)
            {
                path.Clear();
                manual.Walk(words, machine.PageTables.Root, machine.Vmemmap.Start + ((at >> manual.PageShift) * size), path);
                upper.ExceptWith(path);
            }
        }

        byte[] bytes = new byte[1 << manual.PageShift];
        return new DevmapWalk
        {
            UpperTables = upper.Count,
            Frames = frames.Count,
            LastLevelTables = tables.Count,
            Initialized = frames.Sum(frame => Written(machine.Memory, frame, size, bytes)),
            Bytes = (frames.Count + tables.Count) * (1L << manual.PageShift),
        };
    }

    // Fresh struct pages are all ones.
    private static long Written(SparseMemory memory, ulong frame, ulong size, byte[] bytes)
    {
        if (size == 64 && memory.TryReadUniform(frame, out Vector512<ulong> line))
        {
            return line[0] != ulong.MaxValue ? bytes.Length / 64 : 0;
        }

        memory.ReadFrame(frame, bytes);
        long written = 0;
        for (int at = 0; at + (int)size <= bytes.Length; at += (int)size)
        {
            written += bytes.AsSpan(at, 8).ContainsAnyExcept((byte)0xff) ? 1 : 0;
        }

        return written;
    }
}

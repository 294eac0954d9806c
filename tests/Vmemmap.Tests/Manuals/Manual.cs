using System.Globalization;
using System.Text;

namespace Vmemmap.Tests.Manuals;

/// <summary>
/// An architecture as its manual has it: a walker written by hand, and the encoder that goes with it. Reads no table and shares
/// no code with the product; only the names of faults are the product's.
/// </summary>
internal abstract class Manual
{
    public abstract string Name { get; }

    public abstract int PageShift { get; }

    public abstract int VirtualAddressBits { get; }

    public abstract int PhysicalAddressBits { get; }

    public abstract int LevelCount { get; }

    public int LastLevel => LevelCount - 1;

    /// <summary>Lowest index bit of a level, 0 = root.</summary>
    public abstract int Shift(int level);

    /// <summary>log2 of the entries of a level's table.</summary>
    public abstract int IndexBits(int level);

    /// <summary>Whether the architecture has leaves on a level.</summary>
    public abstract bool HasLeaves(int level);

    /// <summary>Leaves in a contiguous group of a level, 1 if it has none.</summary>
    public abstract int GroupCount(int level);

    /// <summary>The virtual address with everything above the translated bits as the kernel's half has it.</summary>
    public abstract ulong Canonical(ulong address);

    /// <summary>An entry that points to a table.</summary>
    public abstract ulong Table(ulong physical, bool writable = true);

    /// <summary>An entry that maps memory. A contiguous leaf maps the memory of its place in the group.</summary>
    public abstract ulong Leaf(int level, ulong physical, bool writable = true, bool contiguous = false);

    /// <summary>Walks one address. <paramref name="visited"/> gets the tables on the way, root first.</summary>
    public abstract Outcome Walk(IPhysicalMemory memory, ulong root, ulong address, ICollection<ulong>? visited = null);

    public int Index(int level, ulong address) => (int)(address >> Shift(level) & ((1UL << IndexBits(level)) - 1));

    /// <summary>For a failed assertion: each entry that the address meets.</summary>
    public string Describe(IPhysicalMemory memory, ulong root, ulong address)
    {
        List<ulong> tables = [];
        Outcome outcome = Walk(memory, root, address, tables);
        StringBuilder text = new($"{Name}, address 0x{address:x16}, root 0x{root:x}: {outcome}\n");
        for (int level = 0; level < tables.Count; level++)
        {
            ulong at = tables[level] + ((ulong)Index(level, address) * 8);
            string entry = memory.TryReadEntry(at, out ulong word) ? $"0x{word:x16}" : "absent";
            text.Append(CultureInfo.InvariantCulture, $"  level {level}, index {Index(level, address)}, at 0x{at:x}: {entry}\n");
        }

        return text.ToString();
    }

    public override string ToString() => Name;
}

using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Simulation.Checking;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>
/// A process's page tables as raw words. Kinds and bits of entries are written out from the manuals, addresses come from the walkers
/// written by hand. Processes have the lower half; the manual of arm64 walks the upper one, whose tables have the same format.
/// </summary>
/// <param name="manual">The architecture.</param>
/// <param name="memory">The machine's memory.</param>
internal sealed class RawTables(Manual manual, SparseMemory memory)
{
    private readonly MachineWords _words = new(memory);
    private readonly byte[] _frame = new byte[1 << manual.PageShift];

    public Manual Manual => manual;

    /// <summary>log2 of every size that can be mapped at once, largest first: facts of HugeTLB sizes, and the base page.</summary>
    public IReadOnlyList<int> Shifts { get; } = ShiftsOf(manual.Name);

    /// <summary>Every table and every entry that is neither none nor a table, in the order of addresses.</summary>
    public (List<ulong> Tables, List<RawEntry> Entries) Read(ulong root)
    {
        (List<ulong> Tables, List<RawEntry> Entries) all = ([], []);
        Read(root, root, 0, 0, all.Tables, all.Entries);
        return all;
    }

    public Outcome Walk(ulong root, ulong address) => manual.Walk(_words, root, Canonical(address));

    /// <summary>What is at the position of an address that has a size.</summary>
    public RawPosition PositionOf(ulong root, ulong address, int shift, out bool holdsPresent)
    {
        List<ulong> tables = [];
        Outcome outcome = manual.Walk(_words, root, Canonical(address), tables);
        holdsPresent = false;
        for (int level = 0; level < tables.Count; level++)
        {
            int index = manual.Index(level, address);
            RawKind kind = KindOf(level, memory.ReadWord(tables[level] + ((ulong)index * 8)));
            if (shift > manual.Shift(level))
            {
                int count = 1 << (shift - manual.Shift(level));
                ulong[] words = [.. Enumerable.Range(index & -count, count).Select(i => memory.ReadWord(tables[level] + ((ulong)i * 8)))];
                holdsPresent = words.Any(word => KindOf(level, word) is RawKind.Leaf or RawKind.Table);
                return words.All(word => word == 0) ? RawPosition.None
                    : outcome.IsContiguous && outcome.Size == 1UL << shift ? RawPosition.Leaf
                    : words.All(word => (word & 1) == 0 && (int)((word >> 54) & 63) == shift) ? RawPosition.NotPresent
                    : RawPosition.Smaller;
            }

            holdsPresent = kind is RawKind.Leaf or RawKind.Table;
            if (kind != RawKind.Table || shift == manual.Shift(level))
            {
                return kind switch
                {
                    RawKind.None => RawPosition.None,
                    RawKind.NotPresent => RawPosition.NotPresent,
                    RawKind.Leaf when outcome.Size >= 1UL << shift => RawPosition.Leaf,
                    _ => RawPosition.Smaller,
                };
            }
        }

        throw new InvalidOperationException($"{manual.Describe(_words, root, Canonical(address))}: no position of 2^{shift} bytes.");
    }

    /// <summary>log2 of the largest position around an address in which nothing is.</summary>
    public int HoleAt(ulong root, ulong address, int most) =>
        Shifts.First(shift => shift <= most && PositionOf(root, address, shift, out _) == RawPosition.None);

    /// <summary>Physical address of the entry of an address on a level that its walk comes to.</summary>
    public ulong EntryOf(ulong root, ulong address, int level)
    {
        List<ulong> tables = [];
        manual.Walk(_words, root, Canonical(address), tables);
        return tables[level] + ((ulong)manual.Index(level, address) * 8);
    }

    /// <summary>The level, 0 = root, whose entries have 2^shift bytes, alone or in groups.</summary>
    public int LevelOf(int shift) => Enumerable.Range(0, manual.LevelCount).First(level => manual.Shift(level) <= shift);

    public RawKind KindOf(int level, ulong word) => word == 0 ? RawKind.None
        : (word & 1) == 0 ? RawKind.NotPresent
        : IsTable(level, word) ? RawKind.Table : RawKind.Leaf;

    /// <summary>Whether user mode may use it: U/S 2 of x86-64, AP[1] 6 of arm64, U 4 of riscv64.</summary>
    public bool IsUser(ulong word) => (word >> (IsX64 ? 2 : IsArm64 ? 6 : 4) & 1) != 0;

    /// <summary>Whether a table's entry lets user mode below it: U/S of x86-64, which is in the entries of every level.</summary>
    public bool IsUserTable(ulong word) => !IsX64 || IsUser(word);

    public ulong AccessedBit => IsX64 ? 1UL << 5 : IsArm64 ? 1UL << 10 : 1UL << 6;

    /// <summary>D of x86-64 and riscv64; PTE_DIRTY of arm64 (6.12 pgtable-prot.h).</summary>
    public ulong DirtyBit => IsX64 ? 1UL << 6 : IsArm64 ? 1UL << 55 : 1UL << 7;

    public ulong Canonical(ulong address) => IsArm64 ? manual.Canonical(address) : address;

    private bool IsX64 => manual is X64Manual;

    private bool IsArm64 => manual is Arm64Manual;

    private bool IsTable(int level, ulong word) =>
        IsX64 ? level < manual.LastLevel && (word & (1 << 7)) == 0
        : IsArm64 ? level < manual.LastLevel && (word & 2) != 0
        : (word & 0b1110) == 0;

    private void Read(ulong root, ulong table, int level, ulong start, List<ulong> tables, List<RawEntry> entries)
    {
        tables.Add(table);
        memory.ReadFrame(table >> manual.PageShift, _frame);
        ulong[] words = new ulong[1 << manual.IndexBits(level)];
        Buffer.BlockCopy(_frame, 0, words, 0, words.Length * 8);
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] == 0)
            {
                continue;
            }

            ulong address = start + ((ulong)i << manual.Shift(level));
            RawKind kind = KindOf(level, words[i]);
            if (kind == RawKind.Table)
            {
                List<ulong> path = [];
                manual.Walk(_words, root, Canonical(address), path);
                Assert.True(IsUserTable(words[i]), $"The table at 0x{address:x}, level {level}, is not user mode's: 0x{words[i]:x}.");
                Read(root, path[level + 1], level + 1, address, tables, entries);
            }
            else
            {
                Outcome outcome = manual.Walk(_words, root, Canonical(address));
                if (outcome.Level != level)
                {
                    Assert.Fail($"The walk of 0x{address:x} ends on level {outcome.Level}, not {level}.");
                }

                entries.Add(new RawEntry(address, level, words[i], kind, outcome));
            }
        }
    }

    private static int[] ShiftsOf(string name) => name switch
    {
        _ when name.StartsWith("x86-64", StringComparison.Ordinal) => [30, 21, 12],
        _ when name.StartsWith("arm64-4k", StringComparison.Ordinal) => [30, 25, 21, 16, 12],
        _ when name.StartsWith("arm64-16k", StringComparison.Ordinal) => [30, 25, 21, 14],
        _ when name.StartsWith("arm64-64k", StringComparison.Ordinal) => [34, 29, 21, 16],
        _ => [30, 21, 16, 12],
    };
}

/// <summary>An entry that maps something, or is not present and not none.</summary>
internal readonly record struct RawEntry(ulong Address, int Level, ulong Word, RawKind Kind, Outcome Outcome);

/// <summary>What one entry is.</summary>
internal enum RawKind
{
    None,
    Table,
    Leaf,
    NotPresent,
}

/// <summary>What is at a position, which may be a group of entries.</summary>
internal enum RawPosition
{
    None,
    Leaf,
    Smaller,
    NotPresent,
}

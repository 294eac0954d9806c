using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.Emission;

/// <content>TryTranslate: one block of straight code a level.</content>
internal sealed partial class ArchitectureEmitter
{
    // Write permission that tables take away; most formats have neither bit.
    private bool TablesGrantWrite => _entry.TableWritableMask != 0;

    private bool TablesDenyWrite => _entry.TableReadOnlyMask != 0;

    private void WriteTranslate()
    {
        _writer.Summary("Translates one address.");
        _writer.Line("""
            /// <typeparam name="TMemory">The memory that holds the tables.</typeparam>
            /// <param name="memory">The memory that holds the tables.</param>
            /// <param name="root">Physical address of the root table.</param>
            /// <param name="virtualAddress">The virtual address.</param>
            /// <param name="translation">The translation, or the fault with its level and reason.</param>
            /// <returns>Whether there is a translation.</returns>
            """.Replace("\r", ""));
        _writer.Line("public static bool TryTranslate<TMemory>(");
        _writer.Nested($"in TMemory memory, ulong root, ulong virtualAddress, out {Library}Translation translation)");
        _writer.Nested($"where TMemory : struct, {Library}IPhysicalMemory, allows ref struct");
        _writer.OpenBody();
        _writer.Line("if (!IsCanonical(virtualAddress))");
        _writer.Nested(() => ReturnFault(FaultName("NotCanonical"), 0, "0UL", "0UL"));
        for (int level = 0; level <= Last; level++)
        {
            WriteStep(level);
        }

        _writer.Close();
        _writer.Line();
    }

    private void WriteStep(int index)
    {
        LevelSpec level = _spec.Levels[index];
        string offset = $"((virtualAddress >> {Literal.Int(level.Shift - 3)}) & {Literal.Mask((1UL << (level.IndexBits + 3)) - 8)})";
        _writer.Line();
        string bits = Words.Bits(level.Shift + level.IndexBits - 1, level.Shift);
        _writer.Line($"// Level {Literal.Int(index)}, {level.Name}: index bits {bits}, an entry reaches {Words.Size(level.Shift)}.");

        // A table is aligned to its page, so only a root from outside can make the sum overflow.
        _writer.Line(index == 0
            ? $"ulong address = unchecked(root + {offset});"
            : $"address = {(_entry.Pieces.Count == 1 ? TableAddress() : $"({TableAddress()})")} + {offset};");
        _writer.Line($"if (!memory.TryReadEntry(address, out {(index == 0 ? "ulong " : "")}entry))");
        _writer.Nested(() => ReturnFault(FaultName("Absent"), index, "address", "0UL"));
        _writer.Line();
        if (index == Last)
        {
            WriteLeaf(index);
            return;
        }

        if (level.Leaf == LeafUse.None)
        {
            _writer.Line("// Only a table may stand here.");
            _writer.Line($"if ({Fails(level.TableTest)})");
            _writer.Nested(() => ReturnFault(NoEntry, index));
        }
        else
        {
            _writer.Line($"// No table: a block of {Words.Size(level.Shift)}, or the walk ends.");
            _writer.Open($"if ({Fails(level.TableTest)})");
            WriteLeaf(index);
            _writer.Close();
        }

        if (TablesGrantWrite || TablesDenyWrite)
        {
            _writer.Line();
            _writer.Line(index == 0 ? "ulong tables = entry;" : $"tables {(TablesGrantWrite ? "&=" : "|=")} entry;");
        }
    }

    // What is left is no table, and leaves are allowed here: it is one, or the walk ends in a fault.
    private void WriteLeaf(int index)
    {
        LevelSpec level = _spec.Levels[index];

        // The test holds for valid entries only, so that the straight path has one comparison for both.
        bool isValidOnly = level.LeafTest.Mask == _entry.ValidMask;
        _writer.Line($"if ({Fails(level.LeafTest)})");
        _writer.Nested(() => ReturnFault(isValidOnly ? FaultName("NotPresent") : NoEntry, index));
        foreach (string condition in ReservedLeaf(index))
        {
            _writer.Line();
            _writer.Line($"if ({condition})");
            _writer.Nested(() => ReturnFault(FaultName("Reserved"), index));
        }

        if (level.NapotMask != 0)
        {
            WriteNapotLeaf(level, index);
        }

        bool hasGroups = level.ContiguousShift > 0 && level.NapotMask == 0;
        _writer.Line();
        WriteResult(
            LeafAddress(level),
            index,
            hasGroups ? GroupShift(level) : Literal.Int(level.Shift),
            hasGroups ? Set(_entry.ContiguousMask) : "false");
    }

    private void WriteNapotLeaf(LevelSpec level, int index)
    {
        _writer.Line();
        _writer.Open($"if ({Set(_entry.ContiguousMask)})");
        _writer.Line($"if ({Fails(NapotTest(level))})");
        _writer.Nested(() => ReturnFault(FaultName("Reserved"), index));
        _writer.Line();
        WriteResult(NapotAddress(level), index, Literal.Int(level.Shift + level.ContiguousShift), "true");
        _writer.Close();
    }

    private void WriteResult(string physical, int level, string sizeShift, string contiguous)
    {
        _writer.Line($"translation = new {Library}Translation(");
        _writer.Nested($"{physical},\naddress,\nentry,\n{Literal.Int(level)},\n{sizeShift},\n{Writable(level)},\n{contiguous});");
        _writer.Line("return true;");
    }

    // The root's own leaves have no table above them. Where one bit says it everywhere (x86), one test does.
    private string Writable(int level)
    {
        string leaf = $"({IsWritable()})";
        return level == 0 || !(TablesGrantWrite || TablesDenyWrite) ? IsWritable()
            : TablesGrantWrite && _entry.TableWritableMask == _entry.WritableMask
                ? $"(tables & entry & {Literal.Mask(_entry.WritableMask)}) != 0UL"
            : TablesGrantWrite ? $"(tables & {Literal.Mask(_entry.TableWritableMask)}) != 0UL & {leaf}"
            : $"(tables & {Literal.Mask(_entry.TableReadOnlyMask)}) == 0UL & {leaf}";
    }

    private string NoEntry => $"{Clear(_entry.ValidMask)} ? {FaultName("NotPresent")} : {FaultName("Reserved")}";

    private static string FaultName(string fault) => $"{Library}TranslationFault.{fault}";

    private void ReturnFault(string fault, int level, string address = "address", string entry = "entry")
    {
        _writer.Line($"return {Library}Translation.FaultAt(");
        string separator = fault.IndexOf('?') < 0 ? " " : "\n";
        _writer.Nested($"out translation,{separator}{fault},{separator}{Literal.Int(level)}, {address}, {entry});");
    }
}

using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

namespace Vmemmap.Generators.Tests;

/// <summary>
/// Entries made by code of a user's own table, whose format says nothing of the kernel's bits, or of a process's, or says unusual things.
/// </summary>
public class MakerTests
{
    // Plain: x86's bits without the kernel's and a process's. Risc: no kernel bits, leaves by permission. Mark: leaves by a bit of their
    // own, another one in a process, the address moved down and split. All: every 64-bit address but for the page, read-only by a bit, a
    // table bit, no dirty flag.
    private const string Formats = """
        <pageTables accessibility="public">
          <entry name="plain" valid="0" block="7" writable="1" tableWritable="1" accessed="5" dirty="6" address="51:12" blockAttributes="12" />
          <entry name="risc" valid="0" leaf="1 2 3" writable="2" readable="1" accessed="6" dirty="7" napot="63" address="53:10@12"
                 userLeaf="4" />
          <entry name="mark" valid="63" leaf="62 1" readOnly="0" address="61:12@11 11:10@61" userLeaf="62" />
          <entry name="all" valid="0" table="1" readOnly="7" tableReadOnly="8" accessed="3" address="63:12"
                 kernelLeaf="9:8" kernelWritable="10" kernelTable="3 7 11" userLeaf="6 9" userWritable="10" userTable="7 11" />
          <architecture name="plain" type="Plain" entry="plain" pageSize="4K" virtualAddress="30" hugetlb="2M" default="2M">
            <level name="PMD" index="29:21" leaf="block" />
            <level name="PTE" index="20:12" leaf="page" />
          </architecture>
          <architecture name="risc" type="Risc" entry="risc" pageSize="4K" virtualAddress="30" hugetlb="2M" default="2M">
            <level name="PMD" index="29:21" leaf="block" />
            <level name="PTE" index="20:12" leaf="page" contiguous="16" />
          </architecture>
          <architecture name="mark" type="Mark" entry="mark" pageSize="4K" virtualAddress="30" hugetlb="2M" default="2M">
            <level name="PMD" index="29:21" leaf="block" />
            <level name="PTE" index="20:12" leaf="page" />
          </architecture>
          <architecture name="all" type="All" entry="all" pageSize="4K" virtualAddress="30" hugetlb="2M" default="2M">
            <level name="PMD" index="29:21" leaf="block" />
            <level name="PTE" index="20:12" leaf="page" />
          </architecture>
        </pageTables>
        """;

    private static readonly Lazy<Assembly> Compiled = new(
        () => Load(TableProject.With(new TableText("a.pagetables.xml", Formats)).Compile()));

    // Worked out by hand from the attributes above.
    [Theory]
    [InlineData("Plain", 1, 0x1234_5000, 0x1234_5063, 0x1234_5021)]
    [InlineData("Plain", 0, 0x1220_0000, 0x1220_00e3, 0x1220_00a1)]
    [InlineData("Risc", 1, 0x1234_5000, 0x048d_14c7, 0x048d_1443)]
    [InlineData("Risc", 0, 0x1220_0000, 0x0488_00c7, 0x0488_0043)]
    [InlineData("Mark", 1, 0x1234_5000, 0x8000_0000_2468_a002, 0x8000_0000_2468_a003)]
    [InlineData("Mark", 0, 0x6000_0000_1220_0000, 0x8000_0000_2440_0c02, 0x8000_0000_2440_0c03)]
    [InlineData("All", 1, 0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_f70b, 0xffff_ffff_ffff_f38b)]
    [InlineData("All", 0, 0xffff_ffff_ffe0_0000, 0xffff_ffff_ffe0_0709, 0xffff_ffff_ffe0_0389)]
    public void Leaf_HasTheBitsOfTheFormat(string type, int level, ulong physicalAddress, ulong writable, ulong readOnly) =>
        Run(nameof(CheckLeaf), type, level, physicalAddress, writable, readOnly);

    [Theory]
    [InlineData("Plain", 0x1234_5000, 0x1234_5003)]
    [InlineData("Risc", 0x1234_5000, 0x048d_1401)]
    [InlineData("Mark", 0x1234_5000, 0x8000_0000_2468_a000)]
    [InlineData("All", 0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_f88b)]
    public void Table_HasTheBitsOfTheFormat(string type, ulong tableAddress, ulong entry) =>
        Run(nameof(CheckTable), type, tableAddress, entry);

    // A group of four bits of the frame and N, in the format that has groups.
    [Theory]
    [InlineData("Risc", 1, 0x1234_5000, 0x048d_14d7, 0x048d_1453)]
    [InlineData("Risc", 0, 0x1220_0000, 0x0488_00d7, 0x0488_0053)]
    [InlineData("Risc", 1, 0x1234_2000, 0x8000_0000_048d_20d7, 0x8000_0000_048d_2053, true)]
    [InlineData("Mark", 1, 0x1234_5000, 0xc000_0000_2468_a000, 0xc000_0000_2468_a001)]
    [InlineData("Mark", 0, 0x6000_0000_1220_0000, 0xc000_0000_2440_0c00, 0xc000_0000_2440_0c01)]
    [InlineData("All", 1, 0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_f64b, 0xffff_ffff_ffff_f2cb)]
    [InlineData("All", 0, 0xffff_ffff_ffe0_0000, 0xffff_ffff_ffe0_0649, 0xffff_ffff_ffe0_02c9)]
    public void UserLeaf_HasTheBitsOfTheFormat(
        string type, int level, ulong physicalAddress, ulong writable, ulong readOnly, bool isContiguous = false) =>
        Run(nameof(CheckUserLeaf), type, level, physicalAddress, writable, readOnly, isContiguous);

    [Theory]
    [InlineData("Risc", 0x1234_5000, 0x048d_1401)]
    [InlineData("Mark", 0x1234_5000, 0x8000_0000_2468_a000)]
    [InlineData("All", 0xffff_ffff_ffff_f000, 0xffff_ffff_ffff_f883)]
    public void UserTable_HasTheBitsOfTheFormat(string type, ulong tableAddress, ulong entry) =>
        Run(nameof(CheckUserTable), type, tableAddress, entry);

    [Theory]
    [InlineData("Plain", 0x20, 0x40)]
    [InlineData("Risc", 0x40, 0x80)]
    [InlineData("Mark", 0, 0)]
    [InlineData("All", 8, 0)]
    public void Flags_AreThoseThatTheFormatNames(string type, ulong accessed, ulong dirty) =>
        Run(nameof(CheckFlags), type, accessed, dirty);

    /// <summary>A format that does not say what a process's entries are like makes none, rather than some that no process reaches.</summary>
    [Fact]
    public void FormatWithoutUserLeaf_MakesNoUserEntries() => Run(nameof(CheckNoUserEntries), "Plain");

    /// <summary>What was generated for an earlier version lacks members; it still compiles, and says what to do when it is asked.</summary>
    [Theory]
    [InlineData(1, nameof(CheckVersion1), "MakeTable", "MakeLeaf")]
    [InlineData(2, nameof(CheckVersion2))]
    public void CodeOfAnEarlierContractVersion_StillCompiles(int version, string check, params string[] lacking)
    {
        string[] names = [.. lacking, "MakeUserTable", "MakeUserLeaf", "AccessedMask", "DirtyMask"];
        CSharpCompilation compilation = TableProject.With(new TableText("a.pagetables.xml", Formats)).Compile();
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            SyntaxNode root = tree.GetRoot();
            root = root.RemoveNodes(
                root.DescendantNodes().OfType<MemberDeclarationSyntax>().Where(m => Names(m).Intersect(names).Any()),
                SyntaxRemoveOptions.KeepNoTrivia)!;
            string text = root.ToFullString().Replace("ContractVersion => 3;", $"ContractVersion => {version};", StringComparison.Ordinal);
            compilation = compilation.ReplaceSyntaxTree(
                tree, CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)tree.Options, tree.FilePath));
        }

        Run(check, Load(compilation).GetType("Consumer.Plain", throwOnError: true)!);
    }

    private static IEnumerable<string> Names(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.Text],
        PropertyDeclarationSyntax property => [property.Identifier.Text],
        FieldDeclarationSyntax field => field.Declaration.Variables.Select(v => v.Identifier.Text),
        _ => [],
    };

    private static void CheckLeaf<TArch>(int level, ulong physicalAddress, ulong writable, ulong readOnly)
        where TArch : struct, IArchitecture
    {
        Assert.Equal(3, TArch.ContractVersion);
        foreach ((bool isWritable, ulong expected) in new[] { (true, writable), (false, readOnly) })
        {
            ulong entry = TArch.MakeLeaf(level, physicalAddress, isWritable);
            Assert.Equal($"{expected:x16}", $"{entry:x16}");
            Assert.Equal(EntryKind.Leaf, TArch.Classify(level, entry));
            Assert.Equal(physicalAddress, TArch.PhysicalAddress(level, entry, 0));
            Assert.Equal(isWritable, TArch.IsWritable(entry));
        }

        Assert.Throws<ArgumentException>(() => TArch.MakeLeaf(level, physicalAddress | 1UL << (TArch.LevelShift(level) - 1), true));
        Assert.Throws<ArgumentOutOfRangeException>(() => TArch.MakeLeaf(TArch.LevelCount, physicalAddress, true));
    }

    private static void CheckTable<TArch>(ulong tableAddress, ulong expected)
        where TArch : struct, IArchitecture
    {
        ulong entry = TArch.MakeTable(tableAddress);
        Assert.Equal($"{expected:x16}", $"{entry:x16}");
        Assert.Equal(EntryKind.Table, TArch.Classify(0, entry));
        Assert.Equal(tableAddress, TArch.TableAddress(entry));
        Assert.True(TArch.TableAllowsWrite(entry));
        Assert.Throws<ArgumentException>(() => TArch.MakeTable(tableAddress | 0x800));
    }

    private static void CheckUserLeaf<TArch>(int level, ulong physicalAddress, ulong writable, ulong readOnly, bool isContiguous)
        where TArch : struct, IArchitecture
    {
        foreach ((bool isWritable, ulong expected) in new[] { (true, writable), (false, readOnly) })
        {
            ulong entry = TArch.MakeUserLeaf(level, physicalAddress, isWritable, isContiguous);
            Assert.Equal($"{expected:x16}", $"{entry:x16}");
            Assert.Equal(EntryKind.Leaf, TArch.Classify(level, entry));
            Assert.Equal(physicalAddress, TArch.PhysicalAddress(level, entry, isContiguous ? physicalAddress : 0));
            Assert.Equal(isWritable, TArch.IsWritable(entry));
            Assert.Equal(TArch.LevelShift(level) + (isContiguous ? 4 : 0), TArch.LeafSizeShift(level, entry));
        }

        ulong unaligned = physicalAddress | 1UL << (TArch.LevelShift(level) - 1);
        Assert.Throws<ArgumentException>(() => TArch.MakeUserLeaf(level, unaligned, true, isContiguous));
        Assert.Throws<ArgumentOutOfRangeException>(() => TArch.MakeUserLeaf(TArch.LevelCount, physicalAddress, true, false));
        Assert.Throws<ArgumentOutOfRangeException>(() => TArch.MakeUserLeaf(0, 0, true, true));
    }

    private static void CheckUserTable<TArch>(ulong tableAddress, ulong expected)
        where TArch : struct, IArchitecture
    {
        ulong entry = TArch.MakeUserTable(tableAddress);
        Assert.Equal($"{expected:x16}", $"{entry:x16}");
        Assert.Equal(EntryKind.Table, TArch.Classify(0, entry));
        Assert.Equal(tableAddress, TArch.TableAddress(entry));
        Assert.True(TArch.TableAllowsWrite(entry));
        Assert.Throws<ArgumentException>(() => TArch.MakeUserTable(tableAddress | 0x800));
    }

    private static void CheckFlags<TArch>(ulong accessed, ulong dirty)
        where TArch : struct, IArchitecture => Assert.Equal((accessed, dirty), (TArch.AccessedMask, TArch.DirtyMask));

    private static void CheckNoUserEntries<TArch>()
        where TArch : struct, IArchitecture
    {
        NotSupportedException[] errors =
        [
            Assert.Throws<NotSupportedException>(() => TArch.MakeUserTable(0x1000)),
            Assert.Throws<NotSupportedException>(() => TArch.MakeUserLeaf(1, 0x1000, true, false)),
        ];
        Assert.All(errors, e => Assert.Equal(
            "plain makes no entries of user memory: its entry format has no userLeaf=. Add it to the <entry> of the table.", e.Message));
    }

    private static void CheckVersion1<TArch>()
        where TArch : struct, IArchitecture
    {
        Assert.Equal(1, TArch.ContractVersion);
        Assert.Equal(EntryKind.Leaf, TArch.Classify(1, 1));
        CheckRebuild("generated for contract version 1,", () => TArch.MakeTable(0x1000), () => TArch.MakeLeaf(1, 0x1000, true));
        CheckWithoutUserEntries<TArch>();
    }

    private static void CheckVersion2<TArch>()
        where TArch : struct, IArchitecture
    {
        Assert.Equal(2, TArch.ContractVersion);
        Assert.Equal(0x1003UL, TArch.MakeTable(0x1000));
        CheckWithoutUserEntries<TArch>();
    }

    private static void CheckWithoutUserEntries<TArch>()
        where TArch : struct, IArchitecture
    {
        CheckRebuild(
            "generated for contract version 2 or 1,",
            () => TArch.MakeUserTable(0x1000),
            () => TArch.MakeUserLeaf(1, 0x1000, true, false));
        CheckFlags<TArch>(0, 0);
    }

    private static void CheckRebuild(string message, params Func<ulong>[] makers)
    {
        NotSupportedException[] errors = [.. makers.Select(make => Assert.Throws<NotSupportedException>(() => make()))];
        Assert.All(errors, e => Assert.Contains(message, e.Message, StringComparison.Ordinal));
        Assert.All(errors, e => Assert.Contains("rebuild", e.Message, StringComparison.Ordinal));
    }

    private static void Run(string method, string type, params object[] arguments) =>
        Run(method, Compiled.Value.GetType("Consumer." + type, throwOnError: true)!, arguments);

    private static void Run(string method, Type type, params object[] arguments) =>
        typeof(MakerTests).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    // A context of its own: other tests load a project of the same name.
    private static Assembly Load(CSharpCompilation compilation)
    {
        using MemoryStream stream = new();
        EmitResult result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        stream.Position = 0;
        return new AssemblyLoadContext(nameof(MakerTests)).LoadFromStream(stream);
    }
}

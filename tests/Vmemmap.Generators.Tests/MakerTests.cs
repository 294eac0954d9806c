using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

namespace Vmemmap.Generators.Tests;

/// <summary>Entries made by code of a user's own table, whose format says nothing of the kernel's bits or says unusual things.</summary>
public class MakerTests
{
    // Plain: x86's bits without the kernel's. Risc: no kernel bits, leaves by permission. Mark: leaves by a bit of their own, the
    // address moved down and split. All: every 64-bit address but for the page, read-only by a bit, a table bit.
    private const string Formats = """
        <pageTables accessibility="public">
          <entry name="plain" valid="0" block="7" writable="1" tableWritable="1" accessed="5" dirty="6" address="51:12" blockAttributes="12" />
          <entry name="risc" valid="0" leaf="1 2 3" writable="2" readable="1" accessed="6" dirty="7" napot="63" address="53:10@12" />
          <entry name="mark" valid="63" leaf="62 1" readOnly="0" address="61:12@11 11:10@61" />
          <entry name="all" valid="0" table="1" readOnly="7" tableReadOnly="8" accessed="3" address="63:12"
                 kernelLeaf="9:8" kernelWritable="10" kernelTable="3 7 11" />
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

    /// <summary>What was generated for version 1 has neither method; it still compiles, and says what to do when it is asked.</summary>
    [Fact]
    public void CodeOfContractVersion1_StillCompiles()
    {
        CSharpCompilation compilation = TableProject.With(new TableText("a.pagetables.xml", Formats)).Compile();
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            SyntaxNode root = tree.GetRoot();
            MethodDeclarationSyntax[] makers =
                [.. root.DescendantNodes().OfType<MethodDeclarationSyntax>().Where(m => m.Identifier.Text is "MakeTable" or "MakeLeaf")];
            root = root.RemoveNodes(makers, SyntaxRemoveOptions.KeepNoTrivia)!;
            compilation = compilation.ReplaceSyntaxTree(tree, tree.WithRootAndOptions(root, tree.Options));
        }

        Run(nameof(CheckVersion1), Load(compilation).GetType("Consumer.Plain", throwOnError: true)!);
    }

    private static void CheckLeaf<TArch>(int level, ulong physicalAddress, ulong writable, ulong readOnly)
        where TArch : struct, IArchitecture
    {
        Assert.Equal(2, TArch.ContractVersion);
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

    private static void CheckVersion1<TArch>()
        where TArch : struct, IArchitecture
    {
        Assert.Equal(EntryKind.Leaf, TArch.Classify(1, 1));
        NotSupportedException[] errors =
        [
            Assert.Throws<NotSupportedException>(() => TArch.MakeTable(0x1000)),
            Assert.Throws<NotSupportedException>(() => TArch.MakeLeaf(1, 0x1000, true)),
        ];
        Assert.All(errors, e => Assert.Contains("generated for contract version 1", e.Message, StringComparison.Ordinal));
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

using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;

namespace Vmemmap.Generators.Tests;

/// <summary>What is emitted: four architectures by snapshot, all of them by a strict compiler.</summary>
public class EmissionTests
{
    private static TableText[] BuiltIn => [.. Repository.Families.Select(Repository.Table)];

    [Theory]
    [InlineData("x86-64", "X64")]
    [InlineData("arm64", "Arm64K4Va48")]
    [InlineData("arm64", "Arm64K16Va48")]
    [InlineData("arm64", "Arm64K64Va48")]
    public void Architecture_IsEmittedAsAccepted(string family, string type)
    {
        TableProject project = TableProject.With(Repository.Table(family));
        Snapshot.Matches($"//HintName: Consumer.{type}.g.cs\n{project.Source($"Consumer.{type}.g.cs")}", type, "cs");
    }

    [Fact]
    public void BuiltInTables_GiveFifteenArchitectures() => Assert.Equal(15, TableProject.With(BuiltIn).HintNames.Length);

    [Theory]
    [InlineData(NullableContextOptions.Disable, true, "public")]
    [InlineData(NullableContextOptions.Enable, true, "public")]
    [InlineData(NullableContextOptions.Disable, false, "internal")]
    public void EmittedCode_CompilesWithoutAWarning(NullableContextOptions nullable, bool isChecked, string accessibility)
    {
        TableText[] tables =
        [
            .. BuiltIn.Select(t => new TableText(
                t.Path,
                t.GetText().ToString().Replace("=\"public\"", $"=\"{accessibility}\"", StringComparison.Ordinal))),
            new TableText("unusual.pagetables.xml", UnusualTable),
        ];
        TableProject project = TableProject.With(tables, [], TableProject.Strict(nullable, isChecked));
        Assert.Empty(project.Result.Diagnostics);
        Assert.Empty(project.Compile().GetDiagnostics());
    }

    // A keyword in the project's own namespace, the global namespace, 64 address bits, a root that maps, an address moved down.
    private const string UnusualTable = """
        <pageTables>
          <entry name="wide" valid="63" leaf="62" readOnly="0" reserved="1" address="61:12@11" />
          <architecture name="wide" type="Wide" entry="wide" pageSize="4K" virtualAddress="64" hugetlb="2M" default="2M">
            <level name="L1" index="63:57" />
            <level name="L2" index="56:48" />
            <level name="L3" index="47:39" leaf="legal" />
            <level name="L4" index="38:30" leaf="legal" />
            <level name="L5" index="29:21" leaf="block" />
            <level name="L6" index="20:12" leaf="page" />
          </architecture>
          <architecture name="flat" type="Flat" entry="riscv64" pageSize="4K" virtualAddress="30" canonical="upper"
                        hugetlb="2M 64K" default="64K">
            <level name="L1" index="29:21" leaf="block" contiguous="8" />
            <level name="L2" index="20:12" leaf="page" contiguous="16" />
          </architecture>
        </pageTables>
        """;

    [Theory]
    [InlineData("", "Wide.g.cs")]
    [InlineData("My-Company.class.2D", "My_Company.class._2D.Wide.g.cs")]
    public void RootNamespace_MayBeAnything(string rootNamespace, string hintName)
    {
        TableProject project = TableProject.With(
            [new TableText("unusual.pagetables.xml", UnusualTable)], new() { ["RootNamespace"] = rootNamespace });
        Assert.Contains(hintName, project.HintNames);
        Assert.Empty(project.Compile().GetDiagnostics());
    }

    [Fact]
    public void NamespaceAndAccessibility_ComeFromTableThenPropertyThenDefault()
    {
        TableText table = new("a.pagetables.xml", UnusualTable);
        TableText own = new("b.pagetables.xml", MarkedTable.Sound);
        Dictionary<string, string> properties = new() { ["VmemmapTableNamespace"] = "Theirs", ["VmemmapTableAccessibility"] = "public" };
        TableProject project = TableProject.With([table, own], properties);
        Assert.Contains("public readonly partial struct Wide", project.Source("Theirs.Wide.g.cs"), StringComparison.Ordinal);
        Assert.Contains("internal readonly partial struct Mine16K", project.Source("Mine.Tables.Mine16K.g.cs"), StringComparison.Ordinal);
        Assert.Contains(
            "internal readonly partial struct Wide", TableProject.With(table).Source("Consumer.Wide.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void FileNames_AreMatchedWithoutCase_AndOtherFilesIgnored() =>
        Assert.Equal(
            ["Consumer.Flat.g.cs", "Consumer.Wide.g.cs"],
            TableProject.With(new TableText("A.PageTables.XML", UnusualTable), new TableText("readme.xml", "<x")).HintNames);

    // InvariantGlobalization is on, so the culture is made by hand.
    [Fact]
    public void Culture_ChangesNothing()
    {
        string[] expected = [.. TableProject.With(BuiltIn).Result.GeneratedSources.Select(s => s.SourceText.ToString())];
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        strange.NumberFormat.NegativeSign = "\u2212";
        strange.NumberFormat.NumberDecimalSeparator = ",";
        strange.NumberFormat.NumberGroupSeparator = ".";
        try
        {
            CultureInfo.CurrentCulture = strange;
            TableProject project = TableProject.With(BuiltIn);
            Assert.Equal(expected, project.Result.GeneratedSources.Select(s => s.SourceText.ToString()));
            Assert.Equal("'x' is no bit; write a number from 0 to 63", BadBit());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static string BadBit() => Assert.Single(
            Tables.Parsing.TableParser.Parse(MarkedTable.Break("valid=\"0\"", "valid=\"x\"")).Diagnostics).Message;
    }

    [Fact]
    public void LineEnds_AreOneNewline() => Assert.All(
        TableProject.With(BuiltIn).Result.GeneratedSources, s => Assert.DoesNotContain('\r', s.SourceText.ToString()));

    // A root or an address at the end of the range must fault, also where the consumer checks arithmetic.
    [Fact]
    public void CheckedArithmetic_NeverOverflows()
    {
        Assembly assembly = Load(TableProject.With([.. BuiltIn, new TableText("unusual.pagetables.xml", UnusualTable)]));
        Type[] types = [.. assembly.GetTypes().Where(t => t.IsValueType && t.GetInterface(nameof(IArchitecture)) != null)];
        Assert.Equal(17, types.Length);
        MethodInfo method = typeof(EmissionTests).GetMethod(nameof(TranslateExtremes), BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (Type type in types)
        {
            method.MakeGenericMethod(type).Invoke(null, null);
        }
    }

    private static void TranslateExtremes<TArch>()
        where TArch : struct, IArchitecture
    {
        foreach (ulong entry in new ulong[] { 0, 1, 3, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 63, 0x8000_0000_0000_2007 })
        {
            foreach (ulong address in new ulong[] { 0, ulong.MaxValue, 1UL << (TArch.VirtualAddressBits - 1), ~(ulong.MaxValue >> 1) })
            {
                TArch.TryTranslate(new Everywhere(entry), ulong.MaxValue, address, out Translation translation);
                Assert.True(translation.Fault != TranslationFault.None || translation.Size >= 1UL << TArch.PageShift);
            }
        }
    }

    private static Assembly Load(TableProject project)
    {
        using MemoryStream stream = new();
        EmitResult result = project.Compile().Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        stream.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(stream);
    }

    /// <summary>Memory that holds one entry at every address.</summary>
    private readonly struct Everywhere(ulong value) : IPhysicalMemory
    {
        public bool TryReadEntry(ulong address, out ulong entry)
        {
            entry = value;
            return true;
        }

        public TableRead ReadTable(ulong address, Span<ulong> scratch, out ReadOnlySpan<ulong> table) => throw new NotSupportedException();
    }
}

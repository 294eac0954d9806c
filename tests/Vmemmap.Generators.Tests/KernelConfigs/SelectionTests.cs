namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>What a running kernel says selects the architecture; what it cannot say is refused.</summary>
public class SelectionTests
{
    [Theory]
    [InlineData("x86-64", "48", "SelectByLevels", "4")]
    [InlineData("x86-64-la57", "57:x86-64-la57 48:x86-64", "SelectByLevels", "5:x86-64-la57 4:x86-64")]
    [InlineData("arm64-4k-va39", "39", "SelectByT1sz", "25")]
    [InlineData("arm64-4k-va48", "48", "SelectByT1sz", "16")]
    [InlineData("arm64-4k-va52", "52:arm64-4k-va52 48:arm64-4k-va48", "SelectByT1sz", "12:arm64-4k-va52 16:arm64-4k-va48")]
    [InlineData("arm64-16k-va36", "36", "SelectByT1sz", "28")]
    [InlineData("arm64-16k-va47", "47", "SelectByT1sz", "17")]
    [InlineData("arm64-16k-va48", "48", "SelectByT1sz", "16")]
    [InlineData("arm64-16k-va52", "52:arm64-16k-va52 47:arm64-16k-va47", "SelectByT1sz", "12:arm64-16k-va52 17:arm64-16k-va47")]
    [InlineData("arm64-64k-va42", "42", "SelectByT1sz", "22")]
    [InlineData("arm64-64k-va48", "48", "SelectByT1sz", "16")]
    [InlineData("arm64-64k-va52", "52:arm64-64k-va52 48:arm64-64k-va52", "SelectByT1sz", "12:arm64-64k-va52 16:arm64-64k-va52")]
    [InlineData("riscv64-sv39", "39", "SelectBySatpMode", "8")]
    [InlineData("riscv64-sv48", "48:riscv64-sv48 39:riscv64-sv39", "SelectBySatpMode", "9:riscv64-sv48 8:riscv64-sv39")]
    [InlineData("riscv64-sv57", "57:riscv64-sv57 48:riscv64-sv48 39:riscv64-sv39", "SelectBySatpMode", "10:riscv64-sv57 9:riscv64-sv48 8:riscv64-sv39")]
    public void Select_KnowsWhatTheKernelCanBe(string architecture, string bits, string method, string values)
    {
        EmittedKernel kernel = MinimalConfig.Emit(MinimalConfig.Of(architecture, "6.12.1"));
        Assert.Equal(kernel.Candidates[0].VirtualAddressBits, kernel.Constant<int>("VirtualAddressBits"));
        Check("Select", bits);
        Check(method, values);

        void Check(string name, string pairs)
        {
            Dictionary<int, string> expected = pairs.Split(' ').Select(p => p.Split(':')).ToDictionary(
                p => int.Parse(p[0], System.Globalization.CultureInfo.InvariantCulture), p => p.Length == 2 ? p[1] : architecture);
            Assert.Equal(kernel.CandidateNames.Order(), expected.Values.Distinct().Order());
            foreach (int value in Enumerable.Range(-1, 70).Append(int.MinValue).Append(int.MaxValue))
            {
                if (expected.TryGetValue(value, out string? selected))
                {
                    Assert.Equal(selected, kernel.Select(value, name));
                }
                else
                {
                    ArgumentException refused = Assert.ThrowsAny<ArgumentException>(() => kernel.Select(value, name));
                    Assert.StartsWith("Kernel 6.12.1 (config) has ", refused.Message, StringComparison.Ordinal);
                    Assert.All(expected.Keys, key => Assert.Contains(key.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal));
                }
            }
        }
    }

    [Fact]
    public void XipKernel_IsSv39() => Assert.Equal(
        ["riscv64-sv39"], MinimalConfig.Emit(MinimalConfig.RiscV64(more: "CONFIG_XIP_KERNEL=y\n")).CandidateNames);

    // A kernel that always has five levels needs no symbol for it.
    [Fact]
    public void FiveLevelsWithoutTheirSymbol_AreFive() => Assert.Equal(
        ["x86-64-la57", "x86-64"],
        MinimalConfig.Emit(MinimalConfig.X64("7.1.0").Replace("CONFIG_X86_5LEVEL=y\n", "", StringComparison.Ordinal)).CandidateNames);

    /// <summary>The class calls generated code of an architecture that its user does not name.</summary>
    [Fact]
    public void ClassOfOneArchitecture_TranslatesAndDispatches()
    {
        const string Source = """
            using Vmemmap;

            [KernelConfig("config")]
            internal static partial class P
            {
                public static string Run()
                {
                    NameOf visitor = default;
                    bool found = TryTranslate(new Nothing(), 0, ulong.MaxValue, out Translation translation);
                    return ArchitectureName + " " + Accept<NameOf, string>(ref visitor) + " " + found + " " + translation.Fault;
                }
            }

            struct NameOf : IArchitectureTypeVisitor<string>
            {
                public string Visit<TArch>() where TArch : struct, IArchitecture => TArch.Name;
            }

            struct Nothing : IPhysicalMemory
            {
                public bool TryReadEntry(ulong address, out ulong entry) { entry = 0; return false; }

                public TableRead ReadTable(ulong address, System.Span<ulong> scratch, out System.ReadOnlySpan<ulong> table) { table = default; return default; }
            }
            """;
        Type type = ConfigProject.With(Source, new ConfigText("config", MinimalConfig.Arm64(pages: 64, bits: 42))).Load();
        Assert.Equal("arm64-64k-va42 arm64-64k-va42 False Absent", type.GetMethod("Run")!.Invoke(null, null));
    }

    [Fact]
    public void ClassOfSeveralArchitectures_Dispatches()
    {
        const string Source = """
            using Vmemmap;

            [KernelConfig("config")]
            internal static partial class P
            {
                public static string Run(int bits) { NameOf visitor = default; return Accept<NameOf, string>(bits, ref visitor); }
            }

            ref struct NameOf : IArchitectureTypeVisitor<string>
            {
                public string Visit<TArch>() where TArch : struct, IArchitecture => TArch.Name;
            }
            """;
        Type type = ConfigProject.With(Source, new ConfigText("config", MinimalConfig.RiscV64())).Load();
        Assert.Equal("riscv64-sv57", type.GetMethod("Run")!.Invoke(null, [57]));
        Assert.Equal("riscv64-sv39", type.GetMethod("Run")!.Invoke(null, [39]));
        Exception refused = Assert.Throws<System.Reflection.TargetInvocationException>(() => type.GetMethod("Run")!.Invoke(null, [47])).InnerException!;
        Assert.IsType<ArgumentOutOfRangeException>(refused);
        Assert.StartsWith("Kernel 6.12.1 (config) has 57, 48 or 39 bits of virtual address.", refused.Message, StringComparison.Ordinal);
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Analyzers.Declarations;
using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Declarations;

/// <summary>Sizes as the rule works them out against those of the process: the same source is compiled, loaded and asked.</summary>
public sealed class StructSizeTests
{
    private static readonly CSharpCompilation Compilation = ConsumerProject.Of(Source);
    private static readonly Assembly Loaded = Load();

    // C# in which every struct S1, S2 ... has another way to be laid out, and every U1, U2 ... a reason not to be known.
    private const string Source = """
        public struct S1 { public byte A; }
        public struct S2 { public byte A; public long B; }
        public struct S3 { public byte A; public long B; public byte C; }
        public struct S4 { public int A; public short B; public byte C; public sbyte D; public ushort E; }
        public struct S5 { public bool A; public char B; public float C; public double D; }
        public struct S6;
        public struct S7 { public S6 A; public int B; public S6 C; }
        public unsafe struct S8 { public byte A; public void* B; public delegate*<int, void> C; public byte D; }
        public struct S9 { public byte A; public nint B; public nuint C; public uint D; }
        public enum Small : byte { Zero }
        public enum Large : long { Zero }
        public struct S10 { public Small A; public Large B; public DayOfWeek C; }
        [StructLayout(LayoutKind.Sequential, Pack = 1)] public struct S11 { public byte A; public long B; public short C; }
        [StructLayout(LayoutKind.Sequential, Pack = 4)] public struct S12 { public byte A; public long B; public short C; }
        [StructLayout(LayoutKind.Sequential, Pack = 2)] public struct S13 { public byte A; public S12 B; public byte C; }
        public struct S14 { public byte A; public S11 B; public S12 C; public int D; }
        [StructLayout(LayoutKind.Sequential, Size = 64)] public struct S15 { public long A; }
        [StructLayout(LayoutKind.Sequential, Size = 9)] public struct S16 { public long A; }
        [StructLayout(LayoutKind.Sequential, Size = 4)] public struct S17 { public long A; public byte B; }
        [StructLayout(LayoutKind.Sequential, Size = 13)] public struct S18 { public byte A; public S16 B; }
        public struct S19 { public byte A; public S16 B; public byte C; public S18 D; }
        [StructLayout(LayoutKind.Explicit)] public struct S20 { [FieldOffset(0)] public long A; [FieldOffset(0)] public byte B; [FieldOffset(8)] public byte C; }
        [StructLayout(LayoutKind.Explicit)] public struct S21 { [FieldOffset(1)] public int A; [FieldOffset(9)] public short B; }
        [StructLayout(LayoutKind.Explicit, Size = 64)] public struct S22 { [FieldOffset(0)] public ulong A; [FieldOffset(56)] public ulong B; }
        [StructLayout(LayoutKind.Explicit, Size = 5)] public struct S23 { [FieldOffset(0)] public int A; [FieldOffset(4)] public byte B; }
        [StructLayout(LayoutKind.Explicit, Pack = 1)] public struct S24 { [FieldOffset(0)] public long A; [FieldOffset(8)] public byte B; }
        [StructLayout(LayoutKind.Explicit, Size = 4)] public struct S25 { [FieldOffset(0)] public long A; [FieldOffset(8)] public byte B; }
        public struct S26 { public byte A; public S20 B; public S24 C; public S23 D; }
        public unsafe struct S27 { public byte A; public fixed ulong Words[7]; public byte B; }
        public unsafe struct S28 { public fixed byte Bytes[13]; public short B; }
        public unsafe struct S29 { public fixed char Letters[3]; public fixed bool Flags[3]; public int B; }
        [StructLayout(LayoutKind.Sequential, Pack = 1)] public unsafe struct S30 { public byte A; public fixed long Words[2]; }
        [InlineArray(7)] public struct S31 { private long _first; }
        [InlineArray(5)] public struct S32 { private S3 _first; }
        public struct S33 { public byte A; public S31 B; public S32 C; public byte D; }
        [InlineArray(3)] public struct S34 { private byte _first; }
        public struct S35 { public byte A; public int B { get; set; } public static long C; public const long D = 1; public byte E { get; init; } public int F => 1; }
        public readonly record struct S36(byte A, long B) { public int C { get; init; } }
        public struct Pair<T1, T2> { public T1 A; public T2 B; public T1 C; }
        public struct S37 { public byte A; public Pair<byte, long> B; public Pair<int, Small> C; }
        public partial struct S38 { public byte A; }
        public partial struct S38 { public static int B; }
        public ref struct S39 { public int A; public byte B; }
        [StructLayout((short)0, Pack = 1)] public struct S40 { public byte A; public int B; }
        [StructLayout(LayoutKind.Sequential, Pack = 16)] public struct S41 { public byte A; public double B; }
        [StructLayout(LayoutKind.Sequential, Pack = 8, Size = 100)] public struct S42 { public int A; }
        public struct S43 { public S42 A; public byte B; public S42 C; }
        [StructLayout(LayoutKind.Sequential, Size = 3)] public struct S44;
        public struct S45 { public S44 A; public S44 B; public short C; }
        [InlineArray(4)] [StructLayout(LayoutKind.Sequential, Pack = 1)] public struct S46 { private S3 _first; }
        public struct S47 { public byte A; public S46 B; }

        public struct U1 { public string A; }
        public struct U2 { public int A; public object B; }
        public struct U3 { public int[] A; }
        [StructLayout(LayoutKind.Auto)] public struct U4 { public byte A; public long B; public byte C; }
        public struct U5 { public U4 A; }
        public struct U6 { public DateTime A; }
        public struct U7 { public Guid A; public decimal B; public Int128 C; }
        public struct U8 { public int? A; }
        public struct U9 { public (byte, int) A; }
        public struct U10 { public event Action? A; public byte B; }
        public struct U11(long a) { public byte B; public long A() => a; }
        public ref struct U12 { public ref int A; }
        public ref struct U13 { public Span<int> A; }
        public struct U14 { public System.Runtime.Intrinsics.Vector512<ulong> A; }
        public struct U15 { public Pair<byte, string> A; }
        public struct U16 { public dynamic A; }
        public struct U17 { public Action A; public IDisposable B; }
        """;

    public static TheoryData<string> Known => Names('S');

    public static TheoryData<string> Unknown => Names('U');

    [Theory]
    [MemberData(nameof(Known))]
    public void Size_IsThatOfTheProcess(string name) =>
        Assert.Equal(SizeInProcess(Loaded.GetType(name, throwOnError: true)!), StructSize.Of(Symbol(name))?.Bytes);

    [Theory]
    [MemberData(nameof(Unknown))]
    public void Size_IsUnknown(string name) => Assert.Null(StructSize.Of(Symbol(name)));

    [Fact]
    public void TypeParameter_IsUnknown() => Assert.Null(StructSize.Of(Symbol("Pair`2")));

    [Fact]
    public void WhatIsNoStruct_IsUnknown()
    {
        Assert.Null(StructSize.Of(Compilation.GetSpecialType(SpecialType.System_Object)));
        Assert.Null(StructSize.Of(Compilation.GetSpecialType(SpecialType.System_Void)));
        Assert.Null(StructSize.Of(Compilation.CreateArrayTypeSymbol(Symbol("S1"))));
    }

    [Theory]
    [InlineData("struct S { S A; int B; }")]
    [InlineData("struct S { T A; } struct T { S A; }")]
    [InlineData("struct S { Missing A; }")]
    [InlineData("struct S { fixed int A[]; }")]
    [InlineData("unsafe struct S { fixed int A[-1]; }")]
    [InlineData("unsafe struct S { fixed long A[2000000000]; }")]
    [InlineData("[StructLayout(LayoutKind.Explicit)] struct S { int A; }")]
    [InlineData("[StructLayout(LayoutKind.Explicit)] struct S { [FieldOffset(-8)] int A; }")]
    [InlineData("[StructLayout(LayoutKind.Explicit)] struct S { [FieldOffset(x)] int A; }")]
    [InlineData("[StructLayout] struct S { int A; }")]
    [InlineData("[StructLayout((LayoutKind)7)] struct S { int A; }")]
    [InlineData("[StructLayout(LayoutKind.Sequential, Size = -1)] struct S { int A; }")]
    [InlineData("[InlineArray(0)] struct S { int A; }")]
    [InlineData("[InlineArray] struct S { int A; }")]
    public void BrokenCode_IsUnknown(string source) =>
        Assert.Null(StructSize.Of(ConsumerProject.Of(source).GetTypeByMetadataName("S")!));

    private static INamedTypeSymbol Symbol(string name) => Compilation.GetTypeByMetadataName(name)!;

    private static long SizeInProcess(Type type) => type.IsByRefLike
        ? (int)typeof(StructSizeTests).GetMethod(nameof(SizeOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, null)!
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static int SizeOf<T>()
        where T : allows ref struct => Unsafe.SizeOf<T>();

    private static TheoryData<string> Names(char first) =>
        [.. Compilation.GlobalNamespace.GetTypeMembers().Where(t => t.Name[0] == first && char.IsDigit(t.Name[^1])).Select(t => t.Name)];

    private static Assembly Load()
    {
        using MemoryStream stream = new();
        Assert.Empty(Compilation.Emit(stream).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        stream.Position = 0;
        return new AssemblyLoadContext("sizes").LoadFromStream(stream);
    }
}

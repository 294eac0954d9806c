using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>What a user can mark, and from which index on its struct pages are read-only then.</summary>
public sealed class MarkTests
{
    // Struct pages of a vmemmap page (page size / 64) times the vmemmap pages kept; none where a huge page's struct pages do not fill more than these.
    [Theory]
    [InlineData("X64.Huge2M", "ReserveOne", 64)]
    [InlineData("X64.Huge1G", "ReserveTwo", 128)]
    [InlineData("Arm64K4Va48.Huge32M", "SharedTail", 64)]
    [InlineData("Arm64K16Va48.Huge32M", "SharedTail", 256)]
    [InlineData("Arm64K16Va48.Huge1G", "ReserveTwo", 512)]
    [InlineData("Arm64K64Va48.Huge512M", "ReserveOne", 1024)]
    [InlineData("Arm64K64Va48.Huge16G", "ReserveTwo", 2048)]
    [InlineData("RiscV64Sv39.Huge1G", "ReserveOne", 64)]
    public void SizeAndLayoutAsTypes_GiveTheIndex(string size, string layout, int first) => Verify<TailAccessAnalyzer>.Marks($$"""
        class Tail<THstate, TLayout>
        {
            [ReadOnlyTail(Hstate = nameof(THstate), Layout = nameof(TLayout))] public ref StructPage At(long i) => throw null!;
            [ReadOnlyTail(Hstate = "THstate", Layout = "TLayout")] public Span<StructPage> All => throw null!;
        }

        static class Free
        {
            [ReadOnlyTail(Hstate = nameof(THstate), Layout = nameof(TLayout))]
            public static ref StructPage At<THstate, TLayout>(long i) where THstate : IHstate where TLayout : IVmemmapLayout => throw null!;
        }

        class C
        {
            [ReadOnlyTail(typeof({{size}}), typeof({{layout}}))] ref StructPage At(long i) => throw null!;

            void M(Tail<{{size}}, {{layout}}> tail)
            {
                At({{first - 1}}).Flags = 1;
                {|VMM1001:At({{first}}).Flags|} = 1;
                tail.At({{first - 1}}).Flags = 1;
                {|VMM1001:tail.At({{first}}).Flags|} = 1;
                tail.All[..{{first}}].Clear();
                {|VMM1001:tail.All[..{{first + 1}}].Clear()|};
                Free.At<{{size}}, {{layout}}>({{first - 1}}).Flags = 1;
                {|VMM1001:Free.At<{{size}}, {{layout}}>({{first}}).Flags|} = 1;
            }
        }
        """);

    [Theory]
    [InlineData("Arm64K4Va48.Huge64K", "ReserveOne")]
    [InlineData("Arm64K16Va48.Huge2M", "ReserveOne")]
    [InlineData("Arm64K64Va48.Huge2M", "SharedTail")]
    [InlineData("RiscV64Sv39.Huge64K", "ReserveTwo")]
    public void SizeThatIsNeverOptimized_HasNoTail(string size, string layout) => Verify<TailAccessAnalyzer>.Marks($$"""
        class C
        {
            [ReadOnlyTail(typeof({{size}}), typeof({{layout}}))] ref StructPage At(long i) => throw null!;
            [ReadOnlyTail(typeof({{size}}), typeof({{layout}}))] Span<StructPage> All => throw null!;

            void M(long i)
            {
                At(i).Flags = 1;
                At(1 << 20).SetHead();
                All.Clear();
            }
        }
        """);

    [Fact]
    public void TypeParameters_AreJudgedByTheLowerBound() => Verify<TailAccessAnalyzer>.Marks("""
        class Tail<THstate, TLayout> where THstate : struct, IHstate where TLayout : struct, IVmemmapLayout
        {
            [ReadOnlyTail(Hstate = nameof(THstate), Layout = nameof(TLayout))] public ref StructPage At(long i) => throw null!;

            void Here()
            {
                At(63).Flags = 1;
                {|VMM1002:At(64).Flags|} = 1;
                {|VMM1002:At(100).Flags|} = 1;
            }
        }

        class C<T> where T : struct, IHstate
        {
            void M<U, V>(Tail<U, V> open, Tail<T, ReserveOne> half, Tail<X64.Huge2M, V> other)
                where U : struct, IHstate where V : struct, IVmemmapLayout
            {
                open.At(63).Flags = 1;
                {|VMM1002:open.At(64).Flags|} = 1;
                half.At(63).Flags = 1;
                {|VMM1002:half.At(64).Flags|} = 1;
                other.At(63).Flags = 1;
                {|VMM1002:other.At(64).Flags|} = 1;
                {|VMM1002:other.At(127).Flags|} = 1;
            }
        }
        """);

    [Fact]
    public void HugePageOfTypeParameters_IsJudgedByTheLowerBound() => Verify<TailAccessAnalyzer>.Marks("""
        class C<TArch> where TArch : struct, IArchitecture
        {
            void M<TLayout>(HugePage<TArch, TLayout> page) where TLayout : struct, IVmemmapLayout
            {
                if (page.IsOptimized)
                {
                    page.Unchecked(63).Flags = 1;
                    {|VMM1002:page.Unchecked(64).Flags|} = 1;
                    for (int i = 0; i < 64; i++)
                    {
                        page.Unchecked(i).Flags = 1;
                    }
                }
                else
                {
                    page.Unchecked(64).Flags = 1;
                }
            }

            void Half(HugePage<TArch, ReserveTwo> page)
            {
                if (page.IsOptimized)
                {
                    page.Unchecked(127).Flags = 1;
                    {|VMM1002:page.Unchecked(128).Flags|} = 1;
                }
            }
        }
        """);

    [Fact]
    public void LayoutOfTheUsersOwn_SaysByAConstantWhatItKeeps() => Verify<TailAccessAnalyzer>.Marks("""
        struct KeepsThree { public const int ReservedPages = 3; }
        struct SaysNothing { }

        class C
        {
            [ReadOnlyTail(typeof(X64.Huge2M), typeof(KeepsThree))] ref StructPage Three(long i) => throw null!;
            [ReadOnlyTail(typeof(X64.Huge2M), typeof(SaysNothing))] ref StructPage Nothing(long i) => throw null!;

            void M()
            {
                Three(191).Flags = 1;
                {|VMM1001:Three(192).Flags|} = 1;
                Nothing(63).Flags = 1;
                {|VMM1002:Nothing(64).Flags|} = 1;
                {|VMM1002:Nothing(127).Flags|} = 1;
            }
        }
        """);

    [Fact]
    public void MarkWithoutAnything_MeansTheLowestOfAll() => Code.InMembers("""
        [ReadOnlyTail] ref StructPage At(int i) => throw null!;
        void M()
        {
            At(63).Flags = 1;
            {|VMM1002:At(64).Flags|} = 1;
        }
        """);

    [Theory]
    [InlineData("[ReadOnlyTail(64)] static ref StructPage At(int i) => throw null!; void M() { {|VMM1001:At(64).Flags|} = 1; At(63).Flags = 1; }")]
    [InlineData("[return: ReadOnlyTail(64)] ref StructPage At(int i) => throw null!; void M() { {|VMM1001:At(64).Flags|} = 1; At(63).Flags = 1; }")]
    [InlineData("[ReadOnlyTail(64)] ref StructPage this[uint i] => ref Shared[i]; void M() { {|VMM1001:this[64].Flags|} = 1; this[63].Flags = 1; }")]
    [InlineData("[ReadOnlyTail(64)] ref StructPage At(byte i) => throw null!; void M() { {|VMM1001:At(64).Flags|} = 1; At(63).Flags = 1; }")]
    [InlineData("[ReadOnlyTail(64)] ref StructPage At(Place i) => throw null!; void M() { {|VMM1001:At(Place.Tail).Flags|} = 1; At(Place.Head).Flags = 1; } enum Place { Head, Tail = 64 }")]
    [InlineData("[ReadOnlyTail(1)] ref StructPage At(int i) => throw null!; void M() { {|VMM1001:At(1).Flags|} = 1; At(0).Flags = 1; }")]
    [InlineData("[ReadOnlyTail(0)] ref StructPage At(int i) => throw null!; void M() { {|VMM1001:At(0).Flags|} = 1; }")]
    [InlineData("[ReadOnlyTail(64)] ref ulong FlagsOf(int i) => throw null!; void M() { {|VMM1001:FlagsOf(64)|} = 1; FlagsOf(63) = 1; }")]
    [InlineData("[ReadOnlyTail(64)] Memory<StructPage> All => throw null!; void M() { All.Span[63].Flags = 1; All.Span[..64].Clear(); }")]
    [InlineData("[ReadOnlyTail(64)] StructPage[] _all = []; void M() { {|VMM1001:_all[64].Flags|} = 1; _all[63].Flags = 1; }")]
    [InlineData("[ReadOnlyTail(64)] static readonly StructPage[] s_all = []; void M() { {|VMM1001:s_all[64].Flags|} = 1; s_all[63].Flags = 1; }")]
    [InlineData("[ReadOnlyTail(64)] StructPage[] _all = []; void M() { _all = new StructPage[4]; _all = null!; }")]
    [InlineData("[ReadOnlyTail(64)] unsafe StructPage* _all; unsafe void M() { {|VMM1001:_all[64].Flags|} = 1; _all[63].Flags = 1; _all = null; }")]
    public void Member_CanBeMarked(string members) => Code.InMembers(members);

    [Fact]
    public void ExtensionMethod_CanBeMarked() => Verify<TailAccessAnalyzer>.Marks("""
        static class Extensions
        {
            [ReadOnlyTail(64)] public static ref StructPage At(this object owner, int i) => throw null!;
            static void M(object owner)
            {
                owner.At(63).Flags = 1;
                {|VMM1001:owner.At(64).Flags|} = 1;
                {|VMM1001:At(owner, 64).Flags|} = 1;
            }
        }
        """);

    [Fact]
    public void ExtensionOfAHandle_IsJudgedByItsState() => Verify<TailAccessAnalyzer>.Marks("""
        static class Extensions
        {
            [ReadOnlyTail(64)]
            public static ref StructPage At<TArch, TLayout>(this HugePage<TArch, TLayout> page, long i)
                where TArch : struct, IArchitecture where TLayout : struct, IVmemmapLayout => throw null!;

            static void M(HugePage<X64, ReserveOne> page)
            {
                page.At(63).Flags = 1;
                {|VMM1002:page.At(64).Flags|} = 1;
                if (page.IsOptimized)
                {
                    {|VMM1001:page.At(64).Flags|} = 1;
                }

                using (page.Restore())
                {
                    page.At(64).Flags = 1;
                }
            }
        }
        """);

    [Fact]
    public void Parameter_IsJudgedInsideTheMethod() => Code.InMembers("""
        void Spans([ReadOnlyTail(64)] Span<StructPage> tail, Span<StructPage> free)
        {
            tail[63].Flags = 1;
            {|VMM1001:tail[64].Flags|} = 1;
            {|VMM1002:tail.Clear()|};
            tail[..64].Clear();
            free[64].Flags = 1;
            free.Clear();
        }

        unsafe void Pointers([ReadOnlyTail(64)] StructPage* tail, StructPage* free)
        {
            tail[63].Flags = 1;
            {|VMM1001:tail[64].Flags|} = 1;
            free[64].Flags = 1;
        }

        void Arrays([ReadOnlyTail(typeof(X64.Huge2M), typeof(ReserveTwo))] StructPage[] tail)
        {
            tail[127].Flags = 1;
            {|VMM1001:tail[128].Flags|} = 1;
            tail = new StructPage[512];
            tail[128].Flags = 1;
        }

        void Reads([ReadOnlyTail(64)] ReadOnlySpan<StructPage> tail, [ReadOnlyTail(64)] Span<StructPage> other)
        {
            StructPage copy = tail[100];
            copy.Flags = other[100].Flags;
        }

        void Local()
        {
            void Inner([ReadOnlyTail(64)] Span<StructPage> tail) => {|VMM1001:tail[64].Flags|} = 1;
            Inner(default);
        }
        """);

    [Fact]
    public void Type_MarksItsMembers() => Verify<TailAccessAnalyzer>.Marks("""
        [ReadOnlyTail(64)]
        class Pages
        {
            public ref StructPage this[int i] => throw null!;
            public ref StructPage At(int i) => throw null!;
            public Span<StructPage> All => throw null!;
            public StructPage[] Array => throw null!;
            public int Count { get; set; }
            public StructPage Copy(int i) => throw null!;
            public ref readonly StructPage Read(int i) => throw null!;
        }

        [ReadOnlyTail(128)]
        struct Values
        {
            public ref StructPage At(int i) => throw null!;
        }

        class C
        {
            void M(Pages pages, Values values)
            {
                pages[63].Flags = 1;
                {|VMM1001:pages[64].Flags|} = 1;
                {|VMM1001:pages.At(64).SetHead()|};
                {|VMM1001:pages.All[64].Flags|} = 1;
                {|VMM1001:pages.Array[64].Flags|} = 1;
                pages.Count = 100;
                StructPage copy = pages.Copy(100);
                copy.Flags = pages.Read(100).Flags;
                values.At(127).Flags = 1;
                {|VMM1001:values.At(128).Flags|} = 1;
            }
        }
        """);

    [Fact]
    public void InterfaceMember_MarksItsImplementations() => Verify<TailAccessAnalyzer>.Marks("""
        interface IPages
        {
            [ReadOnlyTail(64)] ref StructPage At(int i);
            [ReadOnlyTail(64)] Span<StructPage> All { get; }
        }

        class Implicit : IPages
        {
            public ref StructPage At(int i) => throw null!;
            public Span<StructPage> All => throw null!;
            public ref StructPage Unmarked(int i) => throw null!;
        }

        class C
        {
            void M<T>(IPages pages, Implicit implicitly, T any) where T : IPages
            {
                pages.At(63).Flags = 1;
                {|VMM1001:pages.At(64).Flags|} = 1;
                {|VMM1001:pages.All[64].Flags|} = 1;
                {|VMM1001:implicitly.At(64).Flags|} = 1;
                {|VMM1001:implicitly.All[64].Flags|} = 1;
                implicitly.Unmarked(64).Flags = 1;
                any.At(63).Flags = 1;
                {|VMM1001:any.At(64).Flags|} = 1;
            }
        }
        """);

    [Fact]
    public void BaseMember_MarksItsOverrides() => Verify<TailAccessAnalyzer>.Marks("""
        abstract class Base
        {
            [ReadOnlyTail(64)] public abstract ref StructPage At(int i);
            [ReadOnlyTail(64)] public virtual ref StructPage this[int i] => throw null!;
        }

        class Derived : Base
        {
            public override ref StructPage At(int i) => throw null!;
            public override ref StructPage this[int i] => ref base[i];
        }

        class Narrower : Base
        {
            [ReadOnlyTail(128)] public override ref StructPage At(int i) => throw null!;
        }

        class C
        {
            void M(Base b, Derived d, Narrower n)
            {
                b.At(63).Flags = 1;
                {|VMM1001:b.At(64).Flags|} = 1;
                d.At(63).Flags = 1;
                {|VMM1001:d.At(64).Flags|} = 1;
                {|VMM1001:d[64].Flags|} = 1;
                n.At(127).Flags = 1;
                {|VMM1001:n.At(128).Flags|} = 1;
            }
        }
        """);

    [Fact]
    public void ParameterOfAnInterface_IsMarkedInItsImplementations() => Verify<TailAccessAnalyzer>.Marks("""
        interface IWriter
        {
            void Write([ReadOnlyTail(64)] Span<StructPage> pages);
        }

        class Writer : IWriter
        {
            public void Write(Span<StructPage> pages)
            {
                pages[63].Flags = 1;
                {|VMM1001:pages[64].Flags|} = 1;
            }
        }
        """);

    [Fact]
    public void MemberThatHandsOutAnothersTail_IsNotJudgedInsideItself() => Code.InMembers("""
        [ReadOnlyTail(64)] ref StructPage At(int i) => ref Shared[i];
        [ReadOnlyTail(64)] ref StructPage this[int i] { get { ref StructPage p = ref Shared[i]; return ref p; } }
        [ReadOnlyTail(64)] Span<StructPage> All => Shared.All;
        [ReadOnlyTail(64)] Span<StructPage> Tail() { Span<StructPage> s = Shared.All; return s; }
        """);
}

using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Cases;

/// <summary>What the cases are about: a user's own marked members, and a method whose body is the case.</summary>
internal static class Code
{
    /// <summary>
    /// A user's own types. <c>Pages</c> is no handle of a huge page, so its struct pages from 64 on are read-only for good. <c>Owned</c> is a handle,
    /// as a user may write one.
    /// </summary>
    public const string Types = """
        public struct Word
        {
            public ulong Bits;
            public ulong Doubled { readonly get => Bits * 2; set => Bits = value / 2; }
            public void Set(ulong bits) => Bits = bits;
            public readonly ulong Get() => Bits;
        }

        public struct Link
        {
            public Word Next;
            public Word Previous;
        }

        [InlineArray(4)]
        public struct Four
        {
            private ulong _first;
        }

        public unsafe struct OwnPage
        {
            public Link List;
            public ulong Flags;
            public int Count;
            public long Total;
            public object? Owner;
            public Four Words;
            public ulong this[int word] { readonly get => Flags; set => Flags = value; }
            public void Reset() => this = default;
            public readonly int Read() => Count;
            public static OwnPage operator +(OwnPage page, int count) => page;
        }

        public unsafe struct RawPage
        {
            public fixed ulong Words[8];
        }

        public unsafe class Pages
        {
            [ReadOnlyTail(64)] public ref StructPage this[long index] { get => throw null!; }
            [ReadOnlyTail(64)] public ref OwnPage Own(long index) => throw null!;
            [ReadOnlyTail(64)] public ref RawPage Raw(int index) => throw null!;
            [ReadOnlyTail(64)] public ref readonly StructPage Read(long index) => throw null!;
            [ReadOnlyTail(64)] public ref readonly OwnPage ReadOwn(long index) => throw null!;
            [ReadOnlyTail(64)] public Span<StructPage> All => throw null!;
            [ReadOnlyTail(64)] public ReadOnlySpan<StructPage> AllRead => throw null!;
            [ReadOnlyTail(64)] public StructPage[] Array() => throw null!;
            [ReadOnlyTail(64)] public StructPage* Pointer => throw null!;
            [ReadOnlyTail(64, Index = "page")] public ref StructPage At(int node, int page) => throw null!;
            public ref StructPage Unmarked(long index) => throw null!;
            public int Length => 512;
        }

        public class Owned
        {
            [VmemmapState(VmemmapState.Optimized)] public bool IsFolded => throw null!;
            [ReadOnlyTail(64)] public ref StructPage At(int index) => throw null!;
            [ReadOnlyTail(64)] public Span<StructPage> All => throw null!;
            [VmemmapState(VmemmapState.Restored)] public void Unfold() => throw null!;
            [VmemmapState(VmemmapState.Restored)] public bool TryUnfold() => throw null!;
            [VmemmapState(VmemmapState.Optimized)] public void Fold() => throw null!;
            [VmemmapState(VmemmapState.Dissolved)] public void Free() => throw null!;
            [VmemmapState(VmemmapState.Dissolved)] public bool TryFree() => throw null!;
            [RestoredOnly] public void Scrub() => throw null!;
            [RestoredOnly] public long Sum => throw null!;
            [WritableCount] public int WritableCount => throw null!;
            public string Name => "";
        }

        /// What bodies may call.
        public class Calls
        {
            public HugePage<X64, ReserveOne>? FieldPage;
            public static Pages Shared = null!;
            public static void Other() { }
            public static void Use(HugePage<X64, ReserveOne> page) { }
            public static void Use(Owned owned) { }
            public static void ReadIt(in StructPage page) { }
            public static void ReadBy(ref readonly StructPage page) { }
            public static void ReadAll(ReadOnlySpan<StructPage> pages) { }
            public static void Copy(StructPage page) { }
            public static void Touch(ref StructPage page) { }
            public static void Make(out StructPage page) => page = default;
            public static void Bump(ref ulong word) { }
            public static void Bump(ref int word) { }
            public static void Fill(Span<StructPage> pages) { }
            public static void Fill(StructPage[] pages) { }
            public static unsafe void FillAt(StructPage* page) { }
            public static void Marked([ReadOnlyTail(64)] Span<StructPage> pages) { }
            public static ref StructPage Same(ref StructPage page) => ref page;
        }
        """;

    /// <summary>A file whose one method has this body; <see cref="Types"/> are its library.</summary>
    public static string Method(string body) => $$"""
        public class Case : Calls
        {
            public unsafe void Run(
                HugePage<X64, ReserveOne> page, HugePage<X64, ReserveOne> other, HugetlbPool<X64, ReserveOne> pool,
                Cpu<X64> cpu, VmemmapRemapper<X64> vmemmap, Owned owned, Pages pages, int i, int n, bool flag)
            {
                {{body}}
            }
        }

        """;

    /// <summary>A file with these members of <c>Case</c>; <see cref="Types"/> are its library.</summary>
    public static string WithMembers(string members) => $$"""
        public partial class Case : Calls
        {
            {{members}}
        }

        """;

    /// <summary>Checks the marks in a method's body, with more types behind it.</summary>
    public static void Body(string body, string types = "") => Verify<TailAccessAnalyzer>.Marks(Method(body) + types, library: Types);

    /// <summary>Checks the marks in members.</summary>
    public static void InMembers(string members) => Verify<TailAccessAnalyzer>.Marks(WithMembers(members), library: Types);

    /// <summary>Checks the marks in a method's body, and the message of the one that is there.</summary>
    public static void Message(string body, string message) => Verify<TailAccessAnalyzer>.Message(Method(body), message, library: Types);
}

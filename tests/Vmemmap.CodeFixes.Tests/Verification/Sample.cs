namespace Vmemmap.CodeFixes.Tests.Verification;

/// <summary>Files for fixes: a method whose body is the case, in a project with a user's own huge pages.</summary>
internal static class Sample
{
    /// <summary>A user's own types. Pages has a number in its marks and nothing else; Handle has all that fixes can use.</summary>
    public const string Types = """
        public struct OwnPage
        {
            public ulong Flags;
            public void SetFlags(ulong flags) => Flags = flags;
        }

        public class Pages
        {
            [ReadOnlyTail(64)] public ref StructPage At(long index) => throw null!;
            [ReadOnlyTail(64, Index = "index")] public ref StructPage Of(int node, uint index) => throw null!;
            [ReadOnlyTail(64)] public ref readonly StructPage Read(long index) => throw null!;
            [ReadOnlyTail(64)] public Span<StructPage> All => throw null!;
            public int Count => 512;
        }

        public sealed class Scope : IDisposable
        {
            public ref OwnPage this[int index] => throw null!;
            public void Dispose() { }
        }

        public class Handle
        {
            [VmemmapState(VmemmapState.Optimized)] public bool IsFolded => throw null!;
            [ReadOnlyTail(64)] public ref OwnPage this[ulong index] => throw null!;
            [ReadOnlyTail(64)] public ref OwnPage At(int index) => throw null!;
            [ReadOnlyTail(64)] public Span<OwnPage> All => throw null!;
            [VmemmapState(VmemmapState.Restored)] public Scope Unfold() => throw null!;
            [VmemmapState(VmemmapState.Optimized)] public void Fold() => throw null!;
            [RestoredOnly] public void Scrub() => throw null!;
        }

        """;

    /// <summary>A file with a method of this body.</summary>
    public static string Method(string body, string signature = "void Run") => $$"""
        public class Case
        {
            private readonly HugePage<X64, ReserveOne> _kept = null!;
            private HugePage<X64, ReserveOne> _held = null!;

            public unsafe {{signature}}(HugePage<X64, ReserveOne> page, HugePage<X64, ReserveOne> other, Pages pages, Handle handle, int i, long n, bool flag)
            {
        {{Indented(body, 2)}}
            }

            private static void Read(in StructPage page) { }
            private static void Touch(ref StructPage page) => page.Flags = 1;
            private static long Next() => 100;
        }

        {{Types}}
        """;

    /// <summary>A file with these members of a class.</summary>
    public static string Members(string members) => $$"""
        public class Case
        {
        {{Indented(members, 1)}}
        }

        {{Types}}
        """;

    private static string Indented(string text, int steps) => string.Join(
        "\n", text.Split('\n').Select(line => line.Length == 0 || line.StartsWith('#') ? line : new string(' ', 4 * steps) + line));
}

using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Memory;
using Vmemmap.Tests.Walking;

namespace Vmemmap.Tests.Formats;

/// <summary>A page-table format with its type erased, so that one test serves every architecture and both of its walkers.</summary>
internal abstract class Format
{
    public static Format Of(Architecture architecture)
    {
        Erasure erasure = default;
        return architecture.Accept<Erasure, Format>(ref erasure);
    }

    public abstract IPageTableFormat Members { get; }

    public abstract Outcome Translate(TestMemory memory, ulong root, ulong address);

    public abstract bool Walk(TestMemory memory, ulong root, ulong first, ulong last, ref SpanRecorder recorder);

    private struct Erasure : IArchitectureVisitor<Format>
    {
        public readonly Format Visit<TFormat>(TFormat format)
            where TFormat : struct, IPageTableFormat => new Erased<TFormat>(format);
    }

    private sealed class Erased<TFormat>(TFormat format) : Format
        where TFormat : struct, IPageTableFormat
    {
        public override IPageTableFormat Members => format;

        public override Outcome Translate(TestMemory memory, ulong root, ulong address)
        {
            bool succeeded = format.TryTranslate(in memory, root, address, out Translation translation);
            return Outcome.Of(succeeded, in translation);
        }

        public override bool Walk(TestMemory memory, ulong root, ulong first, ulong last, ref SpanRecorder recorder) =>
            PageTableWalk.Walk(format, in memory, root, first, last, ref recorder);
    }
}

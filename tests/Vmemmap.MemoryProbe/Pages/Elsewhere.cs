using System.Runtime.CompilerServices;
using Vmemmap.HugeTlb;

namespace Vmemmap.MemoryProbe;

/// <summary>Code that a snippet calls and whose body no rule sees, because it is in another assembly.</summary>
public static class Elsewhere
{
    [ThreadStatic]
    private static Folio? _held;

    /// <summary>Optimizes a huge page.</summary>
    /// <param name="page">The huge page.</param>
    public static void Optimize(Folio page) => ((ITransitions)page).Optimize();

    /// <summary>Restores a huge page.</summary>
    /// <param name="page">The huge page.</param>
    public static void Restore(Folio page) => ((ITransitions)page).Restore();

    /// <summary>Keeps a huge page for later.</summary>
    /// <param name="page">The huge page.</param>
    public static void Hold(Folio page) => _held = page;

    /// <summary>Optimizes the huge page that is kept.</summary>
    public static void OptimizeHeld() => Optimize(_held!);

    /// <summary>Throws, or does not.</summary>
    /// <param name="throws">Which.</param>
    public static void MayThrow(bool throws)
    {
        if (throws)
        {
            throw new OperationCanceledException();
        }
    }

    /// <summary>Runs it.</summary>
    /// <param name="action">What to run.</param>
    public static void Run(Action action) => action();

    /// <summary>The number that comes in.</summary>
    /// <param name="index">The number.</param>
    public static long Pick(long index) => index;

    /// <summary>The number that comes in.</summary>
    /// <param name="index">The number.</param>
    /// <param name="picked">The number.</param>
    public static void Pick(long index, out long picked) => picked = index;

    /// <summary>Changes a struct page.</summary>
    /// <param name="page">The struct page.</param>
    public static void Touch(ref StructPage page) => page.Flags += 3;

    /// <summary>Only reads a struct page.</summary>
    /// <param name="page">The struct page.</param>
    public static ulong Look(ref readonly StructPage page) => page.Flags;

    /// <summary>Replaces a struct page.</summary>
    /// <param name="page">The struct page.</param>
    public static void Replace(out StructPage page) => page = default;

    /// <summary>Changes a field.</summary>
    /// <param name="field">The field.</param>
    public static void Bump(ref int field) => field++;

    /// <summary>Changes struct pages.</summary>
    /// <param name="pages">The struct pages.</param>
    public static void Wipe(Span<StructPage> pages) => pages.Clear();

    /// <summary>Changes a struct page.</summary>
    /// <param name="page">The struct page.</param>
    public static unsafe void Poke(StructPage* page) => page->Flags += 3;

    /// <summary>The reference that comes in.</summary>
    /// <param name="page">The struct page.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ref StructPage Same(ref StructPage page) => ref page;
}

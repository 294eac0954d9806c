namespace Vmemmap.Tests.Simulation.Broken;

/// <summary>What an algorithm does wrong.</summary>
internal enum Mistake
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Frames are freed, and no TLB is flushed.</summary>
    NoFlush,

    /// <summary>Nobody waits for references that are being taken.</summary>
    NoGracePeriod,

    /// <summary>HPG_vmemmap_optimized is set when the head was copied already.</summary>
    FlagAfterCopy,

    /// <summary>A block is split without looking, under the lock, whether another CPU has done it.</summary>
    SplitWithoutLock,

    /// <summary>Restored pages keep the head's struct pages that they were aliases of (6.12.117).</summary>
    NoReset,

    /// <summary>No mistake: a restore that moves the head, too, and frees its old frame after the flush.</summary>
    MovesHeadBack,

    /// <summary>The same, and the old frame is freed before the flush.</summary>
    FreesBeforeFlush,

    /// <summary>Frames are freed twice.</summary>
    FreesTwice,
}

/// <summary>A mistake as a type.</summary>
internal interface IMistake
{
    static abstract Mistake What { get; }
}

internal readonly struct NoMistake : IMistake
{
    public static Mistake What => Mistake.None;
}

internal readonly struct NoFlush : IMistake
{
    public static Mistake What => Mistake.NoFlush;
}

internal readonly struct NoGracePeriod : IMistake
{
    public static Mistake What => Mistake.NoGracePeriod;
}

internal readonly struct FlagAfterCopy : IMistake
{
    public static Mistake What => Mistake.FlagAfterCopy;
}

internal readonly struct SplitWithoutLock : IMistake
{
    public static Mistake What => Mistake.SplitWithoutLock;
}

internal readonly struct NoReset : IMistake
{
    public static Mistake What => Mistake.NoReset;
}

internal readonly struct MovesHeadBack : IMistake
{
    public static Mistake What => Mistake.MovesHeadBack;
}

internal readonly struct FreesBeforeFlush : IMistake
{
    public static Mistake What => Mistake.FreesBeforeFlush;
}

internal readonly struct FreesTwice : IMistake
{
    public static Mistake What => Mistake.FreesTwice;
}

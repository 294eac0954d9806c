namespace Vmemmap.Dumps;

/// <summary>How the frames of one huge page's vmemmap repeat, before anything is concluded from it.</summary>
/// <param name="Pages">Vmemmap pages that its struct pages touch.</param>
/// <param name="Unknown">Those whose mapping is unknown or missing.</param>
/// <param name="DistinctFrames">Different frames among them.</param>
/// <param name="FirstFrame">Frame of page 0; null if unknown.</param>
/// <param name="HeadAliases">Pages 1.. that map page 0's frame.</param>
/// <param name="RepeatedFrame">The frame, other than page 0's, that most of pages 1.. map.</param>
/// <param name="RepeatedCount">Pages 1.. that map it; 1 or 0 if none repeats.</param>
/// <param name="RepeatedIsSecond">Whether it is page 1's.</param>
/// <param name="SecondWritable">Whether page 1 is writable.</param>
/// <param name="HeadAliasWritable">Whether any of pages 1.. that map page 0's frame is writable.</param>
/// <param name="RepeatedWritable">Whether any of pages 2.. that map the repeated frame is writable.</param>
internal readonly record struct VmemmapShape(
    int Pages,
    int Unknown,
    int DistinctFrames,
    ulong? FirstFrame,
    int HeadAliases,
    ulong RepeatedFrame,
    int RepeatedCount,
    bool RepeatedIsSecond,
    bool SecondWritable,
    bool HeadAliasWritable,
    bool RepeatedWritable)
{
    /// <summary>Reads the shape off the slots of a huge page.</summary>
    /// <param name="slots">Its vmemmap pages in order.</param>
    /// <param name="scratch">As long as <paramref name="slots"/>; overwritten.</param>
    public static VmemmapShape Of(ReadOnlySpan<Slot> slots, Span<ulong> scratch)
    {
        Slot head = slots[0];
        int mapped = 0;
        int headAliases = 0;
        bool headAliasWritable = false;
        for (int i = 0; i < slots.Length; i++)
        {
            if (!slots[i].IsMapped)
            {
                continue;
            }

            scratch[mapped++] = slots[i].Frame;
            if (i > 0 && head.IsMapped && slots[i].Frame == head.Frame)
            {
                headAliases++;
                headAliasWritable |= slots[i].Writable;
            }
        }

        (int distinct, ulong repeated, int count) = MostRepeated(scratch[..mapped], head);
        bool repeatedWritable = false;
        for (int i = 2; i < slots.Length; i++)
        {
            repeatedWritable |= slots[i].IsMapped && slots[i].Frame == repeated && slots[i].Writable;
        }

        return new VmemmapShape(
            slots.Length,
            slots.Length - mapped,
            distinct,
            head.IsMapped ? head.Frame : null,
            headAliases,
            repeated,
            count,
            slots.Length > 1 && count > 0 && slots[1].IsMapped && slots[1].Frame == repeated,
            slots.Length > 1 && slots[1].Writable,
            headAliasWritable,
            repeatedWritable);
    }

    private static (int Distinct, ulong Frame, int Count) MostRepeated(Span<ulong> frames, Slot first)
    {
        frames.Sort();
        int distinct = 0;
        ulong best = 0;
        int bestCount = 0;
        for (int i = 0; i < frames.Length;)
        {
            int end = i + 1;
            while (end < frames.Length && frames[end] == frames[i])
            {
                end++;
            }

            distinct++;
            if (end - i > bestCount && !(first.IsMapped && frames[i] == first.Frame))
            {
                best = frames[i];
                bestCount = end - i;
            }

            i = end;
        }

        return (distinct, best, bestCount);
    }
}

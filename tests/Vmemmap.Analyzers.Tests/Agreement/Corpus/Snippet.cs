using System.Globalization;
using Vmemmap.Analyzers.Tests.Agreement.Grammar;
using Vmemmap.MemoryProbe;

namespace Vmemmap.Analyzers.Tests.Agreement.Corpus;

/// <summary>One write to a struct page, as a method.</summary>
/// <param name="Number">Its number in the corpus.</param>
/// <param name="State">How the huge page comes to be in a state.</param>
/// <param name="Write">How the struct page is written.</param>
/// <param name="Index">How its index is come by.</param>
/// <param name="Target">For which architecture and layout.</param>
internal sealed record Snippet(int Number, StateForm State, WriteForm Write, IndexForm Index, Target Target)
{
    /// <summary>Name of the method that is called.</summary>
    public string Method => string.Create(CultureInfo.InvariantCulture, $"S{Number:d4}");

    /// <summary>Name of the method that has the write.</summary>
    public string JudgedMethod => State.Judged is null ? Method : Method + "Judged";

    /// <summary>What it is made of.</summary>
    public string Name => $"{Method}: {Target.Name} / {State.Name} / {Write.Name} / {Index.Name}";

    /// <summary>Whether the forms go together.</summary>
    public static bool Fits(StateForm state, WriteForm write, IndexForm index) =>
        state.Gives.HasFlag(write.Through)
        && state.Gives.HasFlag(index.Through)
        && (!state.IsSplit || write.Take.Length > 0)
        && (state.MayReturn || !index.Template.Contains("return;", StringComparison.Ordinal));

    /// <summary>Everything that it may be run with.</summary>
    public IEnumerable<PageInput> Inputs()
    {
        long[] numbers = [.. Write.IsChecked ? Index.Inside(Target).Concat(Index.Outside(Target)) : Index.Inside(Target)];
        bool[] flags = State.UsesFlag || Write.UsesFlag || Index.UsesFlag ? [false, true] : [false];
        bool[] shortages = State.Remaps ? [false, true] : [false];
        VmemmapState?[] others = State.UsesOther || Index.Through == Through.Other ? [VmemmapState.Fresh, VmemmapState.Optimized, null] : [null];
        return
            from state in new[] { VmemmapState.Fresh, VmemmapState.Optimized, VmemmapState.Restored }
            where State.Admits.HasFlag((States)(1 << (int)state))
            from other in others
            from isShort in shortages
            from number in numbers.Distinct()
            from flag in flags
            select new PageInput(state, other, isShort, number, flag);
    }
}

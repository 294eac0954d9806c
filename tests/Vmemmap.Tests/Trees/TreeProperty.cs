using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Vmemmap.Tests.Manuals;

namespace Vmemmap.Tests.Trees;

/// <summary>Checks a property of random trees or words with FsCheck, from a fixed seed, so that a failure comes back at every run.</summary>
internal static class TreeProperty
{
    private const ulong Seed = 0x766d_656d_6d61_7031;

    public static void Holds(string architecture, int trees, Action<RandomTree> property)
    {
        Manual manual = AllManuals.Of(architecture);
        Gen<RandomTree> generator = Gen.Choose(0, int.MaxValue - 1).Select(seed => TreeGrower.Grow(manual, seed, RandomTree.FullBudget));
        Arbitrary<RandomTree> tree = Arb.From(generator, Smaller);
        Holds(tree, trees, property);
    }

    /// <summary>Checks a property of random words.</summary>
    public static void HoldsForWords(int words, Action<ulong> property) => Holds(Arb.From(Words), words, property);

    /// <summary>Random words: any 64 bits, and a few bits set or cleared.</summary>
    public static Gen<ulong> Words
    {
        get
        {
            Gen<ulong> few = Gen.Choose(0, 63).ListOf(4).Select(bits => bits.Aggregate(1UL, (word, bit) => word | 1UL << bit));
            Gen<ulong> whole = Gen.Choose(0, int.MaxValue).Two()
                .Select(p => (ulong)p.Item1 << 33 ^ (ulong)p.Item2 << 1 ^ (ulong)(p.Item1 & 1));
            return Gen.OneOf(few, few.Select(w => ~w | 1), whole, whole.Select(w => w | 1));
        }
    }

    /// <summary>Checks a property of random values.</summary>
    public static void Holds<T>(Arbitrary<T> values, int count, Action<T> property) =>
        Prop.ForAll(values, property).Check(Config.QuickThrowOnFailure
            .WithMaxTest(count)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Seed, Seed | 1), FSharpOption<int>.None))));

    // A smaller tree of the same seed is another tree, but often one that fails as well and is quicker to read.
    private static IEnumerable<RandomTree> Smaller(RandomTree tree) =>
        Enumerable.Range(1, tree.Budget - 1).Select(budget => TreeGrower.Grow(tree.Manual, tree.Seed, budget));
}

using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>
/// Random sequences of steps with FsCheck, from a fixed seed; a failure is shrunk to a short sequence. A step is three numbers whose meaning
/// the test gives them, so that any sequence is a valid one.
/// </summary>
internal static class RandomSteps
{
    private const ulong Seed = 0x766d_656d_6d61_7032;

    public static void Hold(int sequences, int length, Action<(int Kind, int A, int B)[]> property)
    {
        Gen<int> number = Gen.Choose(0, 1 << 20);
        Gen<(int, int, int)[]> steps = number.Three().Select(n => (n.Item1, n.Item2, n.Item3)).ArrayOf(length);
        Arbitrary<(int, int, int)[]> arbitrary = Arb.From(steps, Shorter);
        Prop.ForAll(arbitrary, property).Check(Config.QuickThrowOnFailure
            .WithMaxTest(sequences)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Seed, Seed | 1), FSharpOption<int>.None))));
    }

    private static IEnumerable<(int, int, int)[]> Shorter((int, int, int)[] steps)
    {
        for (int run = steps.Length / 2; run > 0; run /= 2)
        {
            for (int start = 0; start + run <= steps.Length; start += run)
            {
                yield return [.. steps[..start], .. steps[(start + run)..]];
            }
        }
    }
}

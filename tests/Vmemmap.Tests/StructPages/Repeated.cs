using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Vmemmap.Tests.StructPages;

/// <summary>Checks a property with FsCheck from a fixed seed, so that a failure comes back at every run.</summary>
internal static class Repeated
{
    public static void Holds<T>(Gen<T> values, int count, Action<T> property) =>
        Prop.ForAll(values.ToArbitrary(), property).Check(Config.QuickThrowOnFailure
            .WithMaxTest(count)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(7, 3), FSharpOption<int>.None))));
}

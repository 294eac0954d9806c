using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Threads of their own that start at one moment; the first failure of any of them is the test's.</summary>
internal static class Together
{
    /// <param name="threads">How many.</param>
    /// <param name="work">What each does, by its number.</param>
    /// <param name="limit">When to give up: who waits for ever is left behind, and fails the test. Null: never.</param>
    public static void Run(int threads, Action<int> work, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        using Barrier start = new(threads);
        Exception? failure = null;
        Thread[] all = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int number = i;
            all[i] = new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    work(number);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                }
            })
            {
                IsBackground = limit is not null,
            };
            all[i].Start();
        }

        foreach (Thread thread in all)
        {
            if (limit is not { } most)
            {
                thread.Join();
            }
            else if (!thread.Join(clock.Elapsed < most ? most - clock.Elapsed : TimeSpan.Zero))
            {
                // A thread that failed may be what the others wait for.
                throw failure ?? new TimeoutException($"After {most.TotalSeconds} s not every thread has ended.");
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}

using System.Runtime.ExceptionServices;

namespace Vmemmap.Tests.Simulation.Memory;

/// <summary>Threads of their own that start at one moment; the first failure of any of them is the test's.</summary>
internal static class Together
{
    public static void Run(int threads, Action<int> work)
    {
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
            });
            all[i].Start();
        }

        foreach (Thread thread in all)
        {
            thread.Join();
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}

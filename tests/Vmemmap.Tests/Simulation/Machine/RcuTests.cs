using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Memory;

namespace Vmemmap.Tests.Simulation.Machine;

/// <summary>Grace periods.</summary>
public class RcuTests
{
    [Fact]
    public void WhatReadersMayStillSee_IsNotFreed()
    {
        const int Rounds = 20_000;
        Machine<X64> machine = Make();
        int[] freed = new int[Rounds + 1];
        int current = 0;
        Together.Run(3, number =>
        {
            Cpu<X64> cpu = machine.Cpus[number];
            if (number == 0)
            {
                for (int round = 1; round <= Rounds; round++)
                {
                    Volatile.Write(ref current, round);
                    machine.Rcu.Synchronize(cpu);
                    Volatile.Write(ref freed[round - 1], 1);
                }

                return;
            }

            while (Volatile.Read(ref current) is var seen && seen < Rounds)
            {
                using Rcu<X64>.ReadSection outer = machine.Rcu.Read(cpu);
                int pointer = Volatile.Read(ref current);
                using (machine.Rcu.Read(cpu))
                {
                    Thread.SpinWait(pointer % 16);
                }

                if (Volatile.Read(ref freed[pointer]) != 0)
                {
                    throw new InvalidOperationException($"{pointer} was freed under a reader");
                }
            }
        });
        Assert.Equal(Rounds, machine.Count().RcuSynchronizations);
    }

    [Fact]
    public void AWaitThatCannotEnd_IsAnInconsistency()
    {
        Machine<X64> machine = Make();
        Rcu<X64>.ReadSection section = machine.Rcu.Read(machine.Cpus[1]);
        Assert.Contains("read section of CPU 1", Assert.Throws<InconsistentMachineException>(() => machine.Rcu.Synchronize(machine.Cpus[0])).Message, StringComparison.Ordinal);
        Assert.Contains("of its own", Assert.Throws<InconsistentMachineException>(() => machine.Rcu.Synchronize(machine.Cpus[1])).Message, StringComparison.Ordinal);
        section.Dispose();
        machine.Rcu.Synchronize(machine.Cpus[0]);
    }

    private static Machine<X64> Make() => new(MachineOptions.OfSize(1UL << 27) with { Cpus = 3 });
}

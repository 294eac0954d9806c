namespace Vmemmap.Simulation;

/// <summary>
/// Read-copy-update of a machine: readers mark where they look, and <see cref="Synchronize"/> waits for those who already did. Any
/// thread, one thread a CPU at a time.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
public sealed class Rcu<TArch>
    where TArch : struct, IArchitecture
{
    private readonly Machine<TArch> _machine;
    private long _period = 1;

    internal Rcu(Machine<TArch> machine) => _machine = machine;

    /// <summary>Enters a read section (rcu_read_lock); dispose of the result to leave it. Sections nest.</summary>
    /// <param name="cpu">The CPU that reads.</param>
    public ReadSection Read(Cpu<TArch> cpu)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        if (cpu.RcuNesting++ == 0)
        {
            cpu.RcuThread = Environment.CurrentManagedThreadId;
            Volatile.Write(ref cpu.RcuPeriod, Volatile.Read(ref _period));

            // The mark must be seen before anything is read under it.
            Interlocked.MemoryBarrier();
        }

        return new ReadSection(cpu);
    }

    /// <summary>Waits until every read section that was open when it was called is left (synchronize_rcu).</summary>
    /// <param name="cpu">The CPU that waits.</param>
    /// <exception cref="InconsistentMachineException">The wait could never end: this CPU, or another one driven by this thread, is in a
    /// read section and nothing can move it on; or this CPU holds a lock under which nobody may sleep.</exception>
    public void Synchronize(Cpu<TArch> cpu)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.Counters.RcuSynchronizations++;
        if (cpu.RcuNesting > 0)
        {
            throw new InconsistentMachineException($"CPU {cpu.Number} waits for a grace period inside a read section of its own.");
        }

        if (cpu.LocksHeld > 0)
        {
            throw new InconsistentMachineException($"CPU {cpu.Number} waits for a grace period while it holds a lock under which nobody may sleep.");
        }

        long period = Interlocked.Increment(ref _period);
        foreach (Cpu<TArch> other in _machine.CpuArray)
        {
            var spin = default(SpinWait);
            while (Volatile.Read(ref other.RcuPeriod) is var entered && entered != 0 && entered < period)
            {
                if (other.RcuThread == Environment.CurrentManagedThreadId && !_machine.Raise(MachineEvent.RcuWait, cpu))
                {
                    throw new InconsistentMachineException(
                        $"CPU {cpu.Number} waits for a read section of CPU {other.Number}, which the same thread drives: it would wait for ever.");
                }

                spin.SpinOnce();
            }
        }
    }

    /// <summary>An open read section.</summary>
    public readonly ref struct ReadSection
    {
        private readonly Cpu<TArch> _cpu;

        internal ReadSection(Cpu<TArch> cpu) => _cpu = cpu;

        /// <summary>Leaves the section (rcu_read_unlock).</summary>
        public void Dispose()
        {
            if (--_cpu.RcuNesting == 0)
            {
                Volatile.Write(ref _cpu.RcuPeriod, 0);
            }
        }
    }
}

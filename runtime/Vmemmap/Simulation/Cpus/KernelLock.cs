namespace Vmemmap.Simulation;

/// <summary>
/// A lock of the simulated kernel. Each acquisition is counted; a CPU that holds one under which nobody may sleep must not allocate.
/// </summary>
/// <param name="name">The kernel's name for it.</param>
/// <param name="sleeps">Whether its holder may sleep, and so allocate.</param>
public sealed class KernelLock(string name, bool sleeps = false)
{
    private readonly Lock _lock = new();

    /// <summary>The kernel's name for it.</summary>
    public string Name { get; } = name;

    /// <summary>Takes it; dispose of the result to give it back.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="cpu">The CPU that takes it.</param>
    /// <exception cref="InconsistentMachineException">This thread holds it already, by this CPU or by another one that it drives.</exception>
    public Scope<TArch> Hold<TArch>(Cpu<TArch> cpu)
        where TArch : struct, IArchitecture
    {
        ArgumentNullException.ThrowIfNull(cpu);
        if (_lock.IsHeldByCurrentThread)
        {
            throw new InconsistentMachineException($"CPU {cpu.Number} waits for {Name}, which the same thread holds: it would wait for ever.");
        }

        _lock.Enter();
        cpu.Counters.LockAcquisitions++;
        cpu.LocksHeld += sleeps ? 0 : 1;
        return new Scope<TArch>(this, cpu);
    }

    private void Release<TArch>(Cpu<TArch> cpu)
        where TArch : struct, IArchitecture
    {
        cpu.LocksHeld -= sleeps ? 0 : 1;
        _lock.Exit();
    }

    /// <summary>A lock that is held.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    public readonly ref struct Scope<TArch>
        where TArch : struct, IArchitecture
    {
        private readonly KernelLock _owner;
        private readonly Cpu<TArch> _cpu;

        internal Scope(KernelLock owner, Cpu<TArch> cpu)
        {
            _owner = owner;
            _cpu = cpu;
        }

        /// <summary>Gives the lock back.</summary>
        public void Dispose()
        {
            _owner.Release(_cpu);
        }
    }
}

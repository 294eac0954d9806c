namespace Vmemmap.Simulation;

/// <summary>
/// A reader-writer semaphore of the simulated kernel (struct rw_semaphore): many hold it to read, or one to write, and either may sleep and
/// allocate. Each acquisition is counted. What needs it says so, and is stopped where it is not held.
/// </summary>
/// <param name="name">The kernel's name for it.</param>
public sealed class KernelSemaphore(string name) : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new(LockRecursionPolicy.NoRecursion);

    /// <summary>The kernel's name for it.</summary>
    public string Name { get; } = name;

    /// <summary>Whether this thread holds it, to read or to write.</summary>
    public bool IsHeld => _lock.IsReadLockHeld || _lock.IsWriteLockHeld;

    /// <summary>Whether this thread holds it to write.</summary>
    public bool IsHeldToWrite => _lock.IsWriteLockHeld;

    /// <summary>Takes it to read (down_read); dispose of the result to give it back.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="cpu">The CPU that takes it.</param>
    /// <exception cref="InconsistentMachineException">This thread holds it already, or the CPU holds a lock under which nobody may sleep.</exception>
    public Scope HoldToRead<TArch>(Cpu<TArch> cpu)
        where TArch : struct, IArchitecture
    {
        CheckWait(cpu);
        _lock.EnterReadLock();
        cpu.Counters.LockAcquisitions++;
        return new Scope(_lock, toWrite: false);
    }

    /// <summary>Takes it to write (down_write); dispose of the result to give it back.</summary>
    /// <typeparam name="TArch">The machine's architecture.</typeparam>
    /// <param name="cpu">The CPU that takes it.</param>
    /// <exception cref="InconsistentMachineException">This thread holds it already, or the CPU holds a lock under which nobody may sleep.</exception>
    public Scope HoldToWrite<TArch>(Cpu<TArch> cpu)
        where TArch : struct, IArchitecture
    {
        CheckWait(cpu);
        _lock.EnterWriteLock();
        cpu.Counters.LockAcquisitions++;
        return new Scope(_lock, toWrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>Stops who does something that needs it, and does not hold it (lockdep_assert_held).</summary>
    /// <param name="toWrite">Whether it must be held to write.</param>
    /// <exception cref="InconsistentMachineException">It is not held.</exception>
    internal void RequireHeld(bool toWrite)
    {
        if (!(toWrite ? IsHeldToWrite : IsHeld))
        {
            throw new InconsistentMachineException($"{Name} must be held{(toWrite ? " to write" : string.Empty)} here, and is not.");
        }
    }

    private void CheckWait<TArch>(Cpu<TArch> cpu)
        where TArch : struct, IArchitecture
    {
        ArgumentNullException.ThrowIfNull(cpu);
        if (IsHeld)
        {
            throw new InconsistentMachineException($"CPU {cpu.Number} waits for {Name}, which the same thread holds: it would wait for ever.");
        }

        if (cpu.LocksHeld > 0)
        {
            throw new InconsistentMachineException($"CPU {cpu.Number} waits for {Name} while it holds a lock under which nobody may sleep.");
        }
    }

    /// <summary>A semaphore that is held.</summary>
    public readonly ref struct Scope
    {
        private readonly ReaderWriterLockSlim _owner;
        private readonly bool _toWrite;

        internal Scope(ReaderWriterLockSlim owner, bool toWrite)
        {
            _owner = owner;
            _toWrite = toWrite;
        }

        /// <summary>Gives it back.</summary>
        public void Dispose()
        {
            if (_toWrite)
            {
                _owner.ExitWriteLock();
            }
            else
            {
                _owner.ExitReadLock();
            }
        }
    }
}

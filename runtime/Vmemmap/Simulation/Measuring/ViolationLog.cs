namespace Vmemmap.Simulation;

/// <summary>The violations of a machine: every one is counted, the first are kept. Any thread.</summary>
public sealed class ViolationLog
{
    /// <summary>How many are kept whole.</summary>
    public const int Kept = 1024;

    private readonly Lock _lock = new();
    private readonly List<Violation> _first = [];
    private readonly long[] _counts = new long[Enum.GetValues<ViolationKind>().Length];

    internal ViolationLog()
    {
    }

    /// <summary>All violations.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
            {
                return _counts.Sum();
            }
        }
    }

    /// <summary>Violations of one kind.</summary>
    /// <param name="kind">The kind.</param>
    public long this[ViolationKind kind]
    {
        get
        {
            lock (_lock)
            {
                return _counts[(int)kind];
            }
        }
    }

    /// <summary>The first <see cref="Kept"/> of them.</summary>
    public IReadOnlyList<Violation> First
    {
        get
        {
            lock (_lock)
            {
                return [.. _first];
            }
        }
    }

    internal void Report(in Violation violation)
    {
        lock (_lock)
        {
            _counts[(int)violation.Kind]++;
            if (_first.Count < Kept)
            {
                _first.Add(violation);
            }
        }
    }
}

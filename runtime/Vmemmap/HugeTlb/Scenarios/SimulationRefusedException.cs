namespace Vmemmap.HugeTlb;

/// <summary>A simulation was asked for that cannot be: the message is one line that names the value and its limit.</summary>
public sealed class SimulationRefusedException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">The value and its limit.</param>
    public SimulationRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">The value and its limit.</param>
    /// <param name="inner">What found it out.</param>
    public SimulationRefusedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

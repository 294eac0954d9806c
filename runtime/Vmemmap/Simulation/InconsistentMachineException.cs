namespace Vmemmap.Simulation;

/// <summary>
/// The simulated machine contradicts itself: its books say two things of one page. It is a mistake of the code that drives the machine
/// (or a broken variant that was meant to be caught), never of the user's input; the machine is of no further use.
/// </summary>
public sealed class InconsistentMachineException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was asked for, with its numbers, and what it contradicts.</param>
    public InconsistentMachineException(string message)
        : base(message)
    {
    }
}

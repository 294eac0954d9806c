using Vmemmap.MemoryProbe;

namespace Vmemmap.Analyzers.Tests.Agreement.Running;

/// <summary>What all runs of a snippet did.</summary>
internal sealed class Outcome
{
    public int Runs { get; private set; }

    /// <summary>Runs that wrote a struct page.</summary>
    public int Reached { get; private set; }

    /// <summary>Runs that wrote an alias.</summary>
    public int Faulted { get; private set; }

    /// <summary>A run that wrote an alias.</summary>
    public (PageInput Input, int Architecture)? Fault { get; private set; }

    /// <summary>A run that wrote no alias, only what has a frame of its own.</summary>
    public (PageInput Input, int Architecture)? Pass { get; private set; }

    public void Add(in PageInput input, int architecture, RunResult result)
    {
        Runs++;
        if (result.Faulted)
        {
            Faulted++;
            Fault ??= (input, architecture);
        }
        else if (result.Reached)
        {
            Pass ??= (input, architecture);
        }

        Reached += result.Reached ? 1 : 0;
    }
}

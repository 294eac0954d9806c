namespace Vmemmap.Analyzers.Tests.Agreement.Verdicts;

/// <summary>In which of the runs that reach its write a snippet writes an alias.</summary>
internal enum Happens
{
    Never,
    Sometimes,
    Always,
}

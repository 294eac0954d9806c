namespace Vmemmap.Tests.Simulation.Stress;

/// <summary>What a PFN walker may be told.</summary>
internal static class Answers
{
    /// <summary>A frame's head is the frame itself, or begins a naturally aligned huge page of one of the architecture's sizes that has the frame.</summary>
    public static void RequirePlausible<TArch>(ulong pfn, ulong head)
        where TArch : struct, IArchitecture
    {
        bool plausible = head == pfn;
        foreach (Hstate hstate in TArch.Hstates)
        {
            plausible |= head == (pfn & (ulong.MaxValue << hstate.Order));
        }

        if (!plausible)
        {
            Assert.Fail($"The head of 0x{pfn:x} was said to be 0x{head:x}, where no huge page that has it begins.");
        }
    }
}

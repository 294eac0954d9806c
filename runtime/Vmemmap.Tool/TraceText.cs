using System.Globalization;
using Vmemmap.Dumps;

namespace Vmemmap.Tool;

/// <summary>A translation level by level, laid out as crash's vtop prints it: entry address => raw entry.</summary>
internal static class TraceText
{
    public static void Write(KernelImage kernel, ulong address, IReadOnlyList<TraceStep> steps, TextWriter output)
    {
        if (steps.Count == 0)
        {
            output.Write($"  {NumberText.Hex(address)} is not an address that {kernel.Architecture.Name}'s kernel root table translates\n");
            return;
        }

        foreach (TraceStep step in steps)
        {
            string entry = step.Entry is { } raw ? raw.ToString("x", CultureInfo.InvariantCulture) : "(not in the image)";
            string kind = step.Kind switch
            {
                EntryKind.NotPresent => "  not present",
                EntryKind.Reserved => "  reserved pattern",
                EntryKind.Leaf when step.Level < kernel.Architecture.Levels.Count - 1 => "  block",
                _ => string.Empty,
            };
            output.Write(string.Create(CultureInfo.InvariantCulture, $"   {step.Name}: {step.EntryAddress:x} => {entry}   [{step.Index}]{kind}\n"));
        }
    }
}

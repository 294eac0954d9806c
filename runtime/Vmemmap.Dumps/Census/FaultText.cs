namespace Vmemmap.Dumps;

/// <summary>A walk's fault in words: level, place and raw entry.</summary>
internal static class FaultText
{
    public static string Of(in WalkFault fault, Architecture architecture)
    {
        string level = architecture.Levels[fault.Level].Name;
        return fault.Reason switch
        {
            TranslationFault.Absent => $"the {level} table entry at 0x{fault.EntryAddress:x} is not in the image",
            TranslationFault.Cycle => $"the {level} entry 0x{fault.Entry:x} at 0x{fault.EntryAddress:x} points back to a table above it",
            _ => $"the {level} entry 0x{fault.Entry:x} at 0x{fault.EntryAddress:x} has a pattern that {architecture.Name} reserves",
        };
    }
}

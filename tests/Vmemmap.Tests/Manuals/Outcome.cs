namespace Vmemmap.Tests.Manuals;

/// <summary>Everything that a translation says, comparable.</summary>
internal readonly record struct Outcome(
    TranslationFault Fault,
    int Level,
    ulong EntryAddress,
    ulong Entry,
    ulong PhysicalAddress = 0,
    ulong Size = 0,
    bool IsWritable = false,
    bool IsContiguous = false)
{
    public static Outcome Of(bool succeeded, in Translation t)
    {
        Assert.Equal(succeeded, t.Fault == TranslationFault.None);
        return new(t.Fault, t.Level, t.EntryAddress, t.Entry, t.PhysicalAddress, t.Size, t.IsWritable, t.IsContiguous);
    }

    public override string ToString() => Fault == TranslationFault.None
        ? $"0x{PhysicalAddress:x} size 0x{Size:x} {(IsWritable ? "rw" : "ro")}{(IsContiguous ? " contiguous" : "")} "
            + $"by 0x{Entry:x} at 0x{EntryAddress:x}, level {Level}"
        : $"{Fault} by 0x{Entry:x} at 0x{EntryAddress:x}, level {Level}";
}

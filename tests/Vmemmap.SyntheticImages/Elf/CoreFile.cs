namespace Vmemmap.SyntheticImages;

/// <summary>An ELF core of a memory that somebody else made.</summary>
public static class CoreFile
{
    /// <summary>Writes it.</summary>
    /// <param name="memory">The frames that are in it.</param>
    /// <param name="family">The machine.</param>
    /// <param name="vmcoreInfo">The text of VMCOREINFO.</param>
    /// <param name="output">Where to; it is truncated behind the core.</param>
    public static void Write(PhysicalMemory memory, CpuFamily family, string vmcoreInfo, Stream output)
    {
        ushort machine = family switch
        {
            CpuFamily.X64 => 62,
            CpuFamily.Arm64 => 183,
            _ => 243,
        };
        new ElfCoreWriter(memory, machine, vmcoreInfo, qemuState: null, address => address).Write(output);
    }
}

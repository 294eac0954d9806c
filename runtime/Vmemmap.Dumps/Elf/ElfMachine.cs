namespace Vmemmap.Dumps;

/// <summary>
/// The machine that an ELF file is of (e_machine). Named are those with 64-bit little-endian Linux; any other number is possible.
/// </summary>
public enum ElfMachine : ushort
{
    /// <summary>EM_NONE.</summary>
    None = 0,

    /// <summary>EM_PPC64.</summary>
    PowerPc64 = 21,

    /// <summary>EM_X86_64.</summary>
    X64 = 62,

    /// <summary>EM_AARCH64.</summary>
    Arm64 = 183,

    /// <summary>EM_RISCV.</summary>
    RiscV = 243,

    /// <summary>EM_LOONGARCH.</summary>
    LoongArch = 258,
}

using System.Buffers.Binary;

namespace Vmemmap.SyntheticImages;

/// <summary>QEMU's CPU state note (target/i386/arch_dump.c): 440 bytes, CR0 to CR4 from 392 on.</summary>
internal static class QemuState
{
    private const int Length = 440;
    private const int ControlRegisters = 392;
    private const ulong PhysicalAddressExtension = 1 << 5;
    private const ulong FiveLevels = 1 << 12;

    /// <summary>The state of a CPU in user mode: CR3 holds an address space identifier, and is not the kernel's root.</summary>
    internal static byte[] Encode(bool fiveLevels, ulong userRoot)
    {
        byte[] state = new byte[Length];
        BinaryPrimitives.WriteInt32LittleEndian(state, 1);
        BinaryPrimitives.WriteInt32LittleEndian(state.AsSpan(4), Length);
        Register(state, 0, 0x80050033);
        Register(state, 3, userRoot | 0x805);
        Register(state, 4, PhysicalAddressExtension | (fiveLevels ? FiveLevels : 0));
        return state;
    }

    private static void Register(byte[] state, int number, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(state.AsSpan(ControlRegisters + (8 * number)), value);
}

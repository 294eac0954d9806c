namespace Vmemmap.Dumps;

/// <summary>A note of a core. <see cref="ElfCore.Descriptor"/> gives its content.</summary>
/// <param name="Name">The owner, such as "CORE", "QEMU" or "VMCOREINFO", without the terminating NUL.</param>
/// <param name="Type">The owner's number for what it is; 1 is NT_PRSTATUS of CORE.</param>
/// <param name="FileOffset">Where the content starts in the (uncompressed) file.</param>
/// <param name="Length">Bytes of content, without padding.</param>
public sealed record ElfNote(string Name, uint Type, long FileOffset, int Length);

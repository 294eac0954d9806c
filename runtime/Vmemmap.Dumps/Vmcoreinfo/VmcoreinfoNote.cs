using System.Diagnostics.CodeAnalysis;

namespace Vmemmap.Dumps;

/// <summary>VMCOREINFO as a note of a core: kdump has it, and QEMU where its vmcoreinfo device is on.</summary>
public static class VmcoreinfoNote
{
    /// <summary>The owner that the kernel writes.</summary>
    public const string Name = "VMCOREINFO";

    /// <summary>Finds the note.</summary>
    /// <param name="core">The core.</param>
    /// <param name="vmcoreinfo">What it says: of several notes, the first that names a kernel release.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryFind(ElfCore core, [NotNullWhen(true)] out Vmcoreinfo? vmcoreinfo)
    {
        ArgumentNullException.ThrowIfNull(core);
        foreach (ElfNote note in core.Notes)
        {
            if (note.Name == Name)
            {
                vmcoreinfo = Vmcoreinfo.Parse(core.Descriptor(note), core.Path, "the VMCOREINFO note");
                if (vmcoreinfo.OsRelease is not null)
                {
                    return true;
                }
            }
        }

        vmcoreinfo = null;
        return false;
    }
}

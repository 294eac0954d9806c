namespace Vmemmap.Dumps.Tests;

public sealed class VmcoreinfoNoteTests
{
    [Fact]
    public void NoteWithPaddingNuls_IsRead_AndEmptyOnesArePassedOver()
    {
        using var folder = new ScratchFolder();
        byte[] notes =
        [
            .. CoreWriter.Note("VMCOREINFO", 0, new byte[16]),
            .. CoreWriter.Note("VMCOREINFO_XEN", 0, "OSRELEASE=1.1\n"u8.ToArray()),
            .. CoreWriter.Note("VMCOREINFO", 0, "OSRELEASE=6.1\nPAGESIZE=4096\n\0\0\0\0\0"u8.ToArray()),
        ];
        using ElfCore core = ElfCore.Open(folder.Write(new CoreWriter().Notes(notes).Load(0, new byte[8]).Build()));
        Assert.True(VmcoreinfoNote.TryFind(core, out Vmcoreinfo? info));
        Assert.Equal("6.1", info.OsRelease);
        Assert.Equal(["OSRELEASE", "PAGESIZE"], info.Keys);
        Assert.Equal("the VMCOREINFO note", info.Source);
    }

    [Fact]
    public void NoNote_IsNoError()
    {
        using var folder = new ScratchFolder();
        using ElfCore core = ElfCore.Open(folder.Write(new CoreWriter().Load(0, new byte[8]).Build()));
        Assert.False(VmcoreinfoNote.TryFind(core, out _));
    }
}

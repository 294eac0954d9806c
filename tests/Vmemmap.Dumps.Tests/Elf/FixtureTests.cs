namespace Vmemmap.Dumps.Tests;

/// <summary>The real images.</summary>
public sealed class FixtureTests
{
    public static TheoryData<string, ElfMachine, string> Images => new()
    {
        { "x86_64-6.12-4level-kaslr", ElfMachine.X64, "CORE QEMU VMCOREINFO" },
        { "arm64-6.1-64k-va48-hvo", ElfMachine.Arm64, "CORE CORE VMCOREINFO" },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void Vmcoreinfo_IsThatOfTheGuest(string name, ElfMachine machine, string notes)
    {
        using ElfCore core = ElfCore.Open(Fixture.Image(name));
        Assert.Equal(machine, core.Machine);
        Assert.Equal(notes, string.Join(' ', core.Notes.Select(n => n.Name)));
        Assert.Empty(core.Warnings);

        Assert.True(VmcoreinfoNote.TryFind(core, out Vmcoreinfo? info));
        Assert.Empty(info.Warnings);
        Assert.Equal(Fixture.Vmcoreinfo(name), info.Keys.Select(info.LineOf));
        Assert.All(info.Keys, key => Assert.True(ReadsAs(info, key), key));
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void GzipAndPlain_ReadTheSame(string name, ElfMachine machine, string notes)
    {
        using var folder = new ScratchFolder();
        using ElfCore packed = ElfCore.Open(Fixture.Image(name));
        using ElfCore plain = ElfCore.Open(folder.Write(Fixture.Unpacked(name)));
        Assert.Equal(machine, plain.Machine);
        Assert.Equal(notes, string.Join(' ', plain.Notes.Select(n => n.Name)));
        Assert.Equal(plain.Segments, packed.Segments);
        Assert.Equal(plain.Notes, packed.Notes);
        Assert.Equal(plain.Memory.PresentRanges, packed.Memory.PresentRanges);
        foreach (PhysicalRange range in plain.Memory.PresentRanges)
        {
            byte[] one = new byte[range.Length];
            byte[] other = new byte[range.Length];
            Assert.True(plain.Memory.TryRead(range.Start, one));
            Assert.True(packed.Memory.TryRead(range.Start, other));
            Assert.Equal(one, other);
        }
    }

    private static bool ReadsAs(Vmcoreinfo info, string key)
    {
        int open = key.IndexOf('(', StringComparison.Ordinal);
        string kind = open < 0 ? key : key[..open];
        string name = open < 0 ? "" : key[(open + 1)..^1];
        return kind switch
        {
            "SYMBOL" => info.TryGetSymbol(name, out ulong address) && info.LineOf(key) == $"{key}={address:x}",
            "SIZE" => info.TryGetSize(name, out long size) && info.LineOf(key) == $"{key}={size}",
            "OFFSET" => info.TryGetOffset(name, out long offset) && info.LineOf(key) == $"{key}={offset}",
            "LENGTH" => info.TryGetLength(name, out long length) && info.LineOf(key) == $"{key}={length}",
            "NUMBER" => info.TryGetNumber(name, out long number)
                && (info.LineOf(key) == $"{key}={number}" || info.LineOf(key) == $"{key}=0x{number:x}"),
            "PAGESIZE" => info.TryGetPageSize(out long page) && info.LineOf(key) == $"{key}={page}",
            "KERNELOFFSET" => info.TryGetKernelOffset(out ulong moved) && info.LineOf(key) == $"{key}={moved:x}",
            "OSRELEASE" => info.TryGetKernelVersion(out KernelVersion version)
                && info.OsRelease!.StartsWith($"{version}.", StringComparison.Ordinal),
            "BUILD-ID" => info.BuildId!.Length == 40,
            _ => false,
        };
    }
}

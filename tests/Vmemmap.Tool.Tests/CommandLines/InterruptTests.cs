using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Vmemmap.Tool.Tests.CommandLines;

/// <summary>Ctrl-C.</summary>
public sealed partial class InterruptTests : IDisposable
{
    private const int Interrupt = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("vmemmap-interrupt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A gzip image is unpacked to a temporary file, which is gone whatever ends the process.</summary>
    [ProgramFact("bash")]
    public async Task Interrupt_WhileUnpacking_EndsWith130AndLeavesNoFile()
    {
        string temporary = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
        string image = Path.Combine(_folder, "endless.core.gz");
        WriteImage(image);
        Process tool = ToolProcess.StartTool(["inspect", image], ("TMPDIR", temporary));
        // The first report of progress: it is at work by then, and has a minute of it before it.
        string? progress = await tool.StandardError.ReadLineAsync();
        Assert.StartsWith("vmemmap: unpacking the image: ", progress);
        Assert.Equal(0, Kill(tool.Id, Interrupt));
        ToolProcess run = await ToolProcess.EndAsync(tool);
        Assert.Equal(128 + Interrupt, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.DoesNotContain("   at ", run.Errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
    }

    // An ELF core of one segment of 512 GiB, of which the file has 4 GiB: unpacking takes as long as that.
    private static void WriteImage(string path)
    {
        const int Member = 16 << 20;
        byte[] zeros = new byte[Member];
        byte[] first = new byte[Member];
        Header().CopyTo(first, 0);
        byte[] packed = Gzip(zeros);
        using FileStream file = File.Create(path);
        file.Write(Gzip(first));
        for (int i = 1; i < 256; i++)
        {
            file.Write(packed);
        }
    }

    // ELF64, little-endian, ET_CORE, EM_X86_64, one PT_LOAD (elf.h).
    private static byte[] Header()
    {
        byte[] header = new byte[0x1000];
        using var writer = new BinaryWriter(new MemoryStream(header));
        writer.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.Write((ushort)4);
        writer.Write((ushort)62);
        writer.Write(1);
        writer.Write(0UL);
        writer.Write(64UL);
        writer.Write(0UL);
        writer.Write(0);
        writer.Write((ushort)64);
        writer.Write((ushort)56);
        writer.Write((ushort)1);
        writer.Write([0, 0, 0, 0, 0, 0]);
        writer.Write(1);
        writer.Write(7);
        writer.Write(0x1000UL);
        writer.Write(0UL);
        writer.Write(0UL);
        writer.Write(1UL << 39);
        writer.Write(1UL << 39);
        writer.Write(0UL);
        return header;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

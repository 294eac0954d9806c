using System.Buffers.Binary;
using System.Text;

namespace Vmemmap.SyntheticImages;

/// <summary>Writes an ELF64 core: one PT_NOTE, then a PT_LOAD for each run of frames, at offsets that no page is aligned to.</summary>
internal sealed class ElfCoreWriter(
    PhysicalMemory memory, ushort machine, string? vmcoreInfo, byte[]? qemuState, Func<ulong, ulong> virtualAddress)
{
    private const int HeaderLength = 64;
    private const int ProgramHeaderLength = 56;
    private const int PrStatusLength = 336;

    internal void Write(Stream output)
    {
        FrameRun[] runs = [.. memory.Runs()];
        byte[] notes = Notes();
        ulong notesOffset = HeaderLength + ((ulong)(runs.Length + 1) * ProgramHeaderLength);
        ulong offset = notesOffset + (ulong)notes.Length;

        output.Write(Header(runs.Length + 1));
        output.Write(ProgramHeader(4, notesOffset, 0, 0, (ulong)notes.Length));
        foreach (FrameRun run in runs)
        {
            output.Write(ProgramHeader(1, offset, virtualAddress(run.Address), run.Address, run.Length));
            offset += run.Length;
        }

        output.Write(notes);
        foreach (FrameRun run in runs)
        {
            WriteRun(output, run);
        }

        output.SetLength(output.Position);
    }

    private void WriteRun(Stream output, FrameRun run)
    {
        ulong step = 1UL << memory.PageShift;
        for (ulong done = 0; done < run.Length; done += step)
        {
            byte[]? frame = memory.Content(run.Address + done);
            if (frame is null)
            {
                // A hole in the file reads as zero and costs nothing.
                output.Seek((long)step, SeekOrigin.Current);
            }
            else
            {
                output.Write(frame);
            }
        }
    }

    private byte[] Header(int segments)
    {
        if (segments >= 0xffff)
        {
            throw new InvalidOperationException("More runs of frames than an ELF header counts.");
        }

        byte[] header = new byte[HeaderLength];
        "\u007fELF"u8.CopyTo(header);
        header[4] = 2; // 64-bit
        header[5] = 1; // little-endian
        header[6] = 1; // version
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(16), 4); // ET_CORE
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(18), machine);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), HeaderLength); // e_phoff
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(52), HeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(54), ProgramHeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(56), (ushort)segments);
        return header;
    }

    private static byte[] ProgramHeader(uint type, ulong offset, ulong virtualAddress, ulong address, ulong length)
    {
        byte[] header = new byte[ProgramHeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), virtualAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), address);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), length);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(40), length);
        return header;
    }

    private byte[] Notes()
    {
        byte[] status = ElfNote.Encode("CORE", 1, new byte[PrStatusLength]);
        byte[] qemu = qemuState is null ? [] : ElfNote.Encode("QEMU", 0, qemuState);
        byte[] info = vmcoreInfo is null ? [] : ElfNote.Encode("VMCOREINFO", 0, Encoding.ASCII.GetBytes(vmcoreInfo));

        // QEMU pads nothing behind the notes, which is why its segments start at odd places.
        return [.. status, .. qemu, .. info];
    }
}

using System.Buffers.Binary;
using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>Reads the headers of an ELF64 little-endian core.</summary>
internal static class ElfHeaderReader
{
    private const int ProgramHeaderOffsetAt = 32;
    private const int SectionHeaderOffsetAt = 40;
    private const int ProgramHeaderSizeAt = 54;
    private const int ProgramHeaderCountAt = 56;
    private const int MachineAt = 18;

    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const int SectionInfoAt = 44;

    // e_phnum when there are more program headers than it can say: the number is in sh_info of section header 0 (elf.h).
    private const ushort CountInSectionHeader = 0xffff;

    // Sixteen times what a 64 TiB machine would need with a segment for each of its 1 GiB pages; a larger number is damage, and
    // would only make us read for long.
    private const uint MostProgramHeaders = 1 << 20;

    // e_phentsize may grow in an ELF of the future, but not from 56 to 64K: that would be a table of 64 GiB.
    private const int LargestProgramHeader = 256;

    // 64-bit machines address at most 2^56 bytes (riscv64; x86-64 and arm64: 2^52).
    private const ulong HighestPhysicalEnd = 1UL << 56;

    private const uint TypeLoad = 1;
    private const uint TypeNote = 4;

    /// <summary>Reads and checks all headers; on return everything that they refer to is provided by <paramref name="bytes"/>.</summary>
    /// <exception cref="ImageFormatException">No core that we can read, or a damaged one.</exception>
    internal static ElfHeaders Read(IImageBytes bytes)
    {
        string image = bytes.Image;
        byte[] header = new byte[(int)bytes.Provide(ElfIdentity.HeaderSize)];
        bytes.Read(0, header);
        ElfIdentity.Check(image, header);

        var machine = (ElfMachine)BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(MachineAt));
        byte[] table = ReadTable(bytes, header, out int stride, out int count);
        var segments = new List<ElfSegment>();
        var notes = new List<ElfNoteArea>();
        var warnings = new List<string>();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = table.AsSpan(i * stride, ProgramHeaderSize);
            switch (BinaryPrimitives.ReadUInt32LittleEndian(entry))
            {
                case TypeLoad:
                    AddSegment(image, i, entry, segments, warnings);
                    break;
                case TypeNote:
                    AddNotes(image, i, entry, notes);
                    break;
            }
        }

        if (segments.Count == 0)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"none of its {count} program headers is a PT_LOAD with bytes in the file, so it holds no memory; take the dump again"));
        }

        RefuseProcessCore(image, segments);
        RequireContent(bytes, segments, notes);
        return new ElfHeaders(machine, segments, notes, warnings);
    }

    private static byte[] ReadTable(IImageBytes bytes, ReadOnlySpan<byte> header, out int stride, out int count)
    {
        string image = bytes.Image;
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[ProgramHeaderOffsetAt..]);
        stride = BinaryPrimitives.ReadUInt16LittleEndian(header[ProgramHeaderSizeAt..]);
        uint entries = BinaryPrimitives.ReadUInt16LittleEndian(header[ProgramHeaderCountAt..]);
        if (entries == CountInSectionHeader)
        {
            entries = CountFromSectionHeader(bytes, header);
        }

        if (entries == 0)
        {
            throw new ImageFormatException(
                image, $"offset 0x{ProgramHeaderCountAt:x}: no program headers (e_phnum 0), so it holds no memory; take the dump again");
        }

        if (entries > MostProgramHeaders)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"says it has {entries} program headers, more than any dump has ({MostProgramHeaders} at most); the file is damaged, "
                    + $"copy it again"));
        }

        if (stride is < ProgramHeaderSize or > LargestProgramHeader)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"offset 0x{ProgramHeaderSizeAt:x}: program headers of {stride} bytes (e_phentsize), "
                    + $"where an ELF64 file has {ProgramHeaderSize}; the file is damaged, copy it again"));
        }

        count = (int)entries;
        long size = ((long)count - 1) * stride + ProgramHeaderSize;
        long end = (long)Math.Min(offset, long.MaxValue / 2) + size;
        long available = bytes.Provide(end);
        if (available < end)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"offset 0x{offset:x}: its table of {count} program headers needs {size} bytes there, "
                    + $"but the file ends at 0x{available:x}; the dump was cut off or is damaged, copy it again"));
        }

        byte[] table = new byte[size];
        bytes.Read((long)offset, table);
        return table;
    }

    private static uint CountFromSectionHeader(IImageBytes bytes, ReadOnlySpan<byte> header)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[SectionHeaderOffsetAt..]);
        long end = (long)Math.Min(offset, long.MaxValue / 2) + SectionHeaderSize;
        if (offset == 0 || bytes.Provide(end) < end)
        {
            throw new ImageFormatException(bytes.Image, string.Create(
                CultureInfo.InvariantCulture,
                $"offset 0x{offset:x}: the number of program headers is kept in section header 0 (e_phnum 0xffff), "
                    + $"which is not in the file; the dump was cut off or is damaged, copy it again"));
        }

        Span<byte> section = stackalloc byte[SectionHeaderSize];
        bytes.Read((long)offset, section);
        return BinaryPrimitives.ReadUInt32LittleEndian(section[SectionInfoAt..]);
    }

    private static void AddSegment(
        string image, int index, ReadOnlySpan<byte> entry, List<ElfSegment> segments, List<string> warnings)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
        ulong virtualAddress = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
        ulong physical = BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]);
        ulong fileSize = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
        ulong memorySize = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
        if (fileSize == 0)
        {
            return;
        }

        if (physical == ulong.MaxValue)
        {
            // The kernel's own mark, in /proc/kcore and copies of it, for address space that is no RAM (fs/proc/kcore.c).
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"segment {index} at virtual address 0x{virtualAddress:x} has no physical address and was left out"));
            return;
        }

        if (memorySize < fileSize)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"segment {index} at physical address 0x{physical:x} has more bytes in the file (p_filesz 0x{fileSize:x}) than in "
                    + $"memory (p_memsz 0x{memorySize:x}); the file is damaged, copy it again"));
        }

        if (physical > HighestPhysicalEnd || memorySize > HighestPhysicalEnd - physical)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"segment {index} at physical address 0x{physical:x} of 0x{memorySize:x} bytes reaches beyond 2^56, "
                    + $"which no machine addresses; the file is damaged, copy it again"));
        }

        CheckFileRange(image, index, offset, fileSize);
        segments.Add(new ElfSegment(index, virtualAddress, physical, (long)offset, (long)fileSize, memorySize));
    }

    private static void AddNotes(string image, int index, ReadOnlySpan<byte> entry, List<ElfNoteArea> notes)
    {
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
        ulong fileSize = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
        if (fileSize != 0)
        {
            CheckFileRange(image, index, offset, fileSize);
            notes.Add(new ElfNoteArea(index, (long)offset, (long)fileSize));
        }
    }

    private static void CheckFileRange(string image, int index, ulong offset, ulong size)
    {
        if (offset > long.MaxValue || size > (ulong)long.MaxValue - offset)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"segment {index} at file offset 0x{offset:x} of 0x{size:x} bytes reaches beyond any file; the file is damaged, "
                    + $"copy it again"));
        }
    }

    private static void RefuseProcessCore(string image, List<ElfSegment> segments)
    {
        // A core of a process has virtual addresses only. Its segments would all lie on one another at physical address 0.
        if (segments.Count > 1 && segments.TrueForAll(s => s.PhysicalAddress == 0) && segments.Exists(s => s.VirtualAddress != 0))
        {
            throw new ImageFormatException(
                image, "all segments have physical address 0, so this is a core of a process; give a dump of the machine's memory");
        }
    }

    private static void RequireContent(IImageBytes bytes, List<ElfSegment> segments, List<ElfNoteArea> notes)
    {
        long end = 0;
        foreach (ElfSegment segment in segments)
        {
            end = Math.Max(end, segment.FileOffset + segment.FileSize);
        }

        foreach (ElfNoteArea area in notes)
        {
            end = Math.Max(end, area.FileOffset + area.FileSize);
        }

        long available = bytes.Provide(end);
        if (available == end)
        {
            return;
        }

        foreach (ElfNoteArea area in notes)
        {
            if (area.FileOffset + area.FileSize > available)
            {
                throw Truncated(bytes.Image, $"segment {area.Index} (notes)", area.FileOffset + area.FileSize, available);
            }
        }

        ElfSegment missing = segments.First(s => s.FileOffset + s.FileSize > available);
        string name = string.Create(
            CultureInfo.InvariantCulture, $"segment {missing.Index} at physical address 0x{missing.PhysicalAddress:x}");
        throw Truncated(bytes.Image, name, missing.FileOffset + missing.FileSize, available);
    }

    private static ImageFormatException Truncated(string image, string segment, long needed, long available) =>
        new(image, string.Create(
            CultureInfo.InvariantCulture,
            $"{segment} needs the file up to byte {needed}, but it has {available}; the dump was cut off, take or copy it again"));
}

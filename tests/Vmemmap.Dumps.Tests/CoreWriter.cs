using System.Buffers.Binary;
using System.Text;

namespace Vmemmap.Dumps.Tests;

/// <summary>Writes ELF64 cores: just enough of one to say anything that a core can say, right or wrong.</summary>
internal sealed class CoreWriter
{
    private readonly List<Header> _headers = [];

    private readonly record struct Header(
        uint Type, ulong VirtualAddress, ulong PhysicalAddress, byte[] Content, ulong MemorySize, int Gap, long SharedOffset);

    public ushort Machine { get; init; } = 62;

    /// <summary>Where the program headers start; section header 0 fills the space before them where that is wanted.</summary>
    public int ProgramHeaderOffset { get; init; } = 64;

    public int ProgramHeaderSize { get; init; } = 56;

    /// <summary>Whether the number of program headers is in section header 0, at offset 64.</summary>
    public bool CountInSectionHeader { get; init; }

    /// <summary>File offset of the first segment's content after <see cref="Build"/>.</summary>
    public int ContentOffset => ProgramHeaderOffset + _headers.Count * ProgramHeaderSize;

    /// <summary>Adds a PT_LOAD.</summary>
    /// <param name="physical">p_paddr.</param>
    /// <param name="content">The bytes in the file.</param>
    /// <param name="memorySize">p_memsz, if it is not the content's length.</param>
    /// <param name="gap">Bytes of nothing in the file before the content, to move it to any alignment.</param>
    public CoreWriter Load(ulong physical, byte[] content, ulong? memorySize = null, int gap = 0)
    {
        _headers.Add(new Header(1, physical, physical, content, memorySize ?? (ulong)content.Length, gap, -1));
        return this;
    }

    /// <summary>Adds a PT_LOAD over bytes that are in the file already.</summary>
    public CoreWriter LoadShared(ulong physical, long fileOffset, ulong length)
    {
        _headers.Add(new Header(1, physical, physical, new byte[length], length, 0, fileOffset));
        return this;
    }

    public CoreWriter LoadAtVirtual(ulong virtualAddress, ulong physical, byte[] content)
    {
        _headers.Add(new Header(1, virtualAddress, physical, content, (ulong)content.Length, 0, -1));
        return this;
    }

    public CoreWriter Notes(byte[] content, int gap = 0)
    {
        _headers.Add(new Header(4, 0, 0, content, 0, gap, -1));
        return this;
    }

    public static byte[] Note(string name, uint type, byte[] content, bool pad = true)
    {
        byte[] owner = name.Length == 0 ? [] : Encoding.Latin1.GetBytes(name + "\0");
        var note = new List<byte>();
        note.AddRange(BitConverter.GetBytes(owner.Length));
        note.AddRange(BitConverter.GetBytes(content.Length));
        note.AddRange(BitConverter.GetBytes(type));
        note.AddRange(owner);
        note.AddRange(new byte[-owner.Length & 3]);
        note.AddRange(content);
        note.AddRange(new byte[pad ? -content.Length & 3 : 0]);
        return [.. note];
    }

    public byte[] Build()
    {
        var file = new List<byte>(new byte[ContentOffset]);
        byte[] table = new byte[_headers.Count * ProgramHeaderSize];
        for (int i = 0; i < _headers.Count; i++)
        {
            Header h = _headers[i];
            long offset = h.SharedOffset;
            if (offset < 0)
            {
                file.AddRange(Enumerable.Repeat((byte)0xee, h.Gap));
                offset = file.Count;
                file.AddRange(h.Content);
            }

            Span<byte> entry = table.AsSpan(i * ProgramHeaderSize);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, h.Type);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], offset);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], h.VirtualAddress);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], h.PhysicalAddress);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], h.Content.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], h.MemorySize);
        }

        byte[] bytes = [.. file];
        table.CopyTo(bytes, ProgramHeaderOffset);
        byte[] identity = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), 4);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), Machine);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), ProgramHeaderOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(54), (ushort)ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(56), CountInSectionHeader ? (ushort)0xffff : (ushort)_headers.Count);
        if (CountInSectionHeader)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), 64);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(64 + 44), _headers.Count);
        }

        return bytes;
    }
}

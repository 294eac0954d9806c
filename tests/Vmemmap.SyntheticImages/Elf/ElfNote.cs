using System.Buffers.Binary;
using System.Text;

namespace Vmemmap.SyntheticImages;

/// <summary>An ELF note: a header of 12 bytes, the name and the description, each padded to 4 bytes.</summary>
internal static class ElfNote
{
    internal static byte[] Encode(string name, uint type, ReadOnlySpan<byte> description)
    {
        int nameLength = name.Length + 1;
        int descriptionStart = 12 + Padded(nameLength);
        byte[] note = new byte[descriptionStart + Padded(description.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(note, nameLength);
        BinaryPrimitives.WriteInt32LittleEndian(note.AsSpan(4), description.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(note.AsSpan(8), type);
        Encoding.ASCII.GetBytes(name, note.AsSpan(12));
        description.CopyTo(note.AsSpan(descriptionStart));
        return note;
    }

    private static int Padded(int length) => (length + 3) & ~3;
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Vmemmap.Dumps;

/// <summary>
/// Reads the notes of a core. Each is three 32-bit numbers (bytes of name, bytes of content, type), the name, and the content, both
/// padded to 4 bytes: also in ELF64 cores, where the ELF specification asks for 8 and no kernel ever did it.
/// </summary>
internal static class ElfNoteReader
{
    private const int HeaderSize = 12;

    // A kernel writes one note a CPU and a few more; 2^16 is beyond any machine.
    private const int MostNotes = 1 << 16;

    // "VMCOREINFO" is the longest name in use; what is longer is no name.
    private const int LongestName = 256;

    /// <summary>Reads one area of notes. What is damaged ends it with a warning: the notes before it still stand.</summary>
    /// <param name="area">The program header.</param>
    /// <param name="file">The file's mapping.</param>
    /// <param name="notes">Receives the notes.</param>
    /// <param name="warnings">Receives what was passed over.</param>
    internal static unsafe void Read(ElfNoteArea area, MappedFile file, List<ElfNote> notes, List<string> warnings)
    {
        long end = area.FileOffset + area.FileSize;
        long at = area.FileOffset;
        while (end - at >= HeaderSize)
        {
            var header = new ReadOnlySpan<byte>(file.Data + at, HeaderSize);
            uint nameSize = BinaryPrimitives.ReadUInt32LittleEndian(header);
            uint contentSize = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
            if (nameSize == 0 && contentSize == 0 && type == 0)
            {
                // Room that was reserved for notes and not used is zero.
                return;
            }

            long nameAt = at + HeaderSize;
            long contentAt = nameAt + Padded(nameSize);
            // Nothing pads the last note's content if the area ends with it.
            if (nameSize > LongestName || contentSize > int.MaxValue || contentAt > end || contentSize > end - contentAt)
            {
                warnings.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"segment {area.Index}: the note at file offset 0x{at:x} (name of {nameSize} bytes, "
                        + $"content of {contentSize}) does not fit; it and what follows it were left out"));
                return;
            }

            if (notes.Count == MostNotes)
            {
                warnings.Add(string.Create(
                    CultureInfo.InvariantCulture, $"segment {area.Index}: more than {MostNotes} notes; "
                        + $"those from file offset 0x{at:x} on were left out"));
                return;
            }

            string name = Encoding.Latin1.GetString(new ReadOnlySpan<byte>(file.Data + nameAt, (int)nameSize)).TrimEnd('\0');
            notes.Add(new ElfNote(name, type, contentAt, (int)contentSize));
            at = contentAt + Padded(contentSize);
        }
    }

    private static long Padded(uint size) => ((long)size + 3) & ~3L;
}

using System.Buffers.Binary;
using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>Says whether a file is an ELF64 little-endian core, and if not, what it is and what to do.</summary>
internal static class ElfIdentity
{
    /// <summary>Bytes of an ELF64 file header (Elf64_Ehdr).</summary>
    internal const int HeaderSize = 64;

    private const int ClassAt = 4;
    private const int DataAt = 5;
    private const int TypeAt = 16;
    private const byte Class64 = 2;
    private const byte DataLittleEndian = 1;
    private const ushort TypeCore = 4;
    private const string DumpAsElf = "dump as ELF (QEMU: dump-guest-memory without -z; makedumpfile: -E)";

    private static readonly (byte[] Magic, string Reason)[] OtherFormats =
    [
        ([0x28, 0xb5, 0x2f, 0xfd], "this is zstd data; unpack it first with `zstd -d`"),
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "this is xz data; unpack it first with `xz -d`"),
        ([(byte)'B', (byte)'Z', (byte)'h'], "this is bzip2 data; unpack it first with `bzip2 -d`"),
        ([0x04, 0x22, 0x4d, 0x18], "this is lz4 data; unpack it first with `lz4 -d`"),
        ([0x1f, 0x8b], "this is gzip data inside gzip data; unpack it once first with `gzip -d`"),
        ("KDUMP   "u8.ToArray(), $"this is a kdump-compressed image, which is not supported; {DumpAsElf}"),
        ("DISKDUMP"u8.ToArray(), $"this is a diskdump image, which is not supported; {DumpAsElf}"),
        ("makedumpfile"u8.ToArray(), $"this is a flattened kdump image, which is not supported; {DumpAsElf}, without -F"),
    ];

    /// <summary>Checks the first bytes of a file.</summary>
    /// <param name="image">The image's path.</param>
    /// <param name="header">The first <see cref="HeaderSize"/> bytes, or all of them if the file is shorter.</param>
    internal static void Check(string image, ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith("\u007fELF"u8))
        {
            throw new ImageFormatException(image, $"offset 0x0: {OtherFormat(header)}");
        }

        if (header.Length < HeaderSize)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"offset 0x{header.Length:x}: the file ends inside its ELF header ({header.Length} of {HeaderSize} bytes); "
                    + $"the dump was cut off, take or copy it again"));
        }

        if (header[ClassAt] != Class64)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"offset 0x{ClassAt:x}: a 32-bit ELF file (class {header[ClassAt]}); only ELF64 cores of 64-bit machines are supported"));
        }

        if (header[DataAt] != DataLittleEndian)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"offset 0x{DataAt:x}: a big-endian ELF file (data encoding {header[DataAt]}); only little-endian machines are supported"));
        }

        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(header[TypeAt..]);
        if (type != TypeCore)
        {
            throw new ImageFormatException(image, string.Create(
                CultureInfo.InvariantCulture,
                $"offset 0x{TypeAt:x}: an ELF {NameOfType(type)}, no core (e_type {type}, not {TypeCore}); "
                    + $"give a dump of the machine's memory"));
        }
    }

    private static string OtherFormat(ReadOnlySpan<byte> header)
    {
        foreach ((byte[] magic, string reason) in OtherFormats)
        {
            if (header.StartsWith(magic))
            {
                return reason;
            }
        }

        ReadOnlySpan<byte> start = header[..Math.Min(header.Length, 4)];
        return $"no ELF file (starts with {Convert.ToHexStringLower(start)}, not 7f454c46); give an ELF64 core, plain or gzip";
    }

    private static string NameOfType(ushort type) => type switch
    {
        1 => "object file",
        2 => "executable",
        3 => "shared object",
        _ => "file",
    };
}

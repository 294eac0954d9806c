using System.Globalization;
using System.Text;

namespace Vmemmap.Dumps;

/// <summary>
/// VMCOREINFO in a file of its own, which somebody saved or wrote: unlike a note in an image it is there to be mended, so each mistake is told at its line.
/// </summary>
public static class VmcoreinfoFile
{
    // Of text that is no VMCOREINFO at all a few lines are enough.
    private const int MostMistakes = 20;

    /// <summary>Reads such a file.</summary>
    /// <param name="path">The file, lines KEY=VALUE as the kernel writes them.</param>
    /// <param name="source">How its facts' source is called.</param>
    /// <returns>The facts; keys that come twice become warnings.</returns>
    /// <exception cref="ImageFormatException">The file cannot be read, or is too long to be one.</exception>
    /// <exception cref="VmcoreinfoFileException">Lines of it are no KEY=VALUE, or values not what their key is written with.</exception>
    public static Vmcoreinfo Read(string path, string source)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] text = ReadBytes(path);
        var mistakes = new List<string>();
        int unmentioned = 0;
        int number = 0;
        ReadOnlySpan<byte> lines = VmcoreinfoText.UpToNul(text);
        foreach (Range range in lines.Split((byte)'\n'))
        {
            number++;
            if (Check(lines[range]) is not ({ } column, { } mistake))
            {
                continue;
            }

            if (mistakes.Count < MostMistakes)
            {
                mistakes.Add(OneLine.Of(string.Create(CultureInfo.InvariantCulture, $"{path}({number},{column}): error VMM5001: {mistake}")));
            }
            else
            {
                unmentioned++;
            }
        }

        if (unmentioned > 0)
        {
            mistakes.Add(OneLine.Of(string.Create(CultureInfo.InvariantCulture, $"{path}: error VMM5001: {unmentioned} more lines are wrong")));
        }

        return mistakes.Count == 0 ? Vmcoreinfo.Parse(text, path, source) : throw new VmcoreinfoFileException(string.Join('\n', mistakes));
    }

    private static (int? Column, string? Mistake) Check(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return default;
        }

        int odd = VmcoreinfoText.FirstUnprintable(line);
        if (odd >= 0)
        {
            return (odd + 1, line[odd] == (byte)'\r'
                ? "the line ends with a carriage return; save the file with line feeds alone, as the kernel writes it"
                : string.Create(CultureInfo.InvariantCulture, $"byte 0x{line[odd]:x2} is no printable character; remove it"));
        }

        string text = Encoding.ASCII.GetString(line);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            return (1, $"'{text}' is no KEY=VALUE; write it as the kernel does, or remove the line");
        }

        string key = text[..equals];
        string value = text[(equals + 1)..];
        return VmcoreinfoKind.Of(key) is { } kind && !kind.Fits(value)
            ? (equals + 2, $"{key}={value} is not {kind.Wanted}; write the value that the kernel gives it")
            : default;
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] text = new byte[VmcoreinfoText.Longest + 1];
            int length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return length <= VmcoreinfoText.Longest
                ? text[..length]
                : throw new ImageFormatException(path, string.Create(CultureInfo.InvariantCulture, $"this is longer than {VmcoreinfoText.Longest} bytes, and no VMCOREINFO; name the file that holds its text"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageFormatException(path, $"cannot be read: {exception.Message}", exception);
        }
    }
}

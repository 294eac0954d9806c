namespace Vmemmap.Dumps;

/// <summary>What VMCOREINFO text looks like.</summary>
internal static class VmcoreinfoText
{
    /// <summary>Bytes beyond which text is none: the kernel keeps it in one page, which is 64K at most on the machines we read.</summary>
    internal const int Longest = 1 << 20;

    /// <summary>The text without what follows its first NUL.</summary>
    internal static ReadOnlySpan<byte> UpToNul(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }

    /// <summary>Index of the first byte of a line that is no printable ASCII character; -1 if there is none.</summary>
    internal static int FirstUnprintable(ReadOnlySpan<byte> line) => line.IndexOfAnyExceptInRange((byte)' ', (byte)'~');

    /// <summary>Whether text is text to its end, but for the NULs that pad it. Copies of the note that were freed and partly used
    /// for something else are common in a kernel's memory; a note in use is whole.</summary>
    internal static bool IsWhole(ReadOnlySpan<byte> text)
    {
        int length = text.Length;
        while (length > 0 && text[length - 1] == 0)
        {
            length--;
        }

        foreach (byte b in text[..length])
        {
            if (b != (byte)'\n' && (b is < (byte)' ' or > (byte)'~'))
            {
                return false;
            }
        }

        return true;
    }
}

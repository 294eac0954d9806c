namespace Vmemmap.Dumps;

/// <summary>What VMCOREINFO text looks like.</summary>
internal static class VmcoreinfoText
{
    /// <summary>Whether a line has printable ASCII characters only.</summary>
    internal static bool IsPrintable(ReadOnlySpan<byte> line)
    {
        foreach (byte b in line)
        {
            if (b is < (byte)' ' or > (byte)'~')
            {
                return false;
            }
        }

        return true;
    }

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

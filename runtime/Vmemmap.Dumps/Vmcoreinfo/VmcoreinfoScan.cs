using System.Buffers.Binary;
using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>VMCOREINFO that a scan found.</summary>
/// <param name="PhysicalAddress">Physical address of the text.</param>
/// <param name="Vmcoreinfo">What it says.</param>
public sealed record VmcoreinfoCandidate(ulong PhysicalAddress, Vmcoreinfo Vmcoreinfo);

/// <summary>
/// Finds the note that a kernel keeps ready in its own memory for the kernel that may have to dump it (vmcoreinfo_note in
/// kernel/vmcore_info.c): the way to VMCOREINFO in images whose writer knew nothing of it.
/// </summary>
public static class VmcoreinfoScan
{
    private const int NoteHeaderSize = 12;

    // The kernel keeps the text in a page: 64K at most. The shortest that names a release and a page size is longer than 32.
    private const uint LongestText = 64 * 1024;
    private const uint ShortestText = 32;

    // A host's memory holds the notes of its guests, and memory that survived a reboot those of kernels before.
    private const int MostCandidates = 64;

    // Fits the second-level cache, so that the search reads what the copy just wrote.
    private const int ChunkSize = 256 * 1024;
    private const ulong ReportEvery = 16 * 1024 * 1024;

    // The name with its padding and how the text starts. The header is checked apart: it is the pattern that is searched for.
    private static ReadOnlySpan<byte> Pattern => "VMCOREINFO\0\0OSRELEASE="u8;

    private static int NameSize => "VMCOREINFO\0"u8.Length;

    private static int PaddedNameSize => "VMCOREINFO\0\0"u8.Length;

    /// <summary>Scans all memory that an image holds. Takes a read of it all; uses little memory whatever the size of the image.</summary>
    /// <param name="image">The memory.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>All that is plausible and says something different, in address order, 64 at most.</returns>
    /// <exception cref="ImageFormatException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<VmcoreinfoCandidate> Find(
        PhysicalImage image, IProgress<ImageProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var found = new List<VmcoreinfoCandidate>();
        var texts = new List<byte[]>();
        byte[] chunk = new byte[ChunkSize];
        ulong done = 0;
        ulong reportAt = ReportEvery;
        foreach (PhysicalRange range in image.PresentRanges)
        {
            ulong at = range.Start;
            while (found.Count < MostCandidates && (at = image.NextStored(at, range.End)) < range.End)
            {
                cancellation.ThrowIfCancellationRequested();
                ulong chunkEnd = Math.Min(range.End, at + ChunkSize);
                ulong stop = image.NextHole(at, chunkEnd);
                Span<byte> bytes = chunk.AsSpan(0, (int)(stop - at));
                image.ReadFromFile(at, bytes);
                Search(image, at, bytes, found, texts);
                // A match that a chunk's end cuts in two is whole in the next chunk, which starts that much earlier. Holes are
                // zeros, many at once, and the pattern has but two: no match reaches into one.
                at = stop == chunkEnd && stop != range.End ? stop - (ulong)Pattern.Length + 1 : stop;
                ulong position = done + (at - range.Start);
                if (position >= reportAt)
                {
                    progress?.Report(new ImageProgress(ImageStage.Scanning, (long)position, (long)image.PresentBytes));
                    reportAt = position + ReportEvery;
                }
            }

            done += range.Length;
        }

        return found;
    }

    private static void Search(
        PhysicalImage image, ulong address, ReadOnlySpan<byte> bytes, List<VmcoreinfoCandidate> found, List<byte[]> texts)
    {
        for (int from = 0; found.Count < MostCandidates;)
        {
            int match = bytes[from..].IndexOf(Pattern);
            if (match < 0)
            {
                return;
            }

            Consider(image, address + (ulong)(from + match), found, texts);
            from += match + 1;
        }
    }

    private static void Consider(PhysicalImage image, ulong nameAddress, List<VmcoreinfoCandidate> found, List<byte[]> texts)
    {
        Span<byte> header = stackalloc byte[NoteHeaderSize];
        if (nameAddress < NoteHeaderSize || !image.TryRead(nameAddress - NoteHeaderSize, header))
        {
            return;
        }

        uint textSize = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != NameSize
            || BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != 0
            || textSize is < ShortestText or > LongestText)
        {
            return;
        }

        byte[] text = new byte[textSize];
        ulong textAddress = nameAddress + (ulong)PaddedNameSize;
        if (!image.TryRead(textAddress, text) || !VmcoreinfoText.IsWhole(text) || texts.Exists(t => t.AsSpan().SequenceEqual(text)))
        {
            return;
        }

        Vmcoreinfo vmcoreinfo = Vmcoreinfo.Parse(
            text, image.Path, string.Create(CultureInfo.InvariantCulture, $"a scan, at physical address 0x{textAddress:x}"));
        if (KernelVersion.TryParse(vmcoreinfo.OsRelease, out _) && vmcoreinfo.TryGetText("PAGESIZE", out _))
        {
            texts.Add(text);
            found.Add(new VmcoreinfoCandidate(textAddress, vmcoreinfo));
        }
    }
}

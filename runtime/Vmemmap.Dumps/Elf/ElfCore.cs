using System.Globalization;

namespace Vmemmap.Dumps;

/// <summary>
/// An ELF64 little-endian core of a machine's memory, plain or gzip: QEMU's dump-guest-memory, virsh dump --memory-only, /proc/vmcore and
/// makedumpfile -E write it.
/// </summary>
/// <remarks>
/// Reading is safe from any number of threads. Dispose it after the last read has returned. The file must not be cut shorter
/// meanwhile: reading a mapped page that is gone ends the process.
/// </remarks>
public sealed class ElfCore : IDisposable
{
    private readonly MappedFile _file;
    private readonly IReadOnlyList<ElfNoteArea> _noteAreas;

    private ElfCore(
        string path,
        ElfHeaders headers,
        MappedFile file,
        PhysicalImage memory,
        IReadOnlyList<ElfNote> notes,
        IReadOnlyList<string> warnings)
    {
        Path = path;
        Machine = headers.Machine;
        Segments = headers.Segments;
        Memory = memory;
        Notes = notes;
        Warnings = warnings;
        _file = file;
        _noteAreas = headers.NoteAreas;
    }

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>The machine (e_machine).</summary>
    public ElfMachine Machine { get; }

    /// <summary>The PT_LOADs with bytes in the file, in the order of the program headers.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>The notes of all PT_NOTEs, in file order.</summary>
    public IReadOnlyList<ElfNote> Notes { get; }

    /// <summary>What was passed over while reading, a line each, without the path.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The physical memory. Disposed with the core.</summary>
    public PhysicalImage Memory { get; }

    /// <summary>Opens a core.</summary>
    /// <param name="path">The file, plain or gzip (by its first bytes, whatever its name).</param>
    /// <param name="progress">Told how far unpacking is; plain files need none.</param>
    /// <param name="cancellation">Ends unpacking.</param>
    /// <returns>The core; dispose it.</returns>
    /// <exception cref="ImageFormatException">The file cannot be read or is not such a core.</exception>
    /// <exception cref="OperationCanceledException">Unpacking was cancelled.</exception>
    /// <exception cref="PlatformNotSupportedException">This machine is big-endian.</exception>
    public static ElfCore Open(string path, IProgress<ImageProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Memory images are read as they are in memory, on little-endian machines only.");
        }

        using IImageBytes bytes = ImageSource.Open(path, progress, cancellation);
        ElfHeaders headers = ElfHeaderReader.Read(bytes);
        MappedFile file = MappedFile.Map(path, bytes.TakeHandle());
        try
        {
            var notes = new List<ElfNote>();
            var warnings = new List<string>(headers.Warnings);
            foreach (ElfNoteArea area in headers.NoteAreas)
            {
                ElfNoteReader.Read(area, file, notes, warnings);
            }

            var memory = new PhysicalImage(path, file, SegmentMerge.Merge(path, headers.Segments, file));
            return new ElfCore(path, headers, file, memory, notes, warnings);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The content of one of <see cref="Notes"/>, without a copy.</summary>
    /// <param name="note">The note.</param>
    /// <returns>Its bytes, valid until the core is disposed.</returns>
    public unsafe ReadOnlySpan<byte> Descriptor(ElfNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        ObjectDisposedException.ThrowIf(Memory.IsDisposed, this);
        // A note of another core must not become an address in this one.
        if (note.Length < 0 || !_noteAreas.Any(a => a.Holds(note.FileOffset, note.Length)))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{note} is no note of {Path}."), nameof(note));
        }

        return new ReadOnlySpan<byte>(_file.Data + note.FileOffset, note.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => Memory.Dispose();
}

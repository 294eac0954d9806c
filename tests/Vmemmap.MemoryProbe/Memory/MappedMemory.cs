using System.Runtime.InteropServices;

namespace Vmemmap.MemoryProbe;

/// <summary>
/// Memory of this process, mapped page by page as the machine's tables map vmemmap: slots with one frame are one page of memory, and what is read-only there is
/// read-only here. A write to an alias is a SIGSEGV.
/// </summary>
internal sealed unsafe class MappedMemory : StructPageMemory
{
    // Every frame that the machine ever uses gets a page of the file; a run uses a few dozen.
    private const int Capacity = 1024;

    private readonly Dictionary<ulong, int> _pageOfFrame = [];
    private readonly int _pageBytes;
    private readonly long _structPages;
    private readonly int _file;
    private readonly byte* _view;
    private readonly byte* _backing;
    private readonly byte[] _filled;
    private SlotMap? _map;

    public MappedMemory(long structPages, int pageBytes)
    {
        if (pageBytes != Environment.SystemPageSize)
        {
            throw new PlatformNotSupportedException($"A page has {Environment.SystemPageSize} bytes here, and {pageBytes} on the machine.");
        }

        _structPages = structPages;
        _pageBytes = pageBytes;
        _file = LibC.MakeMemory((long)Capacity * pageBytes);
        _backing = LibC.Map(null, (long)Capacity * pageBytes, LibC.ProtReadWrite, LibC.MapShared, _file, 0);
        _view = LibC.Map(null, structPages * StructPage.Size, LibC.ProtNone, LibC.MapPrivate | LibC.MapAnonymous, -1, 0);
        _filled = new byte[pageBytes];
        FillPattern(MemoryMarshal.Cast<byte, StructPage>(_filled.AsSpan()));
    }

    public override Span<StructPage> All => new(_view, (int)_structPages);

    public override void Refill()
    {
        foreach (int page in _pageOfFrame.Values)
        {
            _filled.CopyTo(Backing(page));
        }
    }

    public override bool IsChanged(int slot) => _map is { } map && !Backing(_pageOfFrame[map.FrameOf(slot)]).SequenceEqual(_filled);

    public override void Map(SlotMap map)
    {
        _map = map;
        for (int slot = 0; slot < map.Count; slot++)
        {
            if (!_pageOfFrame.TryGetValue(map.FrameOf(slot), out int page))
            {
                page = _pageOfFrame.Count;
                _pageOfFrame.Add(map.FrameOf(slot), page);
                _filled.CopyTo(Backing(page));
            }

            int protection = map.IsWritable(slot) ? LibC.ProtReadWrite : LibC.ProtRead;
            LibC.Map(_view + ((long)slot * _pageBytes), _pageBytes, protection, LibC.MapShared | LibC.MapFixed, _file, (long)page * _pageBytes);
        }
    }

    private Span<byte> Backing(int page) => new(_backing + ((long)page * _pageBytes), _pageBytes);
}

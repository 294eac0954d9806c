namespace Vmemmap.HighGranularity;

/// <summary>
/// The source of a migration and the link that it sends over: one byte after the other, what was asked for in the order in which it was,
/// and then what was
/// not, by address. What was not asked for gives way at the end of a packet, which is a base page, and goes on later.
/// </summary>
/// <param name="bitsPerSecond">Its speed.</param>
/// <param name="pieces">Pieces of the guest.</param>
/// <param name="pieceBytes">Bytes of a piece.</param>
/// <param name="packetBytes">Bytes after which it can give way.</param>
/// <param name="pushes">Whether it sends what was not asked for.</param>
internal sealed class MigrationLink(long bitsPerSecond, long pieces, ulong pieceBytes, ulong packetBytes, bool pushes)
{
    private const long None = -1;

    private readonly Queue<long> _queue = [];
    private readonly bool[] _asked = new bool[pieces];
    private readonly bool[] _begun = new bool[pieces];
    private readonly bool[] _sent = new bool[pieces];
    private long _cursor;
    private long _current = None;
    private double _start;
    private ulong _bytes;

    // The piece that was not asked for and gave way: there is one at most, for no other is begun before it.
    private long _partial = None;
    private ulong _partialBytes;

    /// <summary>When the last byte of what is under way leaves; never, if nothing is.</summary>
    public double FreeAt { get; private set; } = double.PositiveInfinity;

    /// <summary>Bytes that it has sent.</summary>
    public ulong SentBytes { get; private set; }

    /// <summary>Pieces that were asked for before their last byte was sent.</summary>
    public long AskedPieces { get; private set; }

    /// <summary>The guest has left: what nobody asked for begins to go.</summary>
    public void Start() => Next(0);

    /// <summary>A request comes in.</summary>
    /// <param name="now">When.</param>
    /// <param name="piece">The piece.</param>
    public void Ask(double now, long piece)
    {
        if (_sent[piece] || _asked[piece])
        {
            return;
        }

        _asked[piece] = true;
        AskedPieces++;
        if (piece == _current)
        {
            return;
        }

        _queue.Enqueue(piece);
        if (_current == None)
        {
            Next(now);
        }
        else if (!_asked[_current])
        {
            GiveWay(now);
        }
    }

    /// <summary>Goes on at <see cref="FreeAt"/>.</summary>
    /// <param name="piece">The piece whose last byte has left.</param>
    /// <returns>False if there is none: a piece gave way.</returns>
    public bool TryFinish(out long piece)
    {
        piece = _current;
        SentBytes += _bytes;
        ulong before = piece == _partial ? _partialBytes : 0;
        if (before + _bytes == pieceBytes)
        {
            _sent[piece] = true;
            _partial = piece == _partial ? None : _partial;
        }
        else
        {
            (_partial, _partialBytes) = (piece, before + _bytes);
            if (_asked[piece])
            {
                // It was asked for while its last packet was under way.
                _queue.Enqueue(piece);
            }
        }

        Next(FreeAt);
        return _sent[piece];
    }

    /// <summary>Nanoseconds that bytes take.</summary>
    private double Nanoseconds(ulong bytes) => bytes * 8e9 / bitsPerSecond;

    private void GiveWay(double now)
    {
        double packets = Math.Ceiling((now - _start) / Nanoseconds(packetBytes));
        _bytes = Math.Min(_bytes, (ulong)packets * packetBytes);
        FreeAt = Math.Max(now, _start + Nanoseconds(_bytes));
    }

    private void Next(double now)
    {
        if (!_queue.TryDequeue(out _current))
        {
            _current = pushes ? NextToPush() : None;
        }

        if (_current == None)
        {
            FreeAt = double.PositiveInfinity;
            return;
        }

        _begun[_current] = true;
        _start = now;
        _bytes = pieceBytes - (_current == _partial ? _partialBytes : 0);
        FreeAt = now + Nanoseconds(_bytes);
    }

    private long NextToPush()
    {
        if (_partial != None)
        {
            return _partial;
        }

        while (_cursor < pieces && _begun[_cursor])
        {
            _cursor++;
        }

        return _cursor < pieces ? _cursor : None;
    }
}

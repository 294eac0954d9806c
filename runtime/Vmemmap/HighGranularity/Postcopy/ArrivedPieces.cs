namespace Vmemmap.HighGranularity;

/// <summary>Pieces on their way to the destination, and those that have arrived and are not mapped yet: first what vCPUs wait for, each in
/// the order of arrival.</summary>
/// <param name="pieces">Pieces of the guest.</param>
internal sealed class ArrivedPieces(long pieces)
{
    private readonly Queue<(double At, long Piece)> _inFlight = [];
    private readonly Queue<long> _wanted = [];
    private readonly Queue<long> _others = [];
    private readonly bool[] _isWanted = new bool[pieces];
    private readonly bool[] _isTaken = new bool[pieces];
    private readonly double[] _arrivedAt = Enumerable.Repeat(double.PositiveInfinity, checked((int)pieces)).ToArray();
    private long _waiting;
    private double _waitingSince;

    /// <summary>When the first of those that are not taken yet arrives, or a moment at which there was one; never, if there is
    /// none.</summary>
    public double FirstAt => _waiting > 0 ? _waitingSince
        : _inFlight.TryPeek(out (double At, long Piece) first) ? first.At
        : double.PositiveInfinity;

    /// <summary>A piece's last byte has left; pieces arrive in that order.</summary>
    public void Send(double arrival, long piece)
    {
        _arrivedAt[piece] = arrival;
        _inFlight.Enqueue((arrival, piece));
    }

    /// <summary>Whether all bytes of a piece are there.</summary>
    public bool HasArrived(double now, long piece) => _arrivedAt[piece] <= now;

    /// <summary>A vCPU waits for a piece.</summary>
    /// <returns>Whether it is the first to, and the piece is not there yet: it must be asked for.</returns>
    public bool Want(double now, long piece)
    {
        Receive(now);
        if (_isWanted[piece])
        {
            return false;
        }

        _isWanted[piece] = true;
        bool isThere = HasArrived(now, piece);
        if (isThere)
        {
            _wanted.Enqueue(piece);
        }

        return !isThere;
    }

    /// <summary>Takes the piece that is to be mapped next.</summary>
    public long Take(double now)
    {
        Receive(now);
        while (_wanted.TryDequeue(out long piece) || _others.TryDequeue(out piece))
        {
            // What was wanted after it had arrived is in both queues.
            if (!_isTaken[piece])
            {
                _isTaken[piece] = true;
                _waiting--;
                return piece;
            }
        }

        throw new InvalidOperationException("No piece has arrived.");
    }

    private void Receive(double now)
    {
        while (_inFlight.TryPeek(out (double At, long Piece) first) && first.At <= now)
        {
            _inFlight.Dequeue();
            (_isWanted[first.Piece] ? _wanted : _others).Enqueue(first.Piece);
            if (_waiting++ == 0)
            {
                _waitingSince = first.At;
            }
        }
    }
}

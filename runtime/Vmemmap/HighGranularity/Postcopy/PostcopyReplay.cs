using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <summary>
/// One migration, event by event: vCPUs access memory and fault, a thread reads the faults and asks for what is missing, the source sends
/// it, a thread
/// maps what has arrived and wakes them. What CPUs do takes what they count; nothing takes time by a formula but the link.
/// </summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <typeparam name="TLayout">How vmemmap is optimized.</typeparam>
internal sealed class PostcopyReplay<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private readonly PostcopyRequest _request;
    private readonly ulong _pieceBytes;
    private readonly PostcopyDestination<TArch, TLayout> _destination;
    private readonly MigrationLink _link;
    private readonly ArrivedPieces _arrived;
    private readonly PostcopyHandler<TArch, TLayout> _handler;
    private readonly GuestAccesses _accesses;
    private readonly PriorityQueue<int, Moment> _virtualCpus = new();
    private readonly VirtualCpu[] _states;
    private readonly Dictionary<long, List<int>> _waiters = [];
    private readonly Queue<(double At, long Piece)> _requests = [];
    private readonly long _pieces;
    private double _readerFreeAt;
    private double _stop;
    private long _order;

    /// <summary>Prepares one.</summary>
    /// <param name="destination">The machine that the guest comes to.</param>
    /// <param name="request">The migration; complete.</param>
    /// <param name="fetchBytes">Bytes of a piece.</param>
    public PostcopyReplay(PostcopyDestination<TArch, TLayout> destination, PostcopyRequest request, ulong fetchBytes)
    {
        _request = request;
        _pieceBytes = fetchBytes;
        _destination = destination;
        _pieces = (long)(request.MemoryBytes / fetchBytes);
        _link = new MigrationLink(request.BitsPerSecond, _pieces, fetchBytes, 1UL << TArch.PageShift, request.Push);
        _arrived = new ArrivedPieces(_pieces);
        _handler = new PostcopyHandler<TArch, TLayout>(destination, _arrived, fetchBytes, request.Costs, Waiting);
        _accesses = new GuestAccesses(request.Accesses, request.Seed, (long)(request.MemoryBytes >> TArch.PageShift), request.VirtualCpus);
        _states = new VirtualCpu[request.VirtualCpus];
        _stop = request.Push ? double.PositiveInfinity : request.Duration;
    }

    /// <summary>What the handler has done.</summary>
    public PostcopyHandler<TArch, TLayout> Handler => _handler;

    /// <summary>What the source has done.</summary>
    public MigrationLink Link => _link;

    /// <summary>Waits, in the order in which they ended.</summary>
    public List<Stall> Stalls { get; } = [];

    /// <summary>Accesses that were done.</summary>
    public long Accesses { get; private set; }

    /// <summary>When the first of them was.</summary>
    public double FirstAccess { get; private set; }

    /// <summary>Requests that went to the source.</summary>
    public long Requests { get; private set; }

    /// <summary>When all pieces were mapped; null if they are not.</summary>
    public double? AllThere { get; private set; }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="InconsistentMachineException">A vCPU sees what it must not.</exception>
    public void Run()
    {
        _link.Start();
        for (int number = 0; number < _states.Length; number++)
        {
            Schedule(number, 0);
        }

        while (true)
        {
            double access = _virtualCpus.TryPeek(out _, out Moment first) ? first.Time : double.PositiveInfinity;
            double request = _requests.TryPeek(out (double At, long Piece) next) ? next.At : double.PositiveInfinity;
            double others = Math.Min(access, request);

            // At the same moment, what the link and the handler do comes first.
            if (_link.FreeAt <= Math.Min(_handler.NextAt, others) && !double.IsPositiveInfinity(_link.FreeAt))
            {
                double sent = _link.FreeAt;
                if (_link.TryFinish(out long piece))
                {
                    _arrived.Send(sent + _request.Latency, piece);
                }
            }
            else if (_handler.NextAt <= others && !double.IsPositiveInfinity(_handler.NextAt))
            {
                Map(_handler.NextAt);
            }
            else if (request <= access && !double.IsPositiveInfinity(request))
            {
                _requests.Dequeue();
                _link.Ask(request, next.Piece);
            }
            else if (!double.IsPositiveInfinity(access))
            {
                Access(_virtualCpus.Dequeue(), access);
            }
            else
            {
                break;
            }
        }

        if (_waiters.Count > 0)
        {
            throw new InconsistentMachineException($"The replay has ended, and vCPUs wait for {_waiters.Count} pieces that never come.");
        }
    }

    // The entries are written while the call runs. Who waits is woken when it has ended, or has not slept yet.
    private void Map(double now)
    {
        long piece = _handler.Map(now);
        if (_waiters.Remove(piece, out List<int>? woken))
        {
            foreach (int number in woken)
            {
                double slept = _states[number].FaultEnd;
                Schedule(number, _handler.FreeAt < slept ? slept : _handler.FreeAt + _request.Costs.WakeupLatency);
            }
        }

        if (_handler.Continues == _pieces)
        {
            AllThere = _handler.FreeAt;
            if (_request.Push)
            {
                _stop = _handler.FreeAt;
            }
        }
    }

    private void Access(int number, double now)
    {
        ref VirtualCpu state = ref _states[number];
        if (!state.IsWaiting)
        {
            if (now >= _stop)
            {
                return;
            }

            state.Began = now;
            state.Page = _accesses.Next(number);
        }

        ulong offset = (ulong)state.Page << TArch.PageShift;
        long piece = (long)(offset / _pieceBytes);
        Cpu<TArch> cpu = _destination.VirtualCpu(number);
        if (_destination.Space.Access(cpu, _destination.Mapping.Start + offset, write: false, out ulong physicalAddress) == UserAccess.Done)
        {
            Done(ref state, now, piece, offset, physicalAddress);
            Schedule(number, now + _request.AccessInterval);
            return;
        }

        if (state.IsWaiting)
        {
            throw new InconsistentMachineException($"vCPU {number} was woken for piece {piece}, and it is not mapped.");
        }

        state.IsWaiting = true;
        Fault(number, now, piece, offset);
    }

    private void Done(ref VirtualCpu state, double now, long piece, ulong offset, ulong physicalAddress)
    {
        if (physicalAddress != _destination.PhysicalAddress(offset) || !_arrived.HasArrived(now, piece))
        {
            throw new InconsistentMachineException(
                $"Byte 0x{offset:x} of the guest is read at 0x{physicalAddress:x}: this is another page, or its bytes have not arrived.");
        }

        if (state.IsWaiting)
        {
            Stalls.Add(new Stall(state.Began, now - state.Began));
            state.IsWaiting = false;
        }

        if (Accesses++ == 0)
        {
            FirstAccess = now;
        }

        if (Accesses > PostcopyPlan.MostAccesses)
        {
            throw new SimulationRefusedException(
                $"The guest makes more than {PostcopyPlan.MostAccesses} accesses; give fewer --vcpus or a longer --access-interval.");
        }
    }

    private void Fault(int number, double now, long piece, ulong offset)
    {
        Cpu<TArch> cpu = _destination.VirtualCpu(number);
        OperationCounters before = cpu.Counters;
        FaultResult fault = _destination.Mapping.Fault(cpu, _destination.Mapping.Start + offset, write: false);
        if (fault.Kind != FaultKind.Minor)
        {
            throw new InconsistentMachineException($"The fault at byte 0x{offset:x} of the guest is {fault.Kind}, and the file has its page.");
        }

        bool asks = _arrived.Want(now, piece);
        double told = now + Nanoseconds(cpu, in before);
        bool readerSleeps = asks && told > _readerFreeAt;
        cpu.Counters.Wakeups += readerSleeps ? 1 : 0;
        double end = now + Nanoseconds(cpu, in before);
        _states[number].FaultEnd = end;
        if (!_waiters.TryGetValue(piece, out List<int>? waiting))
        {
            _waiters.Add(piece, waiting = []);
        }

        waiting.Add(number);
        if (asks)
        {
            Request(readerSleeps ? end + _request.Costs.WakeupLatency : _readerFreeAt, piece);
        }
    }

    // The thread that reads faults reads one and writes a request. The vCPU whose fault it is has woken it if it slept.
    private void Request(double now, long piece)
    {
        Cpu<TArch> cpu = _destination.Reader;
        OperationCounters before = cpu.Counters;
        cpu.Counters.SystemCalls += 2;
        _readerFreeAt = now + Nanoseconds(cpu, in before);
        _requests.Enqueue((_readerFreeAt + _request.Latency, piece));
        Requests++;
    }

    private int Waiting(long piece) => _waiters.TryGetValue(piece, out List<int>? waiting) ? waiting.Count : 0;

    private double Nanoseconds(Cpu<TArch> cpu, in OperationCounters before)
    {
        OperationCounters taken = cpu.Counters.Since(in before);
        return _request.Costs.Nanoseconds(in taken);
    }

    private void Schedule(int number, double at) => _virtualCpus.Enqueue(number, new Moment(at, _order++));

    private struct VirtualCpu
    {
        public double Began;
        public double FaultEnd;
        public long Page;
        public bool IsWaiting;
    }

    private readonly record struct Moment(double Time, long Order) : IComparable<Moment>
    {
        public int CompareTo(Moment other) => Time.CompareTo(other.Time) is var time && time != 0 ? time : Order.CompareTo(other.Order);
    }
}

/// <summary>A wait of a vCPU for memory, in nanoseconds.</summary>
/// <param name="Began">When the access began.</param>
/// <param name="Length">How long it waited.</param>
internal readonly record struct Stall(double Began, double Length);

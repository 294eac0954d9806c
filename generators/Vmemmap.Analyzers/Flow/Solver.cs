using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Flow;

/// <summary>Runs a method's blocks until what is known before each of them no longer changes, then once more to see its accesses.</summary>
internal sealed class Solver
{
    // A loop's counter, and what is counted along with it, stop at what they are compared with in so many rounds, if they do.
    private const int RoundsOfComparisons = 4;

    // Rounds over a block until nothing is believed of it any more: code that needs so many is not written by people.
    private const int MostVisits = 64;

    // One for a loop's own counter, one for what is computed from it.
    private const int TighteningRounds = 2;

    private readonly ControlFlowGraph _graph;
    private readonly Transfer _transfer;
    private readonly PageIds _ids;
    private readonly FlowState _incoming;
    private readonly CancellationToken _cancellation;
    private readonly VariableUse _use;
    private readonly Dictionary<ControlFlowRegion, HashSet<object>> _assigned = new();

    public Solver(ControlFlowGraph graph, Transfer transfer, PageIds ids, FlowState incoming, CancellationToken cancellation)
    {
        _graph = graph;
        _transfer = transfer;
        _ids = ids;
        _incoming = incoming;
        _cancellation = cancellation;
        _use = new VariableUse(graph);
    }

    /// <summary>Solves it.</summary>
    /// <param name="record">Takes every access, block by block.</param>
    public void Run(Action<TailAccess> record)
    {
        var entries = new FlowState?[_graph.Blocks.Length];
        entries[0] = _incoming;
        bool widened = Iterate(entries, 0, _graph.Blocks.Length - 1, isPassing: false);
        for (int round = 0; widened && round < TighteningRounds; round++)
        {
            FlowState?[] tightened = Tighten(entries);
            widened = !AreSame(entries, tightened);
            entries = tightened;
        }

        foreach (BasicBlock block in _graph.Blocks)
        {
            if (entries[block.Ordinal] is { IsUnreachable: false } entry)
            {
                _cancellation.ThrowIfCancellationRequested();
                _transfer.Run(block, entry.Clone(), record);
            }
        }
    }

    private static bool AreSame(FlowState?[] left, FlowState?[] right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] is { } known && (right[i] is not { } other || !known.IsSame(other)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// What is known where an exception is handled: what was known before the try, but for what the try assigns and for the states of huge pages.
    /// </summary>
    private IEnumerable<(int Handler, FlowState State)> Handlers(BasicBlock block, FlowState entry, bool isPassing)
    {
        for (ControlFlowRegion? region = block.EnclosingRegion; region is not null && region.FirstBlockOrdinal == block.Ordinal; region = region.EnclosingRegion)
        {
            if (region.Kind != ControlFlowRegionKind.Try)
            {
                continue;
            }

            FlowState state = entry.Clone();
            _transfer.ForgetAssigned(state, Assigned(region));
            foreach (ControlFlowRegion sibling in region.EnclosingRegion!.NestedRegions)
            {
                // Who only passes through comes to a finally where it leaves the try.
                if (sibling.Kind != ControlFlowRegionKind.Try && !(isPassing && sibling.Kind == ControlFlowRegionKind.Finally))
                {
                    yield return (sibling.FirstBlockOrdinal, state.Clone());
                }
            }
        }
    }

    private HashSet<object> Assigned(ControlFlowRegion region)
    {
        if (!_assigned.TryGetValue(region, out HashSet<object>? assigned))
        {
            assigned = new HashSet<object>();

            // A finally comes after the catches too.
            int last = region.EnclosingRegion!.LastBlockOrdinal;
            for (int i = region.FirstBlockOrdinal; i <= last; i++)
            {
                MethodShape.GatherAssigned(_graph.Blocks[i], assigned);
            }

            _assigned.Add(region, assigned);
        }

        return assigned;
    }

    /// <summary>Visits blocks until nothing changes.</summary>
    /// <param name="entries">What is known before each block from the first on; null of one that is not reached.</param>
    /// <param name="first">The first block.</param>
    /// <param name="last">The last block.</param>
    /// <param name="isPassing">Whether it is a finally that a branch passes on its way.</param>
    /// <returns>Whether bounds were given up on the way.</returns>
    private bool Iterate(FlowState?[] entries, int first, int last, bool isPassing)
    {
        var waiting = new SortedSet<int>();
        var visits = new int[entries.Length];
        for (int i = first; i <= last; i++)
        {
            if (entries[i - first] is not null)
            {
                waiting.Add(i);
            }
        }

        bool widened = false;
        while (waiting.Count > 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            int ordinal = waiting.Min;
            waiting.Remove(ordinal);
            visits[ordinal - first]++;
            BasicBlock block = _graph.Blocks[ordinal];
            foreach ((int handler, FlowState state) in Handlers(block, entries[ordinal - first]!, isPassing))
            {
                Reach(handler, state, ordinal);
            }

            foreach ((BasicBlock target, FlowState state) in Successors(block, entries[ordinal - first]!))
            {
                Reach(target.Ordinal, state, ordinal);
            }
        }

        return widened;

        void Reach(int target, FlowState state, int from)
        {
            if (target < first || target > last || state.IsUnreachable || visits[target - first] > MostVisits)
            {
                return;
            }

            FlowState? old = entries[target - first];
            FlowState joined = old is null ? state : old.Join(state, _ids, _graph.Blocks[target]);
            if (old is not null && visits[target - first] > 0 && target <= from)
            {
                int round = visits[target - first];
                widened |= joined.Widen(old, key => round <= RoundsOfComparisons && _use.Compared.TryGetValue(key, out SortedSet<long>? numbers) ? numbers : null);
            }

            if (visits[target - first] == MostVisits)
            {
                joined = new FlowState();
            }

            if (old is null || !joined.IsSame(old))
            {
                entries[target - first] = joined;
                waiting.Add(target);
            }
        }
    }

    // A round without widening gives back what the conditions of loops say.
    private FlowState?[] Tighten(FlowState?[] entries)
    {
        var tightened = new FlowState?[entries.Length];
        tightened[0] = _incoming;
        foreach (BasicBlock block in _graph.Blocks)
        {
            if (entries[block.Ordinal] is not { IsUnreachable: false } entry)
            {
                continue;
            }

            foreach ((int handler, FlowState state) in Handlers(block, entry, isPassing: false))
            {
                Reach(handler, state);
            }

            foreach ((BasicBlock target, FlowState state) in Successors(block, entry))
            {
                Reach(target.Ordinal, state);
            }
        }

        return tightened;

        void Reach(int target, FlowState state)
        {
            if (!state.IsUnreachable)
            {
                FlowState? sofar = tightened[target];
                tightened[target] = sofar is null ? state : sofar.Join(state, _ids, _graph.Blocks[target]);
            }
        }
    }

    private IEnumerable<(BasicBlock Target, FlowState State)> Successors(BasicBlock block, FlowState entry)
    {
        FlowState state = entry.Clone();
        state.Keep(key => _use.IsLive(key, block.Ordinal));
        _transfer.Run(block, state, record: null);
        bool isConditional = block.ConditionKind != ControlFlowConditionKind.None && block.BranchValue is not null;
        var found = new List<(BasicBlock Target, FlowState State)>(2);
        Follow(block.FallThroughSuccessor, isConditional ? block.ConditionKind == ControlFlowConditionKind.WhenFalse : null);
        Follow(block.ConditionalSuccessor, isConditional ? block.ConditionKind == ControlFlowConditionKind.WhenTrue : null);
        return found;

        void Follow(ControlFlowBranch? branch, bool? condition)
        {
            if (branch?.Destination is not { } target)
            {
                return;
            }

            // The last to leave takes what is there.
            FlowState after = condition is null || branch == block.ConditionalSuccessor ? state : state.Clone();
            if (condition is { } isTrue)
            {
                _transfer.Refine(block.BranchValue!, isTrue, after);
            }

            FlowState? left = Leave(branch, after);
            if (left is not null)
            {
                found.Add((target, left));
            }
        }
    }

    /// <summary>Runs the finally blocks that a branch passes, and forgets what goes out of scope.</summary>
    /// <returns>Null if one of them does not end.</returns>
    private FlowState? Leave(ControlFlowBranch branch, FlowState state)
    {
        foreach (ControlFlowRegion region in branch.FinallyRegions)
        {
            if (state.IsUnreachable)
            {
                return null;
            }

            if (Through(region, state) is not { } after)
            {
                return null;
            }

            state = after;
        }

        foreach (ControlFlowRegion region in branch.LeavingRegions)
        {
            state.Leave(region.Locals, region.CaptureIds);
        }

        return state;
    }

    private FlowState? Through(ControlFlowRegion region, FlowState state)
    {
        var entries = new FlowState?[region.LastBlockOrdinal - region.FirstBlockOrdinal + 1];
        entries[0] = state;
        Iterate(entries, region.FirstBlockOrdinal, region.LastBlockOrdinal, isPassing: true);
        FlowState? end = null;
        for (int i = region.FirstBlockOrdinal; i <= region.LastBlockOrdinal; i++)
        {
            BasicBlock block = _graph.Blocks[i];
            if (entries[i - region.FirstBlockOrdinal] is not { } entry
                || block.FallThroughSuccessor is not { Semantics: ControlFlowBranchSemantics.StructuredExceptionHandling })
            {
                continue;
            }

            FlowState after = entry.Clone();
            _transfer.Run(block, after, record: null);
            end = end is null ? after : end.Join(after, _ids, block);
        }

        return end;
    }
}

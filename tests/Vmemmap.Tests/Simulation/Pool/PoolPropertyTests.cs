using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Checking;
using Vmemmap.Tests.Simulation.Memory;

namespace Vmemmap.Tests.Simulation.Pool;

public class PoolPropertyOfX64ReserveOneTests : PoolPropertyTests<X64, ReserveOne>;

public class PoolPropertyOfX64ReserveTwoTests : PoolPropertyTests<X64, ReserveTwo>;

public class PoolPropertyOfX64SharedTailTests : PoolPropertyTests<X64, SharedTail>;

public class PoolPropertyOfArm64SharedTailTests : PoolPropertyTests<Arm64K4Va48, SharedTail>;

public class PoolPropertyOfRiscV64ReserveOneTests : PoolPropertyTests<RiscV64Sv48, ReserveOne>;

/// <summary>Random operations on a small machine of two nodes, with random allocations failing: whatever comes, nothing is lost.</summary>
public abstract class PoolPropertyTests<TArch, TLayout>
    where TArch : struct, IArchitecture
    where TLayout : struct, IVmemmapLayout
{
    private static readonly FreePolicy[] Policies = [FreePolicy.Synchronous, FreePolicy.Deferred, FreePolicy.Permanent];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void AnyOperations_LoseNothing(int policy) => RandomSteps.Hold(15, 30, steps =>
    {
        var run = new Run(Policies[policy]);
        foreach ((int kind, int a, int b) in steps)
        {
            run.Step(kind, a, b);
            run.Check();
        }

        run.GiveAllBack();
        run.Check();
    });

    private sealed class Run
    {
        private readonly FreePolicy _policy;
        private readonly List<HugePage<TArch, TLayout>> _used = [];
        private readonly HashSet<ulong> _poisoned = [];
        private readonly MachineChecker<TArch, TLayout> _checker;

        public Run(FreePolicy policy)
        {
            _policy = policy;
            Rig = new PoolRig<TArch, TLayout>(256UL << 20, nodes: 2, new HugetlbOptions { OptimizeVmemmap = true, FreePolicy = policy });
            _checker = new MachineChecker<TArch, TLayout>(Rig.Vmemmap);
            foreach (HstatePool counts in Rig.Pool.Hstates)
            {
                if (!counts.IsGigantic)
                {
                    Rig.Pool.SetOvercommitLimit(counts.Hstate, Math.Min(4, (256L << 20) / (long)counts.Hstate.Size));
                }
            }
        }

        public PoolRig<TArch, TLayout> Rig { get; }

        private HugetlbPool<TArch, TLayout> Pool => Rig.Pool;

        public void Step(int kind, int a, int b)
        {
            // Every other operation meets failures: all of a kind, or one in four.
            var random = new Random(b);
            var purpose = (AllocationPurpose)(b % 8);
            Rig.Machine.PageAllocator.Fail = (a % 4) switch
            {
                0 => attempt => attempt.Purpose == purpose,
                1 => _ => random.Next(4) == 0,
                _ => null,
            };
            Operate(kind, a, b);
            Rig.FailNothing();
        }

        public void Check()
        {
            Rig.AssertHolds();
            _checker.Check([.. Pool.Pages], [.. _poisoned.Where(pfn => Pool.PageOf(pfn) is null).Select(pfn => new KnownFrames(pfn, 1, FrameUse.Poisoned))]);
        }

        public void GiveAllBack()
        {
            foreach (HugePage<TArch, TLayout> page in _used)
            {
                Pool.Free(page);
            }

            Pool.FlushWork();
            foreach (HstatePool counts in Pool.Hstates)
            {
                Pool.ReleaseReservation(counts.Hstate, counts.ReservedPages);
                Assert.Equal(counts.FreePages, counts.Pages);
                Pool.SetHugePages(counts.Hstate, counts.Pages);
                Pool.SetHugePages(counts.Hstate, 0);
                Pool.FlushWork();
                Rig.AssertHolds();
                Assert.Equal(_policy == FreePolicy.Permanent ? Pool.OptimizedPages(counts.Hstate) : 0, counts.Pages);
            }

            if (_policy != FreePolicy.Permanent)
            {
                Assert.Equal(0, Rig.Machine.Books[FrameUse.HugePage]);
                Assert.Equal(0, Rig.Machine.Books[FrameUse.Other]);
            }
        }

        private void Operate(int kind, int a, int b)
        {
            Hstate hstate = Pool.Hstates[a / 8 % Pool.Hstates.Count].Hstate;
            int? node = (b % 3) switch { 0 => 0, 1 => 1, _ => null };
            HstatePool counts = Pool[hstate];
            HugePage<TArch, TLayout>[] pages = [.. Pool.Pages.OrderBy(page => page.HeadPfn)];
            switch (kind % 15)
            {
                case 0 or 1 or 2:
                    long most = Math.Min(40, (256L << 20) / (long)hstate.Size);
                    long wanted = (a / 64) % (most + 1);
                    long before = node is { } some ? counts.PagesOf(some) - counts.SurplusPagesOf(some) : counts.PersistentPages;
                    long reached = Pool.SetHugePages(hstate, wanted, node);

                    // Never beyond what was asked for on the way up, nor below on the way down.
                    Assert.InRange(reached, Math.Min(before, wanted), Math.Max(before, wanted));
                    break;
                case 3 or 4 or 5:
                    bool useReserve = counts.ReservedPages > 0 && b % 2 == 0;
                    if (Pool.TryAllocate(hstate, node, useReserve) is { } page)
                    {
                        Assert.DoesNotContain(page, _used);
                        _used.Add(page);
                        if (useReserve && b % 4 == 0)
                        {
                            Pool.CommitReservation(page);
                        }
                    }

                    break;
                case 6 or 7 when _used.Count > 0:
                    Pool.Free(_used[b % _used.Count]);
                    _used.RemoveAt(b % _used.Count);
                    break;
                case 8:
                    long promised = counts.ReservedPages;
                    long more = Math.Min(b % 6, (256L << 20) / (long)hstate.Size);
                    Assert.Equal(Pool.TryReserve(hstate, more) ? promised + more : promised, counts.ReservedPages);
                    break;
                case 9:
                    Pool.ReleaseReservation(hstate, b % (counts.ReservedPages + 1));
                    break;
                case 10 when pages.Length > 0:
                    DissolveResult dissolved = Pool.Dissolve(pages[b % pages.Length]);
                    Assert.Equal(dissolved is DissolveResult.Done or DissolveResult.NotAHugePage, pages[b % pages.Length].Place == HugePagePlace.Gone);
                    break;
                case 11 when hstate.Order > Pool.Hstates.Min(other => other.Hstate.Order):
                    Assert.InRange(Pool.Demote(hstate, Math.Min(b % 4, (256L << 20) / (long)hstate.Size), node: node), 0, b % 4);
                    break;
                case 12 when pages.Length > 0:
                    HugePage<TArch, TLayout> old = pages[b % pages.Length];
                    if (old.Place == HugePagePlace.InUse && Pool.TryMigrate(old) is { } moved)
                    {
                        _used[_used.IndexOf(old)] = moved;
                    }
                    else
                    {
                        Pool.TryReplace(old);
                    }

                    break;
                case 13 when pages.Length > 0 && b % 3 == 0:
                    ulong bad = pages[b % pages.Length].HeadPfn + ((ulong)b % (ulong)pages[b % pages.Length].Count);
                    Assert.Equal(
                        _poisoned.Add(bad) ? MemoryFailureKind.HugePage : MemoryFailureKind.AlreadyPoisoned, Pool.MemoryFailure(bad).Kind);
                    break;
                default:
                    Pool.OptimizeVmemmap = b % 4 != 0;
                    Pool.FlushWork();
                    break;
            }
        }
    }
}

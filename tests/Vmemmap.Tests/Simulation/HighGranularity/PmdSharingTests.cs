using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Machine;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Tables of the last level but one that mappings of the same part of a file share.</summary>
public class PmdSharingTests
{
    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k", "2M")]
    [InlineData("arm64-16k", "32M")]
    [InlineData("riscv64-sv39", "2M")]
    public void OneTable_IsEverybodys(string architecture, string size) => OnMachine.Run(architecture, new OneTable(size));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k", "2M")]
    public void WhoTakesAway_GivesItsPartUpFirst(string architecture, string size) => OnMachine.Run(architecture, new TakesAway(size));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-16k", "32M")]
    public void AMappingInPieces_NeverShares(string architecture, string size) => OnMachine.Run(architecture, new InPieces(size));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("riscv64-sv48", "2M")]
    public void WhatConcernsTheFile_ReachesAll(string architecture, string size) => OnMachine.Run(architecture, new OfTheFile(size));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k", "2M")]
    public void ForkAndMremap_ShareAndUnshare(string architecture, string size) => OnMachine.Run(architecture, new ForkAndMove(size));

    [Fact]
    public void OnlyWhatIsAlike_IsShared() => OnMachine.Run("x86-64", new Alike());

    // arm64 Kconfig: 4K pages, or 16K pages and more than two levels; huge_pmd_share: one entry of the last level but one.
    [Theory]
    [InlineData("x86-64", "2M", true)]
    [InlineData("arm64-4k", "2M", true)]
    [InlineData("arm64-4k", "32M", false)]
    [InlineData("arm64-4k", "64K", false)]
    [InlineData("arm64-16k", "32M", true)]
    [InlineData("arm64-16k-va36", "32M", false)]
    [InlineData("arm64-64k", "512M", false)]
    [InlineData("riscv64-sv39", "2M", true)]
    [InlineData("riscv64-sv39", "64K", false)]
    public void WhichSizes_CanShare(string architecture, string size, bool can) => OnMachine.Run(architecture, new Can(size, can));

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-4k")]
    public void AnyTableThatFails_LeavesTheSharedOne(string architecture) => OnMachine.Run(architecture, new Failing());

    [Fact]
    public void FromManyThreads_TheCountsHold() => OnMachine.Run("x86-64", new Threads());

    private sealed class OneTable(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            RefusedRig<TArch> rig = Rig<TArch>(size);
            AddressSpace<TArch> a = rig.NewProcess();
            AddressSpace<TArch> b = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.TableReach, rig.File.PageCount);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(b, 5 * rig.TableReach, rig.File.PageCount);
            rig.Read(one, 0, 7);
            long alone = a.PageTables;
            long frames = rig.Machine.Books[FrameUse.UserPageTable];
            ulong table = rig.TableOf(a, one.Start);
            Assert.Equal(1, rig.References(table));

            // The second process makes all tables but the shared one: its counts are as if it had made that too.
            rig.Read(two, 3);
            Assert.Equal(table, rig.TableOf(b, two.Start));
            Assert.Equal(2, rig.References(table));
            Assert.Equal((alone, alone), (a.PageTables, b.PageTables));
            Assert.Equal(frames + alone - 2, rig.Machine.Books[FrameUse.UserPageTable]);

            // What one maps both have, and it is one mapping of each page.
            foreach (long page in (long[])[0, 3, 7])
            {
                rig.AssertMapped(a, rig.At(one, page), rig.PageAt(page));
                rig.AssertMapped(b, rig.At(two, page), rig.PageAt(page));
                Assert.Equal((2, 1), rig.Counts(rig.PageAt(page)));
                Assert.Equal(UserAccess.Done, b.Access(rig.OtherCpu, rig.At(two, page), write: true, out _));
            }

            Assert.Equal((3L << rig.Hstate.Order, 3L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));
            rig.Read(one, 5);
            Assert.Equal((4L << rig.Hstate.Order, 4L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));

            // Who made it leaves first: the table stays for the other one.
            one.Remove(rig.Cpu);
            Assert.Equal((0, 4L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));
            rig.Exit(a);
            Assert.Equal(1, rig.References(table));
            rig.AssertMapped(b, rig.At(two, 5), rig.PageAt(5));
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(5)));
            two.Remove(rig.Cpu);
            Assert.Equal((1, 0), rig.Counts(rig.PageAt(5)));
            rig.End();
            return true;
        }
    }

    private sealed class TakesAway(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            RefusedRig<TArch> rig = Rig<TArch>(size);
            AddressSpace<TArch> a = rig.NewProcess();
            AddressSpace<TArch> b = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.TableReach, rig.File.PageCount);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(b, rig.TableReach, rig.File.PageCount);

            // A third mapping, in a process that has one already.
            HugetlbMapping<TArch, ReserveOne> three = rig.Map(b, 3 * rig.TableReach, rig.File.PageCount);
            rig.Read(one, 0, 1);
            rig.Read(two, 0);
            rig.Read(three, 1);
            ulong table = rig.TableOf(a, one.Start);
            Assert.Equal(3, rig.References(table));
            Assert.Equal((2L << rig.Hstate.Order, 4L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));
            Assert.Equal(UserAccess.Done, a.Access(rig.OtherCpu, rig.At(one, 1), write: false, out _));

            // One page is taken away: the process loses what is in the whole range of the table, and others nothing.
            Assert.True(one.Unmap(rig.Cpu, one.Start, rig.Hstate.Size).IsDone);
            Assert.Equal((2, 0UL), (rig.References(table), rig.TableOf(a, one.Start)));
            Assert.Equal(UserAccess.NotMapped, a.Access(rig.OtherCpu, rig.At(one, 1), write: false, out _));
            Assert.Equal((0, 4L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));
            rig.AssertMapped(b, two.Start, rig.PageAt(0));
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(0)));

            // A fault brings all of it back.
            rig.Read(one, 1);
            Assert.Equal((3, table), (rig.References(table), rig.TableOf(a, one.Start)));
            rig.AssertMapped(a, one.Start, rig.PageAt(0));

            // The last one clears the leaves.
            Assert.True(one.Unmap(rig.Cpu, one.Start, rig.Hstate.Size).IsDone);
            Assert.True(two.Unmap(rig.Cpu, two.Start, rig.Hstate.Size).IsDone);
            Assert.Equal(1, rig.References(table));
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(0)));
            Assert.Equal(2L << rig.Hstate.Order, b.HugetlbPages);
            Assert.True(three.Unmap(rig.Cpu, three.Start, rig.Hstate.Size).IsDone);
            Assert.Equal((1, 0), rig.Counts(rig.PageAt(0)));
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(1)));
            Assert.Equal(1L << rig.Hstate.Order, b.HugetlbPages);
            rig.AssertMapped(b, rig.At(three, 1), rig.PageAt(1));
            rig.End();
            return true;
        }
    }

    private sealed class InPieces(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            RefusedRig<TArch> rig = Rig<TArch>(size);
            AddressSpace<TArch> a = rig.NewProcess();
            AddressSpace<TArch> b = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.TableReach, rig.File.PageCount);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(b, rig.TableReach, rig.File.PageCount);
            rig.Read(one, 0);
            rig.Read(two, 1);
            ulong table = rig.TableOf(a, one.Start);
            Assert.Equal(2, rig.References(table));
            Assert.Equal(UserAccess.Done, a.Access(rig.OtherCpu, one.Start, write: false, out _));

            // Who made the table is told to split: it goes, and the other one has the table.
            Assert.True(one.AdviseSplit(rig.Cpu).IsDone);
            Assert.Equal((1, table), (rig.References(table), rig.TableOf(b, two.Start)));
            Assert.Equal((0, 2L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));
            Assert.Equal(UserAccess.NotMapped, a.Access(rig.OtherCpu, one.Start, write: false, out _));

            ulong piece = 1UL << TArch.PageShift;
            Assert.True(one.Continue(rig.Cpu, one.Start, piece).IsDone);
            Assert.NotEqual(table, rig.TableOf(a, one.Start));
            Assert.Equal(piece, rig.Walk(a, one.Start).Size);
            rig.AssertMapped(b, two.Start, rig.PageAt(0));
            Assert.Equal((3, 2), rig.Counts(rig.PageAt(0)));

            // Nobody shares a table that may have pieces.
            AddressSpace<TArch> c = rig.NewProcess();
            two.Remove(rig.Cpu);
            HugetlbMapping<TArch, ReserveOne> three = rig.Map(c, rig.TableReach, rig.File.PageCount);
            rig.Read(three, 0);
            Assert.Equal((1, 1), (rig.References(rig.TableOf(a, one.Start)), rig.References(rig.TableOf(c, one.Start))));
            Assert.NotEqual(rig.TableOf(a, one.Start), rig.TableOf(c, one.Start));
            rig.End();
            return true;
        }
    }

    private sealed class OfTheFile(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            RefusedRig<TArch> rig = Rig<TArch>(size);
            AddressSpace<TArch> a = rig.NewProcess();
            AddressSpace<TArch> b = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.TableReach, rig.File.PageCount);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(b, rig.TableReach, rig.File.PageCount);
            rig.Read(one, 0, 1, 2, 3);
            rig.Read(two, 3);
            ulong table = rig.TableOf(a, one.Start);
            Assert.Equal(2, rig.References(table));

            // A page is moved while a process comes back to the table.
            Assert.True(rig.File.BeginMigration(rig.Cpu, 1, null, out HugePageMigration<TArch, ReserveOne>? migration).IsDone);
            Assert.Equal((1, 0), (rig.References(table), a.HugetlbPages));
            Assert.Equal(FaultKind.Migrating, two.Touch(rig.Cpu, rig.At(two, 1), write: false, out _).Kind);
            rig.Read(one, 0);
            Assert.Equal(FaultKind.Migrating, one.Touch(rig.Cpu, rig.At(one, 1), write: false, out _).Kind);
            Assert.Equal(2, rig.References(table));
            Assert.True(migration!.Finish(rig.Cpu).IsDone);
            rig.AssertMapped(a, rig.At(one, 1), migration.To);
            rig.AssertMapped(b, rig.At(two, 1), migration.To);
            Assert.Equal((2, 1), rig.Counts(migration.To));
            Assert.Equal((4L << rig.Hstate.Order, 4L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));

            // A page leaves the file: it is nobody's, and free.
            HugePage<TArch, ReserveOne> gone = rig.PageAt(0);
            Assert.True(rig.File.TryRemove(rig.Cpu, 0));
            Assert.Equal(HugePagePlace.Free, gone.Place);
            Assert.Equal((1, 0UL), (rig.References(table), rig.TableOf(a, one.Start)));
            rig.AssertNothing(b, two.Start);
            Assert.Equal((0, 3L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));

            // A memory error: who comes back to the table finds it there.
            rig.Read(one, 3);
            HugePage<TArch, ReserveOne> bad = rig.PageAt(2);
            HugetlbMemoryFailure<TArch, ReserveOne> failure = rig.File.MemoryFailure(rig.Cpu, bad.HeadPfn + 1);
            Assert.Equal((rig.Hstate.Size, rig.Hstate.Size), (failure.Lost[one], failure.Lost[two]));
            rig.Read(one, 3);
            Assert.Equal((2, table), (rig.References(table), rig.TableOf(a, one.Start)));
            Assert.Equal(FaultKind.HwPoison, one.Touch(rig.Cpu, rig.At(one, 2), write: false, out _).Kind);
            Assert.Equal(FaultKind.HwPoison, two.Touch(rig.Cpu, rig.At(two, 2), write: false, out _).Kind);
            Assert.Equal((1, 0), rig.Counts(bad));
            rig.End(asBefore: false);
            return true;
        }
    }

    private sealed class ForkAndMove(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            RefusedRig<TArch> rig = Rig<TArch>(size);
            AddressSpace<TArch> a = rig.NewProcess();
            AddressSpace<TArch> b = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.TableReach, rig.File.PageCount);
            rig.Read(one, 0, 1);
            ulong table = rig.TableOf(a, one.Start);
            Assert.True(one.Fork(rig.Cpu, b, out HugetlbMapping<TArch, ReserveOne>? two).IsDone);
            Assert.Equal((2, table), (rig.References(table), rig.TableOf(b, one.Start)));
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(0)));
            Assert.Equal((a.PageTables, a.HugetlbPages), (b.PageTables, b.HugetlbPages));

            // It moves away from the shared table, and finds it again at the next fault.
            Assert.True(one.MoveTo(rig.Cpu, 7 * rig.TableReach).IsDone);
            Assert.Equal((1, 0), (rig.References(table), a.HugetlbPages));
            rig.AssertNothing(a, one.Start);
            rig.Read(one, 1);
            Assert.Equal((2, table), (rig.References(table), rig.TableOf(a, one.Start)));

            // Where it is not a multiple of the table, it has one of its own.
            Assert.True(one.MoveTo(rig.Cpu, (9 * rig.TableReach) + rig.Hstate.Size).IsDone);
            rig.Read(one, 1);
            Assert.Equal((1, 1), (rig.References(table), rig.References(rig.TableOf(a, rig.At(one, 1)))));
            Assert.Equal((3, 2), rig.Counts(rig.PageAt(1)));
            Assert.True(one.Fork(rig.Cpu, rig.NewProcess(), out HugetlbMapping<TArch, ReserveOne>? three).IsDone);
            Assert.Equal((4, 3), rig.Counts(rig.PageAt(1)));
            two!.Remove(rig.Cpu);
            three!.Remove(rig.Cpu);
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(1)));
            rig.End();
            return true;
        }
    }

    private sealed class Alike : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            long pages = 512;
            var rig = new RefusedRig<TArch>("2M", inPool: 16, length: 3 * pages, shares: true);
            var like = new HugetlbMappingOptions { Start = 0, Pages = 1 };
            ulong reach = rig.TableReach;
            HugetlbMapping<TArch, ReserveOne> first = rig.Map(rig.NewProcess(), reach, pages, like with { FirstPage = 1 });
            rig.Read(first, 9);
            ulong table = rig.TableOf(first.Space, first.Start);

            void AssertShares(bool shares, ulong start, long length, HugetlbMappingOptions options)
            {
                HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(rig.NewProcess(), start, length, options);
                ulong address = mapping.Start + ((ulong)(first.FirstPage + 9 - options.FirstPage) * rig.Hstate.Size);
                if ((options.Userfaults & Userfaults.Minor) != 0)
                {
                    Assert.Equal(FaultKind.Minor, mapping.Fault(rig.Cpu, address, write: false).Kind);
                    Assert.True(mapping.Continue(rig.Cpu, address, rig.Hstate.Size).IsDone);
                }
                else
                {
                    Assert.Equal(FaultKind.Mapped, mapping.Touch(rig.Cpu, address, write: false, out _).Kind);
                }

                Assert.Equal((shares ? 2 : 1, shares), (rig.References(table), rig.TableOf(mapping.Space, address) == table));
                mapping.Remove(rig.Cpu);
                Assert.Equal(1, rig.References(table));
            }

            HugetlbMappingOptions same = like with { FirstPage = 1 };
            AssertShares(true, 4 * reach, pages, same);
            AssertShares(true, (4 * reach) - (1 * rig.Hstate.Size), pages + 2, like);
            AssertShares(false, 4 * reach, pages, like);
            AssertShares(false, (4 * reach) + rig.Hstate.Size, pages, same);
            AssertShares(false, 4 * reach, pages - 1, same);
            AssertShares(false, 4 * reach, pages, same with { IsWritable = false });
            AssertShares(false, 4 * reach, pages, same with { Userfaults = Userfaults.Missing });
            AssertShares(false, 4 * reach, pages, same with { Userfaults = Userfaults.Minor });
            AssertShares(false, 4 * reach, pages, same with { IsShared = false });

            // Alike, and the other one not at a multiple of its table.
            first.Remove(rig.Cpu);
            first = rig.Map(rig.NewProcess(), reach + rig.Hstate.Size, pages, same);
            rig.Read(first, 9);
            table = rig.TableOf(first.Space, rig.At(first, 9));
            AssertShares(false, 4 * reach, pages, same);
            rig.End();
            return true;
        }
    }

    private sealed class Can(string size, bool can) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            bool large = TArch.PageShift == 16;
            var rig = new RefusedRig<TArch>(size, inPool: 1, length: 1, shares: true, bytes: large ? 2UL << 30 : 1UL << 28);
            Assert.Equal(can, rig.File.SharesPageTables);
            using var plain = new HugetlbFile<TArch, ReserveOne>(rig.Pool, rig.Hstate, 1);
            Assert.False(plain.SharesPageTables);
            rig.End();
            return true;
        }
    }

    private sealed class Failing : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            RefusedRig<TArch> rig = Rig<TArch>("2M");
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(rig.NewProcess(), rig.TableReach, rig.File.PageCount);
            rig.Read(one, 0, 1);
            ulong table = rig.TableOf(one.Space, one.Start);
            AddressSpace<TArch> b = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne>? copy = null;

            // PGD and PUD tables: the child needs one more than its root, and no frame for the table that it shares.
            int failed = rig.FailEach(() =>
            {
                bool done = one.Fork(rig.Cpu, b, out copy).IsDone;
                Assert.Equal(done ? 2 : 1, rig.References(table));
                Assert.Equal((done ? 3 : 1, done ? 2L << rig.Hstate.Order : 0), (b.PageTables, b.HugetlbPages));
                return done;
            });
            Assert.Equal(1, failed);
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(0)));

            // A fault likewise.
            copy!.Remove(rig.Cpu);
            AddressSpace<TArch> c = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> three = rig.Map(c, rig.TableReach, rig.File.PageCount);
            failed = rig.FailEach(() => three.Fault(rig.Cpu, three.Start, write: false).Kind == FaultKind.Mapped);
            Assert.Equal((1, 2), (failed, rig.References(table)));
            rig.End();
            return true;
        }
    }

    private sealed class Threads : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            RefusedRig<TArch> rig = Rig<TArch>("2M", inPool: 8);
            HugetlbMapping<TArch, ReserveOne>[] mappings =
                [.. Enumerable.Range(0, 4).Select(i => rig.Map(rig.NewProcess(), rig.TableReach * (ulong)(i + 1), rig.File.PageCount))];
            Assert.All(Enumerable.Range(0, 8), index => Assert.True(rig.File.TryFill(rig.Cpu, index)));
            using var start = new Barrier(mappings.Length);
            Thread[] threads = [.. mappings.Select((mapping, i) => new Thread(() =>
            {
                var random = new Random(i);
                start.SignalAndWait();
                for (int step = 0; step < 400; step++)
                {
                    ulong address = rig.At(mapping, random.Next(8));
                    if (random.Next(4) > 0)
                    {
                        mapping.Touch(rig.Machine.Cpus[i], address, write: true, out _);
                    }
                    else
                    {
                        mapping.Unmap(rig.Machine.Cpus[i], address, rig.Hstate.Size);
                    }
                }

                // In the end it has something, in a table of its own or of others.
                mapping.Touch(rig.Machine.Cpus[i], rig.At(mapping, i), write: true, out _);
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            var entries = new HashSet<ulong>[8];
            var tables = new List<ulong>();
            foreach (HugetlbMapping<TArch, ReserveOne> mapping in mappings)
            {
                long leaves = 0;
                for (int page = 0; page < 8; page++)
                {
                    Manuals.Outcome found = rig.Walk(mapping.Space, rig.At(mapping, page));
                    if (found.Fault == TranslationFault.None)
                    {
                        leaves++;
                        (entries[page] ??= []).Add(found.EntryAddress);
                    }
                }

                tables.Add(rig.TableOf(mapping.Space, mapping.Start));
                Assert.Equal(leaves << rig.Hstate.Order, mapping.Space.HugetlbPages);
            }

            Assert.All(tables, table => Assert.Equal(tables.Count(other => other == table), rig.References(table)));
            for (int page = 0; page < 8; page++)
            {
                int mapped = entries[page]?.Count ?? 0;
                Assert.Equal((1 + mapped, mapped), rig.Counts(rig.PageAt(page)));
            }

            rig.End();
            return true;
        }
    }

    private static RefusedRig<TArch> Rig<TArch>(string size, int inPool = 9)
        where TArch : struct, IArchitecture
    {
        // As long as a table: 512 huge pages, 2048 with 16K pages.
        return new RefusedRig<TArch>(size, inPool, TArch.PageShift == 14 ? 2048 : 512, shares: true);
    }
}

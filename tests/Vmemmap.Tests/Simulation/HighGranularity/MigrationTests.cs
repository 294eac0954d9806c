using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Machine;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Migration of whole huge pages, and its refusal of those in pieces.</summary>
public class MigrationTests
{
    [Theory]
    [InlineData("x86-64", "2M", MapCountRule.HugePage)]
    [InlineData("x86-64", "2M", MapCountRule.SubPage)]
    [InlineData("arm64-4k", "2M", MapCountRule.HugePage)]
    [InlineData("arm64-4k", "64K", MapCountRule.SubPage)]
    [InlineData("arm64-4k", "32M", MapCountRule.HugePage)]
    [InlineData("arm64-16k", "32M", MapCountRule.HugePage)]
    [InlineData("riscv64-sv48", "64K", MapCountRule.HugePage)]
    public void APageMoves_WithWhatIsInIt(string architecture, string size, MapCountRule rule) => OnMachine.Run(architecture, new Moves(size, rule));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k", "64K")]
    [InlineData("riscv64-sv48", "2M")]
    public void AnAbort_PutsAllBack(string architecture, string size) => OnMachine.Run(architecture, new Aborts(size));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k", "32M")]
    public void MeanwhileWhoComes_Waits(string architecture, string size) => OnMachine.Run(architecture, new Meanwhile(size));

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k", "64K")]
    public void WhatCannotMove_IsSaid(string architecture, string size) => OnMachine.Run(architecture, new Refused(size));

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-4k")]
    public void WhatComesUpMeanwhile_EndsItWell(string architecture) => OnMachine.Run(architecture, new ComesUp());

    [Fact]
    public void ANodeThatIsAskedFor_IsTheOnlyOne() => OnMachine.Run("x86-64", new Nodes());

    [Fact]
    public void ASurplusPage_ThatCannotBeMade_LeavesAll() => OnMachine.Run("x86-64", new Failing());

    [Theory]
    [InlineData("x86-64", false)]
    [InlineData("x86-64", true)]
    [InlineData("arm64-4k", true)]
    public void WithForksMovesAndFaults_FromManyThreads_NothingIsLost(string architecture, bool shares) => OnMachine.Run(architecture, new Threads(shares));

    private static HugePageMigration<TArch, ReserveOne> Begin<TArch>(RefusedRig<TArch> rig, long index)
        where TArch : struct, IArchitecture
    {
        MappingResult result = rig.File.BeginMigration(rig.Cpu, index, null, out HugePageMigration<TArch, ReserveOne>? migration);
        Assert.Equal((MappingError.None, rig.Hstate.Size, string.Empty), (result.Error, result.Bytes, result.Reason));
        Assert.NotNull(migration);
        Assert.True(migration.IsUnderWay);
        return migration;
    }

    private sealed class Moves(string size, MapCountRule rule) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size, rule: rule);
            AddressSpace<TArch> a = rig.NewProcess();
            AddressSpace<TArch> b = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.AcrossTables, 3);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(b, rig.AcrossTables, 2, new() { Start = 0, Pages = 1, FirstPage = 1, IsWritable = false });
            rig.Read(one, 0, 1);
            rig.Read(two, 0);
            HugePage<TArch, ReserveOne> from = rig.PageAt(1);
            Assert.Equal((3, 2), rig.Counts(from));
            ulong[] offsets = [0, 8, (1UL << TArch.PageShift) + 16, rig.Hstate.Size - 8];
            foreach (ulong offset in offsets)
            {
                Assert.Equal(FaultKind.Mapped, one.Touch(rig.OtherCpu, rig.At(one, 1) + offset, write: true, out ulong physical).Kind);
                rig.Machine.Memory.WriteWord(physical, 0x5eed_0000_0000_0000 + offset);
            }

            ulong[] before = rig.Entries(a, rig.At(one, 1));
            ulong[] beforeTwo = rig.Entries(b, two.Start);
            long inUse = rig.Pool[rig.Hstate].FreePages;
            HugePageMigration<TArch, ReserveOne> migration = Begin(rig, 1);
            Assert.Same(from, migration.From);
            Assert.NotEqual(from.HeadPfn, migration.To.HeadPfn);
            Assert.Equal(inUse - 1, rig.Pool[rig.Hstate].FreePages);

            // Nobody has a mapping; every entry of the group says what it is and which page it was.
            Assert.Equal((2, 0), rig.Counts(from));
            Assert.Equal((1, 0), rig.Counts(migration.To));
            Assert.Equal((1L << rig.Hstate.Order, 0), (a.HugetlbPages, b.HugetlbPages));
            foreach (ulong entry in (ulong[])[.. rig.Entries(a, rig.At(one, 1)), .. rig.Entries(b, two.Start)])
            {
                Assert.Equal(NonPresentKind.Migration, NonPresentEntry.KindOf<TArch>(entry));
                Assert.Equal((from.HeadPfn, rig.Hstate.Order + TArch.PageShift), (NonPresentEntry.FrameOf(entry), NonPresentEntry.ShiftOf(entry)));
            }

            Assert.Equal(UserAccess.NotMapped, a.Access(rig.OtherCpu, rig.At(one, 1), write: false, out _));
            Assert.Equal(FaultKind.Migrating, one.Touch(rig.OtherCpu, rig.At(one, 1) + 8, write: false, out _).Kind);
            Assert.Equal(FaultKind.Migrating, two.Fault(rig.Cpu, two.Start, write: false).Kind);
            rig.Read(one, 0);

            OperationCounters counters = rig.OtherCpu.Counters;
            Assert.True(migration.Finish(rig.OtherCpu).IsDone);
            Assert.Equal((long)rig.Hstate.Size, rig.OtherCpu.Counters.Since(in counters).BytesCopied);
            Assert.False(migration.IsUnderWay);
            Assert.Same(migration.To, rig.File.PageAt(1));
            Assert.Equal(HugePagePlace.Free, from.Place);
            Assert.Equal((inUse, 0), (rig.Pool[rig.Hstate].FreePages, rig.References(from.HeadPfn)));
            rig.AssertMapped(a, rig.At(one, 1), migration.To);
            rig.AssertMapped(b, two.Start, migration.To, writable: false);
            Assert.Equal((3, 2), rig.Counts(migration.To));
            Assert.Equal((2L << rig.Hstate.Order, 1L << rig.Hstate.Order), (a.HugetlbPages, b.HugetlbPages));

            // The leaves differ in their addresses alone.
            ulong moved = (from.HeadPfn ^ migration.To.HeadPfn) << TArch.PageShift;
            Assert.Equal(Moved<TArch>(rig, before, moved), rig.Entries(a, rig.At(one, 1)));
            Assert.Equal(Moved<TArch>(rig, beforeTwo, moved), rig.Entries(b, two.Start));
            foreach (ulong offset in offsets)
            {
                Assert.Equal(FaultKind.Mapped, two.Touch(rig.OtherCpu, two.Start + offset, write: false, out ulong physical).Kind);
                Assert.Equal(0x5eed_0000_0000_0000 + offset, rig.Machine.Memory.ReadWord(physical));
            }

            rig.End();
            return true;
        }

        // facts/kernel.md section 1: a page's number is at bit 10 on riscv64, at its own place on the others while it has less than 48 bits.
        private static ulong[] Moved<TArch>(RefusedRig<TArch> rig, ulong[] entries, ulong moved)
            where TArch : struct, IArchitecture =>
            [.. entries.Select(entry => entry ^ (rig.Manual.Name.StartsWith("riscv", StringComparison.Ordinal) ? moved >> 2 : moved))];
    }

    private sealed class Aborts(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size);
            AddressSpace<TArch> a = rig.NewProcess();
            AddressSpace<TArch> b = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.AcrossTables, 3);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(b, rig.AcrossTables, 3, new() { Start = 0, Pages = 1, IsWritable = false });
            rig.Read(one, 1);
            rig.Read(two, 1);

            // Nobody has read or written the one lately (page_idle, and a file system that wrote it back): that is kept.
            ulong first = rig.Walk(a, rig.At(one, 1)).EntryAddress;
            foreach ((int i, ulong entry) in rig.Entries(a, rig.At(one, 1)).Index())
            {
                rig.Machine.Memory.WriteWord(first + ((ulong)i * 8), entry & ~(TArch.AccessedMask | TArch.DirtyMask));
            }

            ulong[][] entries = [rig.Entries(a, rig.At(one, 1)), rig.Entries(b, rig.At(two, 1))];
            long[] books = rig.Books();
            long free = rig.Pool[rig.Hstate].FreePages;

            HugePageMigration<TArch, ReserveOne> migration = Begin(rig, 1);
            long copied = rig.Cpu.Counters.BytesCopied;
            migration.Abort(rig.Cpu);

            Assert.Same(migration.From, rig.File.PageAt(1));
            Assert.Equal(entries, [rig.Entries(a, rig.At(one, 1)), rig.Entries(b, rig.At(two, 1))]);
            Assert.Equal((3, 2), rig.Counts(migration.From));
            Assert.Equal((HugePagePlace.Free, free, copied), (migration.To.Place, rig.Pool[rig.Hstate].FreePages, rig.Cpu.Counters.BytesCopied));
            Assert.Equal(books, rig.Books());
            Assert.Throws<InvalidOperationException>(() => migration.Abort(rig.Cpu));
            Assert.Throws<InvalidOperationException>(() => migration.Finish(rig.Cpu));

            // It can be tried again.
            HugePageMigration<TArch, ReserveOne> again = Begin(rig, 1);
            Assert.False(migration.IsUnderWay);
            Assert.Throws<InvalidOperationException>(() => migration.Finish(rig.Cpu));
            Assert.True(again.Finish(rig.Cpu).IsDone);
            rig.AssertMapped(b, rig.At(two, 1), again.To, writable: false);
            rig.End();
            return true;
        }
    }

    private sealed class Meanwhile(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size);
            AddressSpace<TArch> a = rig.NewProcess();
            AddressSpace<TArch> b = rig.NewProcess();
            var minor = new HugetlbMappingOptions { Start = 0, Pages = 1, Userfaults = Userfaults.Minor };
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.AcrossTables, 3);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(b, rig.AcrossTables, 3, minor);
            ulong huge = rig.Hstate.Size;
            ulong piece = 1UL << TArch.PageShift;
            Assert.True(one.AdviseSplit(rig.Cpu).IsDone);
            Assert.True(two.AdviseSplit(rig.Cpu).IsDone);
            rig.Read(one, 0, 1, 2);
            HugePageMigration<TArch, ReserveOne> migration = Begin(rig, 1);

            // Over the entry.
            Assert.Equal(FaultKind.Migrating, one.Fault(rig.Cpu, rig.At(one, 1) + (3 * piece), write: true).Kind);
            Assert.Equal(rig.At(one, 1) + (3 * piece), one.Fault(rig.Cpu, rig.At(one, 1) + (3 * piece) + 5, write: true).Address);
            Assert.Equal(MappingError.Exists, one.Continue(rig.Cpu, rig.At(one, 1), huge).Error);
            Assert.Equal(MappingError.Exists, one.Continue(rig.Cpu, rig.At(one, 1) + piece, piece).Error);
            MappingResult collapse = one.AdviseCollapse(rig.Cpu, one.Start, 3 * huge);
            Assert.Equal((MappingError.Busy, huge), (collapse.Error, collapse.Bytes));
            Assert.Contains($"0x{rig.At(one, 1):x}", collapse.Reason, StringComparison.Ordinal);
            Assert.Equal(MappingError.Exists, one.SplitTo(rig.Cpu, rig.At(one, 1), piece, SplitMode.Always, out _).Error);

            // Where nothing is mapped: whoever has the page's lock is waited for.
            Assert.Equal(FaultKind.Migrating, two.Fault(rig.Cpu, rig.At(two, 1), write: false).Kind);
            Assert.Equal(FaultKind.Minor, two.Fault(rig.Cpu, two.Start, write: false).Kind);
            MappingResult busy = two.Continue(rig.Cpu, two.Start, 3 * huge);
            Assert.Equal((MappingError.Busy, huge), (busy.Error, busy.Bytes));
            Assert.Contains($"0x{rig.At(two, 1):x}", busy.Reason, StringComparison.Ordinal);
            Assert.Equal(MappingError.Busy, two.Continue(rig.Cpu, rig.At(two, 1) + piece, piece).Error);
            Assert.Equal(MappingError.Busy, two.SplitTo(rig.Cpu, rig.At(two, 1), piece, SplitMode.Always, out _).Error);
            Assert.Equal((2, 0), rig.Counts(migration.From));
            Assert.Equal((MappingError.Busy, true), (BeginAgain(rig, out string why), why.Contains("migrated already", StringComparison.Ordinal)));

            Assert.True(migration.Finish(rig.Cpu).IsDone);
            rig.AssertMapped(a, rig.At(one, 1), migration.To);
            Assert.Equal((2, 1), rig.Counts(migration.To));
            Assert.True(one.AdviseCollapse(rig.Cpu, one.Start, 3 * huge).IsDone);
            Assert.Equal(FaultKind.Minor, two.Fault(rig.Cpu, rig.At(two, 1), write: false).Kind);
            Assert.True(two.Continue(rig.Cpu, rig.At(two, 1) + piece, piece).IsDone);
            Assert.Equal((migration.To.HeadPfn + 1) << TArch.PageShift, rig.Walk(b, rig.At(two, 1) + piece).PhysicalAddress);
            Assert.Equal((3, 2), rig.Counts(migration.To));
            rig.End();
            return true;
        }

        private static MappingError BeginAgain<TArch>(RefusedRig<TArch> rig, out string why)
            where TArch : struct, IArchitecture
        {
            MappingResult result = rig.File.BeginMigration(rig.Cpu, 1, null, out _);
            why = result.Reason;
            return result.Error;
        }
    }

    private sealed class Refused(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size, inPool: 4);
            AddressSpace<TArch> a = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.AcrossTables, 3);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(rig.NewProcess(), rig.AcrossTables, 3);
            ulong piece = 1UL << TArch.PageShift;
            rig.Read(two, 0, 1);
            Assert.True(one.AdviseSplit(rig.Cpu).IsDone);

            void AssertRefused(MappingError error, long index, string because)
            {
                (int, int)? counts = rig.File.PageAt(index) is { } page ? rig.Counts(page) : null;
                long free = rig.Pool[rig.Hstate].FreePages;
                MappingResult result = rig.File.BeginMigration(rig.Cpu, index, null, out HugePageMigration<TArch, ReserveOne>? none);
                Assert.Null(none);
                Assert.Equal((error, 0UL, free), (result.Error, result.Bytes, rig.Pool[rig.Hstate].FreePages));
                Assert.Contains(because, result.Reason, StringComparison.Ordinal);
                Assert.Equal(counts, rig.File.PageAt(index) is { } still ? rig.Counts(still) : null);
            }

            AssertRefused(MappingError.Fault, 2, "no page 2");

            // In pieces in one mapping, whole in another.
            Assert.True(one.Continue(rig.Cpu, rig.At(one, 1) + piece, piece).IsDone);
            AssertRefused(MappingError.Busy, 1, $"0x{rig.At(one, 1):x}");
            rig.AssertMapped(two.Space, rig.At(two, 1), rig.PageAt(1));
            Assert.True(one.AdviseCollapse(rig.Cpu, rig.At(one, 1), rig.Hstate.Size).IsDone);

            // A pin.
            rig.SetReferences(rig.PageAt(1), 4);
            AssertRefused(MappingError.Busy, 1, "4 references, and 3");
            rig.SetReferences(rig.PageAt(1), 3);
            Begin(rig, 1).Abort(rig.Cpu);

            // No other page.
            Assert.True(rig.File.TryFill(rig.Cpu, 2));
            Assert.True(rig.File.TryFill(rig.Cpu, 3));
            AssertRefused(MappingError.NoMemory, 1, rig.Hstate.Name);
            Assert.True(rig.File.TryRemove(rig.Cpu, 3));

            Assert.Throws<ArgumentOutOfRangeException>(() => rig.File.BeginMigration(rig.Cpu, rig.File.PageCount, null, out _));
            Assert.Throws<ArgumentOutOfRangeException>(() => rig.File.BeginMigration(rig.Cpu, 0, 7, out _));
            rig.File.MemoryFailure(rig.Cpu, rig.PageAt(0).HeadPfn + 2);
            AssertRefused(MappingError.InputOutput, 0, "memory error");
            rig.End(asBefore: false);
            return true;
        }
    }

    private sealed class ComesUp : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>("2M", inPool: 8);
            AddressSpace<TArch> a = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(a, rig.AcrossTables, 4);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(rig.NewProcess(), rig.AcrossTables, 4);
            rig.Read(one, 0, 1, 2, 3);
            rig.Read(two, 0, 1, 2, 3);

            // Unmapped: it stays so.
            HugePageMigration<TArch, ReserveOne> migration = Begin(rig, 0);
            Assert.True(one.Unmap(rig.Cpu, one.Start, rig.Hstate.Size).IsDone);
            Assert.True(migration.Finish(rig.Cpu).IsDone);
            rig.AssertNothing(a, one.Start);
            Assert.Equal((2, 1), rig.Counts(migration.To));

            // A pin.
            migration = Begin(rig, 0);
            rig.SetReferences(migration.From, 3);
            MappingResult busy = migration.Finish(rig.Cpu);
            Assert.Equal(MappingError.Busy, busy.Error);
            Assert.Contains("reference", busy.Reason, StringComparison.Ordinal);
            Assert.Equal((3, 1), rig.Counts(migration.From));
            Assert.Equal(HugePagePlace.Free, migration.To.Place);
            rig.AssertMapped(two.Space, two.Start, migration.From);
            rig.SetReferences(migration.From, 2);

            // The file loses the page, and has another one: the old one is not free until the migration is over.
            migration = Begin(rig, 1);
            Assert.True(rig.File.TryRemove(rig.Cpu, 1));
            Assert.Equal(HugePagePlace.InUse, migration.From.Place);
            rig.Read(one, 1);
            HugePage<TArch, ReserveOne> other = rig.PageAt(1);
            Assert.NotSame(migration.From, other);
            Assert.Equal(MappingError.Fault, migration.Finish(rig.Cpu).Error);
            Assert.Equal((HugePagePlace.Free, HugePagePlace.Free), (migration.From.Place, migration.To.Place));
            rig.AssertMapped(a, rig.At(one, 1), other);
            Assert.Equal((2, 1), rig.Counts(other));

            // A mapping ends, with its process.
            migration = Begin(rig, 2);
            two.Remove(rig.Cpu);
            rig.Exit(two.Space);
            migration.Abort(rig.Cpu);
            rig.AssertMapped(a, rig.At(one, 2), migration.From);
            Assert.Equal((2, 1), rig.Counts(migration.From));

            // A memory error in the new page, and then one in the old one.
            migration = Begin(rig, 2);
            rig.File.MemoryFailure(rig.Cpu, migration.To.HeadPfn + 1);
            Assert.Equal(MappingError.HwPoison, migration.Finish(rig.Cpu).Error);
            rig.AssertMapped(a, rig.At(one, 2), migration.From);
            Assert.Equal((2, 1), rig.Counts(migration.From));
            migration = Begin(rig, 2);
            rig.File.MemoryFailure(rig.Cpu, migration.From.HeadPfn + 1);
            Assert.Equal(FaultKind.Migrating, one.Fault(rig.Cpu, rig.At(one, 2), write: false).Kind);
            Assert.Equal(MappingError.HwPoison, migration.Finish(rig.Cpu).Error);
            rig.AssertNothing(a, rig.At(one, 2));
            Assert.Equal(FaultKind.HwPoison, one.Fault(rig.Cpu, rig.At(one, 2), write: false).Kind);
            Assert.Equal((1, 0), rig.Counts(migration.From));
            rig.End(asBefore: false);
            return true;
        }
    }

    private sealed class Nodes : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>("2M", inPool: 4, nodes: 2, bytes: 1UL << 30);
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(rig.NewProcess(), rig.AcrossTables, 3);
            rig.Read(one, 0);
            int home = rig.PageAt(0).Node;
            Assert.True(rig.File.BeginMigration(rig.Cpu, 0, 1 - home, out HugePageMigration<TArch, ReserveOne>? migration).IsDone);
            Assert.True(migration!.Finish(rig.Cpu).IsDone);
            Assert.Equal(1 - home, rig.PageAt(0).Node);
            rig.AssertMapped(one.Space, one.Start, migration.To);

            // The other node has two pages, and both are used now.
            Assert.True(rig.File.TryFill(rig.Cpu, 1, 1 - home));
            Assert.Equal(1 - home, rig.PageAt(1).Node);
            MappingResult refused = rig.File.BeginMigration(rig.Cpu, 0, 1 - home, out _);
            Assert.Equal(MappingError.NoMemory, refused.Error);
            Assert.Contains($"node {1 - home}", refused.Reason, StringComparison.Ordinal);
            Assert.Equal(2, rig.Pool[rig.Hstate].FreePages);
            rig.AssertMapped(one.Space, one.Start, migration.To);
            Assert.True(rig.File.BeginMigration(rig.Cpu, 0, home, out migration).IsDone);
            Assert.True(migration!.Finish(rig.Cpu).IsDone);
            Assert.Equal(home, rig.PageAt(0).Node);
            rig.End();
            return true;
        }
    }

    private sealed class Failing : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>("2M", inPool: 1);
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(rig.NewProcess(), rig.AcrossTables, 1);
            rig.Read(one, 0);
            rig.Pool.SetOvercommitLimit(rig.Hstate, 1);
            long[] books = rig.Books();
            HugePageMigration<TArch, ReserveOne>? migration = null;
            rig.Machine.PageAllocator.Fail = attempt => attempt.Purpose == AllocationPurpose.HugePage;
            Assert.Equal(MappingError.NoMemory, rig.File.BeginMigration(rig.Cpu, 0, null, out migration).Error);
            Assert.Null(migration);
            Assert.Equal(books, rig.Books());
            rig.AssertMapped(one.Space, one.Start, rig.PageAt(0));
            rig.Machine.PageAllocator.Fail = null;

            // The old page is the surplus one then, and leaves; its pool is as large as it was.
            Assert.True(rig.File.BeginMigration(rig.Cpu, 0, null, out migration).IsDone);
            Assert.Equal(2, rig.Pool[rig.Hstate].Pages);
            Assert.True(migration!.Finish(rig.Cpu).IsDone);
            Assert.Equal((1, 0), (rig.Pool[rig.Hstate].Pages, rig.Pool[rig.Hstate].SurplusPages));
            Assert.Equal(HugePagePlace.Gone, migration.From.Place);
            rig.AssertMapped(one.Space, one.Start, migration.To);
            rig.End(asBefore: false);
            return true;
        }
    }

    private sealed class Threads(bool shares) : IArchitectureTypeVisitor<bool>
    {
        private const int Pages = 4;
        private const int Steps = 150;

        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>("2M", inPool: 8, length: 512, shares: shares);
            HugetlbMapping<TArch, ReserveOne> one = rig.Map(rig.NewProcess(), rig.TableReach, 512);
            HugetlbMapping<TArch, ReserveOne> two = rig.Map(rig.NewProcess(), rig.TableReach, 512);
            for (int index = 0; index < Pages; index++)
            {
                rig.Read(one, index);
                rig.Machine.Memory.WriteWord((rig.PageAt(index).HeadPfn << TArch.PageShift) + 64, 0xda7a + (ulong)index);
            }

            int finished = 0;
            Action<Cpu<TArch>, Random>[] works =
            [
                (cpu, random) => finished += Migrate(rig, cpu, random) ? 1 : 0,
                (cpu, random) => TouchOrUnmap(rig, cpu, random, one),
                (cpu, random) => ForkAndEnd(cpu, random, rig, one),
                (cpu, random) =>
                {
                    TouchOrUnmap(rig, cpu, random, two);
                    Assert.True(two.MoveTo(cpu, two.Start == rig.TableReach ? 5 * rig.TableReach : rig.TableReach).IsDone);
                },
            ];
            var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
            Thread[] threads = [.. works.Select((work, number) => new Thread(() =>
            {
                try
                {
                    var random = new Random(number);
                    for (int step = 0; step < Steps; step++)
                    {
                        work(rig.Machine.Cpus[number], random);
                    }
                }
                catch (Exception exception)
                {
                    failures.Enqueue(exception);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Empty(failures);
            Assert.True(finished > 0);

            rig.Read(one, 0, 1, 2, 3);
            for (int index = 0; index < Pages; index++)
            {
                HugePage<TArch, ReserveOne> page = rig.PageAt(index);
                rig.AssertMapped(one.Space, rig.At(one, index), page);
                Manuals.Outcome other = rig.Walk(two.Space, rig.At(two, index));
                bool isAnother = other.Fault == TranslationFault.None && other.EntryAddress != rig.Walk(one.Space, rig.At(one, index)).EntryAddress;
                Assert.Equal(isAnother ? (3, 2) : (2, 1), rig.Counts(page));
                Assert.Equal(0xda7a + (ulong)index, rig.Machine.Memory.ReadWord((page.HeadPfn << TArch.PageShift) + 64));
            }

            rig.End();
            return true;
        }

        private static bool Migrate<TArch>(RefusedRig<TArch> rig, Cpu<TArch> cpu, Random random)
            where TArch : struct, IArchitecture
        {
            if (!rig.File.BeginMigration(cpu, random.Next(Pages), null, out HugePageMigration<TArch, ReserveOne>? migration).IsDone)
            {
                return false;
            }

            if (random.Next(3) == 0)
            {
                migration!.Abort(cpu);
                return false;
            }

            return migration!.Finish(cpu).IsDone;
        }

        private static void TouchOrUnmap<TArch>(RefusedRig<TArch> rig, Cpu<TArch> cpu, Random random, HugetlbMapping<TArch, ReserveOne> mapping)
            where TArch : struct, IArchitecture
        {
            ulong address = rig.At(mapping, random.Next(Pages));
            if (random.Next(3) == 0)
            {
                Assert.True(mapping.Unmap(cpu, address, rig.Hstate.Size).IsDone);
            }
            else
            {
                Assert.Contains(mapping.Touch(cpu, address, write: true, out _).Kind, (FaultKind[])[FaultKind.Mapped, FaultKind.Migrating]);
            }
        }

        private static void ForkAndEnd<TArch>(Cpu<TArch> cpu, Random random, RefusedRig<TArch> rig, HugetlbMapping<TArch, ReserveOne> mapping)
            where TArch : struct, IArchitecture
        {
            Assert.True(AddressSpace<TArch>.TryCreate(cpu, out AddressSpace<TArch>? child));
            Assert.True(mapping.Fork(cpu, child, out HugetlbMapping<TArch, ReserveOne>? copy).IsDone);
            TouchOrUnmap(rig, cpu, random, copy!);
            copy!.Remove(cpu);
            Assert.Equal(0, child.HugetlbPages);
            child.Exit(cpu);
            Assert.Equal(0, child.PageTables);
        }
    }
}

using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Machine;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Fork of mappings of whole huge pages, and its refusal of those in pieces.</summary>
public class ForkTests
{
    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k", "2M")]
    [InlineData("arm64-4k", "64K")]
    [InlineData("arm64-4k", "32M")]
    [InlineData("arm64-16k", "32M")]
    [InlineData("riscv64-sv48", "2M")]
    [InlineData("riscv64-sv48", "64K")]
    public void AChild_HasWhatIsThere(string architecture, string size) => OnMachine.Run(architecture, new Whole(size));

    [Theory]
    [InlineData("x86-64", "2M", MapCountRule.HugePage)]
    [InlineData("x86-64", "2M", MapCountRule.SubPage)]
    [InlineData("arm64-4k", "2M", MapCountRule.HugePage)]
    [InlineData("arm64-4k", "64K", MapCountRule.SubPage)]
    public void PiecesAreRefused_UntilTheyAreCollapsed(string architecture, string size, MapCountRule rule) =>
        OnMachine.Run(architecture, new Pieces(size, rule));

    [Theory]
    [InlineData("x86-64", "2M", 3)]
    [InlineData("arm64-4k", "32M", 3)]
    [InlineData("arm64-4k", "64K", 4)]
    [InlineData("riscv64-sv39", "2M", 2)]
    public void AnyTableThatFails_UnwindsAll(string architecture, string size, int tables) => OnMachine.Run(architecture, new Failing(size, tables));

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-4k")]
    public void ACountThatWouldOverflow_UnwindsAll(string architecture) => OnMachine.Run(architecture, new Overflow());

    [Fact]
    public void WhatCannotBeAChild_IsSaid() => OnMachine.Run("x86-64", new Wrong());

    private sealed class Whole(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size);
            AddressSpace<TArch> parent = rig.NewProcess();
            var options = new HugetlbMappingOptions { Start = 0, Pages = 1, FirstPage = 1, IsWritable = false, Userfaults = Userfaults.Missing };
            for (int i = 1; i < 6; i++)
            {
                Assert.True(rig.File.TryFill(rig.Cpu, i));
            }

            // A leaf, nothing, a memory error, a migration, a marker.
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(parent, rig.AcrossTables, 5, options);
            rig.Read(mapping, 0, 2, 3);
            rig.File.MemoryFailure(rig.Cpu, rig.PageAt(3).HeadPfn + 3);
            Assert.True(rig.File.TryRemove(rig.Cpu, 5));
            Assert.True(rig.File.BeginMigration(rig.Cpu, 4, null, out HugePageMigration<TArch, ReserveOne>? migration).IsDone);
            ulong marker = NonPresentEntry.Make(NonPresentKind.Marker, rig.Hstate.Order + TArch.PageShift, 0);
            ulong place = rig.Walk(parent, rig.At(mapping, 4)).EntryAddress;
            for (int i = 0; i < rig.Hstate.ContiguousCount; i++)
            {
                rig.Machine.Memory.WriteWord(place + ((ulong)i * 8), marker);
            }

            AddressSpace<TArch> child = rig.NewProcess();
            MappingResult result = mapping.Fork(rig.Cpu, child, out HugetlbMapping<TArch, ReserveOne>? copy);

            Assert.Equal((MappingError.None, mapping.End - mapping.Start, string.Empty), (result.Error, result.Bytes, result.Reason));
            Assert.NotNull(copy);
            Assert.Equal((mapping.Start, 5, 1, false, false), (copy.Start, copy.Pages, copy.FirstPage, copy.IsWritable, copy.IsHighGranularity));
            Assert.Equal(Userfaults.None, copy.Userfaults);
            foreach (AddressSpace<TArch> space in (AddressSpace<TArch>[])[parent, child])
            {
                rig.AssertMapped(space, mapping.Start, rig.PageAt(1), writable: false);
                rig.AssertMapped(space, mapping.Start + (rig.Hstate.Size / 2), rig.PageAt(1), writable: false);
                rig.AssertNothing(space, rig.At(mapping, 1));
                Assert.Equal(1L << rig.Hstate.Order, space.HugetlbPages);
            }

            Assert.Equal((3, 2), rig.Counts(rig.PageAt(1)));
            Assert.Equal((1, 0), rig.Counts(rig.PageAt(2)));
            for (int page = 2; page < 4; page++)
            {
                ulong[] entries = rig.Entries(parent, rig.At(mapping, page));
                Assert.Equal(entries, rig.Entries(child, rig.At(mapping, page)));
                Assert.Equal(
                    page == 2 ? NonPresentKind.HwPoison : NonPresentKind.Migration, NonPresentEntry.KindOf<TArch>(entries[0]));
                Assert.Equal(rig.PageAt(page + 1).HeadPfn, NonPresentEntry.FrameOf(entries[0]));
            }

            rig.AssertNothing(child, rig.At(mapping, 4));
            Assert.Equal(FaultKind.HwPoison, copy.Fault(rig.Cpu, rig.At(mapping, 2), write: false).Kind);
            Assert.Equal(FaultKind.Migrating, copy.Fault(rig.Cpu, rig.At(mapping, 3), write: false).Kind);
            Assert.True(migration!.Finish(rig.Cpu).IsDone);
            rig.AssertMapped(parent, rig.At(mapping, 3), migration.To, writable: false);
            rig.AssertMapped(child, rig.At(mapping, 3), migration.To, writable: false);
            Assert.Equal((3, 2), rig.Counts(migration.To));

            // From here on they are two.
            Assert.Equal(FaultKind.Mapped, copy.Fault(rig.Cpu, rig.At(mapping, 4), write: false).Kind);
            copy.Remove(rig.Cpu);
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(1)));
            rig.AssertMapped(parent, mapping.Start, rig.PageAt(1), writable: false);
            rig.End(asBefore: false);
            return true;
        }
    }

    private sealed class Pieces(string size, MapCountRule rule) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size, rule: rule);
            AddressSpace<TArch> parent = rig.NewProcess();
            AddressSpace<TArch> child = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(parent, rig.AcrossTables, 4);
            ulong piece = 1UL << TArch.PageShift;
            Assert.True(mapping.AdviseSplit(rig.Cpu).IsDone);
            mapping.CollapsesAutomatically = true;
            rig.Read(mapping, 0, 1);
            Assert.True(rig.File.TryFill(rig.Cpu, 3));
            Assert.True(mapping.Continue(rig.Cpu, rig.At(mapping, 3) + piece, piece).IsDone);
            long[] books = rig.Books();

            void AssertRefused()
            {
                MappingResult refused = mapping.Fork(rig.Cpu, child, out HugetlbMapping<TArch, ReserveOne>? none);
                Assert.Null(none);
                Assert.Equal((MappingError.Invalid, 0UL), (refused.Error, refused.Bytes));
                Assert.Contains($"0x{rig.At(mapping, 3):x}", refused.Reason, StringComparison.Ordinal);
                Assert.Contains("AdviseCollapse", refused.Reason, StringComparison.Ordinal);
                Assert.Equal((1, 0), (child.PageTables, child.HugetlbPages));
                Assert.Equal((2, 1), rig.Counts(rig.PageAt(0)));
                Assert.Equal([mapping], rig.File.Mappings);
                Assert.Equal(books, rig.Books());
            }

            AssertRefused();

            // A table with nothing in it is in pieces too; of a contiguous group nothing is left.
            Assert.True(mapping.Unmap(rig.Cpu, rig.At(mapping, 3), rig.Hstate.Size).IsDone);
            if (rig.Hstate.ContiguousCount == 1)
            {
                AssertRefused();
                Assert.True(mapping.AdviseCollapse(rig.Cpu, rig.At(mapping, 3), rig.Hstate.Size).IsDone);
                Assert.False(parent.TryWalk(rig.At(mapping, 3), out _));
                Assert.Equal((1, 0), rig.Counts(rig.PageAt(3)));
            }

            Assert.True(mapping.Fork(rig.Cpu, child, out HugetlbMapping<TArch, ReserveOne>? copy).IsDone);
            Assert.Equal((true, true), (copy!.IsHighGranularity, copy.CollapsesAutomatically));
            Assert.Equal((3, 2), rig.Counts(rig.PageAt(0)));

            // It was told to split, so it can.
            Assert.True(copy.Unmap(rig.Cpu, rig.At(mapping, 0), piece).IsDone == (rule == MapCountRule.HugePage || !rig.PageAt(0).IsOptimized));
            rig.AssertMapped(parent, mapping.Start, rig.PageAt(0));
            rig.End();
            return true;
        }
    }

    private sealed class Failing(string size, int tables) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size);
            AddressSpace<TArch> parent = rig.NewProcess();
            AddressSpace<TArch> child = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(parent, rig.AcrossTables, 4);
            rig.Read(mapping, 0, 1, 2, 3);
            long[] books = rig.Books();
            HugetlbMapping<TArch, ReserveOne>? copy = null;
            int failed = rig.FailEach(() =>
            {
                MappingResult result = mapping.Fork(rig.Cpu, child, out copy);
                Assert.Equal(result.IsDone, copy is not null);
                if (copy is null)
                {
                    Assert.Equal(MappingError.NoMemory, result.Error);
                    Assert.Equal(books, rig.Books());
                    Assert.Equal((1, 0), (child.PageTables, child.HugetlbPages));
                    Assert.All(Enumerable.Range(0, 4), index => Assert.Equal((2, 1), rig.Counts(rig.PageAt(index))));
                }

                return result.IsDone;
            });

            // facts/kernel.md section 1: levels above the huge page's own, and two tables of that. The root was there.
            Assert.Equal((tables, tables + 1), (failed, child.PageTables));
            Assert.Equal(parent.PageTables, child.PageTables);
            Assert.All(Enumerable.Range(0, 4), index => rig.AssertMapped(child, rig.At(mapping, index), rig.PageAt(index)));
            rig.End();
            return true;
        }
    }

    private sealed class Overflow : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>("2M");
            AddressSpace<TArch> child = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(rig.NewProcess(), rig.AcrossTables, 4);
            rig.Read(mapping, 0, 1, 2, 3);
            rig.SetReferences(rig.PageAt(2), int.MaxValue);
            Assert.Equal(MappingError.NoMemory, mapping.Fork(rig.Cpu, child, out HugetlbMapping<TArch, ReserveOne>? copy).Error);
            Assert.Null(copy);
            Assert.Equal((int.MaxValue, 1), rig.Counts(rig.PageAt(2)));
            Assert.Equal((2, 1), rig.Counts(rig.PageAt(0)));
            Assert.Equal((1, 0), (child.PageTables, child.HugetlbPages));
            rig.SetReferences(rig.PageAt(2), 2);
            rig.End();
            return true;
        }
    }

    private sealed class Wrong : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>("2M");
            AddressSpace<TArch> parent = rig.NewProcess();
            AddressSpace<TArch> child = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(parent, rig.TableReach, 2);
            var isPrivate = new HugetlbMappingOptions { Start = 0, Pages = 1, IsShared = false };
            MappingResult refused = rig.Map(parent, 2 * rig.TableReach, 1, isPrivate).Fork(rig.Cpu, child, out _);
            Assert.Equal(MappingError.Invalid, refused.Error);
            Assert.Contains("private", refused.Reason, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => mapping.Fork(rig.Cpu, parent, out _));
            var other = new RefusedRig<TArch>("2M");
            Assert.Throws<ArgumentException>(() => mapping.Fork(rig.Cpu, other.NewProcess(), out _));
            rig.Map(child, rig.TableReach + rig.Hstate.Size, 1);
            Assert.Throws<ArgumentException>(() => mapping.Fork(rig.Cpu, child, out _));
            mapping.Remove(rig.Cpu);
            Assert.Throws<InvalidOperationException>(() => mapping.Fork(rig.Cpu, rig.NewProcess(), out _));
            other.End();
            rig.End();
            return true;
        }
    }
}

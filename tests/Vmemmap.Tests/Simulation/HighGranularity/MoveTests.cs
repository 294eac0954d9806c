using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Machine;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Mremap of mappings of whole huge pages, and its refusal of those in pieces.</summary>
public class MoveTests
{
    [Theory]
    [InlineData("x86-64", "2M", true)]
    [InlineData("x86-64", "2M", false)]
    [InlineData("arm64-4k", "2M", true)]
    [InlineData("arm64-4k", "64K", true)]
    [InlineData("arm64-4k", "32M", true)]
    [InlineData("arm64-16k", "32M", true)]
    [InlineData("riscv64-sv48", "64K", false)]
    public void EntriesMove_AndNothingIsCounted(string architecture, string size, bool isShared) => OnMachine.Run(architecture, new Whole(size, isShared));

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64-4k")]
    [InlineData("riscv64-sv39")]
    public void WhatIsOnItsWay_MovesToo(string architecture) => OnMachine.Run(architecture, new OnItsWay());

    [Theory]
    [InlineData("x86-64", "2M")]
    [InlineData("arm64-4k", "64K")]
    public void WhereItCannotGo_IsSaid(string architecture, string size) => OnMachine.Run(architecture, new Refused(size));

    [Theory]
    [InlineData("x86-64", "2M", 3)]
    [InlineData("arm64-4k", "32M", 3)]
    [InlineData("riscv64-sv39", "64K", 3)]
    public void AnyTableThatFails_LeavesAllWhereItWas(string architecture, string size, int tables) => OnMachine.Run(architecture, new Failing(size, tables));

    // As far as can be from where the mapping is: no table but the root is common to both.
    private static ulong Far<TArch>(RefusedRig<TArch> rig)
        where TArch : struct, IArchitecture => (AddressSpace<TArch>.End / 2) + rig.AcrossTables;

    private sealed class Whole(string size, bool isShared) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size);
            AddressSpace<TArch> space = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(
                space, rig.AcrossTables, 4, new HugetlbMappingOptions { Start = 0, Pages = 1, FirstPage = 1, IsShared = isShared });
            rig.Read(mapping, 0, 1, 3);
            ulong old = mapping.Start;
            Assert.Equal(UserAccess.Done, space.Access(rig.OtherCpu, old, write: true, out ulong physical));
            HugePage<TArch, ReserveOne> page = rig.Pool.PageOf(physical >> TArch.PageShift)!;
            (int References, int Mappings) counts = rig.Counts(page);
            ulong[] entries = rig.Entries(space, old);
            long tables = space.PageTables;
            long[] books = rig.Books();

            MappingResult result = mapping.MoveTo(rig.Cpu, Far(rig));

            Assert.Equal((MappingError.None, 4 * rig.Hstate.Size), (result.Error, result.Bytes));
            Assert.Equal((Far(rig), Far(rig) + (4 * rig.Hstate.Size)), (mapping.Start, mapping.End));
            Assert.Equal(entries, rig.Entries(space, mapping.Start));
            rig.AssertMapped(space, mapping.Start, page);
            rig.AssertNothing(space, rig.At(mapping, 2));
            for (int i = 0; i < 4; i++)
            {
                rig.AssertNothing(space, old + ((ulong)i * rig.Hstate.Size));
            }

            // The machine is as it was, frame by frame: the old tables went, the counts are the same.
            Assert.Equal(UserAccess.NotMapped, space.Access(rig.OtherCpu, old, write: false, out _));
            Assert.Equal((counts, tables, 3L << rig.Hstate.Order), (rig.Counts(page), space.PageTables, space.HugetlbPages));
            Assert.Equal(books, rig.Books());
            Assert.Equal(FaultKind.NotAllowed, mapping.Fault(rig.Cpu, old, write: false).Kind);
            rig.Read(mapping, 2);
            Assert.Equal(UserAccess.Done, space.Access(rig.OtherCpu, mapping.Start + 8, write: true, out ulong moved));
            Assert.Equal(physical + 8, moved);

            // What it left is free for others; and it can come back.
            Assert.True(mapping.MoveTo(rig.Cpu, old).IsDone);
            rig.AssertMapped(space, old, page);
            Assert.Equal(tables, space.PageTables);
            rig.Map(space, Far(rig), 4);
            rig.End();
            return true;
        }
    }

    private sealed class OnItsWay : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>("2M");
            AddressSpace<TArch> space = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(space, rig.AcrossTables, 4);
            rig.Read(mapping, 0, 1, 2);

            // Neighbours keep the tables that it leaves.
            ulong old = rig.At(mapping, 2);
            HugetlbMapping<TArch, ReserveOne> before = rig.Map(space, mapping.Start - rig.Hstate.Size, 1);
            HugetlbMapping<TArch, ReserveOne> behind = rig.Map(space, mapping.End, 1);
            rig.Read(before, 0);
            rig.Read(behind, 0);
            ulong table = rig.TableOf(space, old);
            Assert.Equal(UserAccess.Done, space.Access(rig.OtherCpu, old, write: true, out _));
            rig.File.MemoryFailure(rig.Cpu, rig.PageAt(0).HeadPfn);
            Assert.True(rig.File.BeginMigration(rig.Cpu, 1, null, out HugePageMigration<TArch, ReserveOne>? migration).IsDone);
            ulong[] poison = rig.Entries(space, mapping.Start);
            Assert.True(mapping.MoveTo(rig.Cpu, Far(rig)).IsDone);
            Assert.Equal(table, rig.TableOf(space, behind.Start));
            rig.AssertNothing(space, old);
            Assert.Equal(UserAccess.NotMapped, space.Access(rig.OtherCpu, old, write: false, out _));
            Assert.Equal(poison, rig.Entries(space, mapping.Start));
            Assert.Equal(FaultKind.HwPoison, mapping.Fault(rig.Cpu, mapping.Start, write: false).Kind);
            Assert.Equal(FaultKind.Migrating, mapping.Fault(rig.Cpu, rig.At(mapping, 1), write: false).Kind);
            Assert.True(migration!.Finish(rig.Cpu).IsDone);
            rig.AssertMapped(space, rig.At(mapping, 1), migration.To);
            Assert.Equal((2, 1), rig.Counts(migration.To));
            rig.End(asBefore: false);
            return true;
        }
    }

    private sealed class Refused(string size) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new RefusedRig<TArch>(size);
            AddressSpace<TArch> space = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(space, rig.AcrossTables, 4);
            HugetlbMapping<TArch, ReserveOne> other = rig.Map(space, Far(rig), 1);
            ulong huge = rig.Hstate.Size;
            rig.Read(mapping, 0, 3);
            long tables = space.PageTables;

            void AssertRefused(ulong to, string because)
            {
                ulong start = mapping.Start;
                MappingResult refused = mapping.MoveTo(rig.Cpu, to);
                Assert.Equal((MappingError.Invalid, 0UL), (refused.Error, refused.Bytes));
                Assert.Contains(because, refused.Reason, StringComparison.Ordinal);
                Assert.Equal((start, tables), (mapping.Start, space.PageTables));
                rig.AssertMapped(space, start, rig.PageAt(0));
            }

            AssertRefused(Far(rig) + (1UL << TArch.PageShift), $"0x{Far(rig) + (1UL << TArch.PageShift):x}");
            AssertRefused(AddressSpace<TArch>.End - huge, $"0x{AddressSpace<TArch>.End:x}");
            AssertRefused(ulong.MaxValue - huge + 1, $"0x{AddressSpace<TArch>.End:x}");
            AssertRefused(mapping.Start, $"0x{mapping.Start:x}");
            AssertRefused(mapping.Start + (3 * huge), $"0x{mapping.Start:x}");
            AssertRefused(mapping.Start - (3 * huge), $"0x{mapping.Start:x}");
            AssertRefused(other.Start, $"0x{other.Start:x}");
            AssertRefused(other.Start - (3 * huge), $"0x{other.Start:x}");

            // In pieces.
            Assert.True(mapping.AdviseSplit(rig.Cpu).IsDone);
            Assert.True(mapping.Unmap(rig.Cpu, rig.At(mapping, 3), 1UL << TArch.PageShift).IsDone);
            tables = space.PageTables;
            AssertRefused(Far(rig) - (8 * huge), $"0x{rig.At(mapping, 3):x}");
            Assert.True(mapping.AdviseCollapse(rig.Cpu, mapping.Start, 4 * huge).IsDone);
            Assert.True(mapping.MoveTo(rig.Cpu, Far(rig) - (8 * huge)).IsDone);
            Assert.True(mapping.IsHighGranularity);
            mapping.Remove(rig.Cpu);
            Assert.Throws<InvalidOperationException>(() => mapping.MoveTo(rig.Cpu, rig.AcrossTables));
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
            AddressSpace<TArch> space = rig.NewProcess();
            HugetlbMapping<TArch, ReserveOne> mapping = rig.Map(space, rig.AcrossTables, 4);
            rig.Read(mapping, 0, 1, 2, 3);
            ulong old = mapping.Start;
            long before = space.PageTables;
            long[] books = rig.Books();
            int failed = rig.FailEach(() =>
            {
                MappingResult result = mapping.MoveTo(rig.Cpu, Far(rig));
                Assert.Equal(result.IsDone ? MappingError.None : MappingError.NoMemory, result.Error);
                Assert.Equal(result.IsDone ? Far(rig) : old, mapping.Start);
                Assert.Equal((before, 4L << rig.Hstate.Order), (space.PageTables, space.HugetlbPages));
                Assert.Equal(books, rig.Books());
                Assert.All(Enumerable.Range(0, 4), index => rig.AssertMapped(space, rig.At(mapping, index), rig.PageAt(index)));
                Assert.All(Enumerable.Range(0, 4), index => Assert.Equal((2, 1), rig.Counts(rig.PageAt(index))));
                return result.IsDone;
            });
            Assert.Equal(tables, failed);
            rig.End();
            return true;
        }
    }
}

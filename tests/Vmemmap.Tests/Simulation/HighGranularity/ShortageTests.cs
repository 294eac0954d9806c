using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Frames for tables that run out at each allocation in turn: what is there is as it should be, and nothing is lost.</summary>
public class ShortageTests
{
    [Theory]
    [InlineData("x86-64", "1G")]
    [InlineData("arm64-4k-va48", "32M")]
    [InlineData("arm64-16k-va48", "32M")]
    [InlineData("riscv64-sv48", "2M")]
    public void AnyTableMayBeMissing(string architecture, string size) => OnArchitecture.Run(architecture, "reserve-one", new Case(size));

    private sealed record Case(string Size) : IMachineTest
    {
        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            for (int rule = 0; rule < 2; rule++)
            {
                long failing = 0;
                while (WithOneFailure<TArch, TLayout>((MapCountRule)rule, failing))
                {
                    failing++;
                }

                Assert.True(failing > 0);
            }
        }

        private bool WithOneFailure<TArch, TLayout>(MapCountRule rule, long failing)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            var rig = new GranularRig<TArch, TLayout>(rule == MapCountRule.SubPage ? "2M" : Size, rule: rule);
            HugetlbMapping<TArch, TLayout> first = rig.MapGranular();
            HugetlbMapping<TArch, TLayout> second = rig.MapGranular();
            rig.Fill();
            ulong middle = rig.Start + (rig.Hstate.Size / 2);
            ulong page = rig.BasePage;
            long left = failing;
            rig.Machine.PageAllocator.Fail = attempt => attempt.Purpose == AllocationPurpose.UserPageTable && left-- == 0;
            Func<MappingError>[] operations =
            [
                () => first.Continue(rig.Cpu, middle + page, page).Error,
                () => Of(second.Touch(rig.Cpu, middle, write: true, out _).Kind),
                () => second.SplitTo(rig.Cpu, middle, page, SplitMode.Present, out _).Error,
                () => second.AdviseCollapse(rig.Cpu, rig.Start, rig.Hstate.Size).Error,
                () => second.Unmap(rig.Cpu, middle + page, rig.Hstate.Size / 4).Error,
                () => first.AdviseCollapse(rig.Cpu, rig.Start, rig.Hstate.Size).Error,
                () => first.SplitTo(rig.Cpu, rig.Start, page, SplitMode.Always, out _).Error,
                () => first.Unmap(rig.Cpu, middle, rig.Hstate.Size / 2).Error,
                () => Of(first.Touch(rig.Cpu, middle + page, write: true, out _).Kind),
                () => Poison(rig, middle),
            ];
            foreach (Func<MappingError> operation in operations)
            {
                bool before = left < 0;
                MappingError error = operation();
                Assert.True(error == MappingError.None || (error == MappingError.NoMemory && left < 0 && !before), $"{error}, with failure {failing}.");
                rig.Check(first, second);
            }

            rig.FailNothing();
            first.Remove(rig.Cpu);
            second.Remove(rig.Cpu);
            rig.Check();
            Assert.All(rig.Spaces, space => Assert.Equal(1, space.PageTables));
            return left < 0;
        }

        private static MappingError Of(FaultKind kind) => kind == FaultKind.NoMemory ? MappingError.NoMemory
            : kind == FaultKind.Mapped ? MappingError.None : MappingError.Fault;

        // Without a table for the pieces the whole leaf is lost.
        private static MappingError Poison<TArch, TLayout>(GranularRig<TArch, TLayout> rig, ulong address)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            ulong bad = rig.File.PageAt(0)!.HeadPfn + ((address - rig.Start) / rig.BasePage);
            return rig.File.MemoryFailure(rig.Cpu, bad).Result.Kind == MemoryFailureKind.HugePage ? MappingError.None : MappingError.Fault;
        }
    }
}

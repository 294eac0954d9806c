using Vmemmap.HighGranularity;
using Vmemmap.HugeTlb;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Optimizer;

namespace Vmemmap.Tests.Simulation.HighGranularity;

/// <summary>Granular mappings of pages whose vmemmap is optimized, by the rule of RFC v1: its shared frame is never written.</summary>
public class OptimizedPageTests
{
    [Theory]
    [InlineData("x86-64", "1G", "reserve-one")]
    [InlineData("x86-64", "2M", "reserve-two")]
    [InlineData("x86-64", "2M", "shared-tail")]
    [InlineData("arm64-4k-va48", "1G", "reserve-one")]
    [InlineData("arm64-16k-va48", "32M", "shared-tail")]
    [InlineData("riscv64-sv48", "2M", "reserve-one")]
    public void EverythingWorks_AndNoTailIsWritten(string architecture, string size, string layout) =>
        OnArchitecture.Run(architecture, layout, new Case(size));

    private sealed record Case(string Size) : IMachineTest
    {
        private const ulong TypeAndReferences = 48;

        public void Run<TArch, TLayout>()
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            var rig = new GranularRig<TArch, TLayout>(Size, optimize: true);
            HugePage<TArch, TLayout> page = rig.Fill();
            Assert.True(page.IsOptimized);
            HugetlbMapping<TArch, TLayout> first = rig.MapGranular();
            HugetlbMapping<TArch, TLayout> second = rig.MapGranular();
            byte[] shared = SharedFrame(rig, page);
            byte[] own = Frame(rig, page.HeadPfn);
            ulong last = rig.Start + rig.Hstate.Size - rig.BasePage;
            Assert.True(first.Continue(rig.Cpu, last, rig.BasePage).IsDone);
            Assert.Equal(FaultKind.Mapped, second.Touch(rig.Cpu, last, write: true, out _).Kind);
            Assert.True(second.SplitTo(rig.Cpu, last, rig.BasePage, SplitMode.Present, out _).IsDone);
            Assert.True(first.AdviseCollapse(rig.Cpu, rig.Start, rig.Hstate.Size).IsDone);
            Assert.True(second.Unmap(rig.Cpu, last, rig.BasePage).IsDone);
            rig.Check(first, second);
            rig.File.MemoryFailure(rig.Cpu, page.HeadPfn + (ulong)page.Count - 1);
            rig.Check(first, second);
            first.Remove(rig.Cpu);
            second.Remove(rig.Cpu);
            rig.Check();
            Assert.True(page.IsOptimized);
            Assert.Equal((1, 0, 0), rig.CountsOf(page));

            // Where aliases show the head's own frame, its head and first tails are what may have changed.
            int kept = SharedIsOwn(rig, page) ? 4 * 64 : 0;
            Assert.Equal(shared[kept..], SharedFrame(rig, page)[kept..]);
            Assert.NotEqual(own, Frame(rig, page.HeadPfn));

            // Who does count in a tail is seen: a mistake that the rule by base pages would make.
            ulong tail = page.HeadPfn + (ulong)page.Count - 1;
            rig.Cpu.WriteWord(rig.Machine.Vmemmap.AddressOf(tail) + TypeAndReferences, 0);
            Assert.Equal(1, rig.Machine.Violations.Count);
            Assert.Equal(
                TArch.Name.StartsWith("riscv64", StringComparison.Ordinal) ? ViolationKind.WriteThroughAlias : ViolationKind.WriteToReadOnly,
                rig.Machine.Violations.First[0].Kind);
        }

        private static bool SharedIsOwn<TArch, TLayout>(GranularRig<TArch, TLayout> rig, HugePage<TArch, TLayout> page)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout =>
            rig.StructWordPlace(page.HeadPfn, 0) >> TArch.PageShift == rig.StructWordPlace(page.HeadPfn + (ulong)page.Count - 1, 0) >> TArch.PageShift;

        private static byte[] SharedFrame<TArch, TLayout>(GranularRig<TArch, TLayout> rig, HugePage<TArch, TLayout> page)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout => Frame(rig, page.HeadPfn + (ulong)page.Count - 1);

        private static byte[] Frame<TArch, TLayout>(GranularRig<TArch, TLayout> rig, ulong pfn)
            where TArch : struct, IArchitecture
            where TLayout : struct, IVmemmapLayout
        {
            byte[] bytes = new byte[1 << TArch.PageShift];
            rig.Machine.Memory.ReadFrame(rig.StructWordPlace(pfn, 0) >> TArch.PageShift, bytes);
            return bytes;
        }
    }
}

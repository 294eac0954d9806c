using Vmemmap.Analyzers.Tests.Agreement.Grammar;
using Vmemmap.MemoryProbe;

namespace Vmemmap.Analyzers.Tests.Agreement;

/// <summary>What counts as an alias, on which the whole comparison rests.</summary>
public sealed class SlotMapTests
{
    public static TheoryData<string> Names => [.. Targets.Concrete.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Aliases_AreTheReadOnlySlotsAndNoOthers(string name)
    {
        Target target = Targets.Concrete.Single(t => t.Name == name);
        var machine = MachineOf(target);
        long slots = target.StructPages * StructPage.Size / target.PageSize;
        long kept = target.ReadOnlyFrom * StructPage.Size / target.PageSize;
        Assert.Equal(target.StructPages, machine.StructPages);
        foreach (VmemmapState state in new[] { VmemmapState.Fresh, VmemmapState.Optimized, VmemmapState.Restored, VmemmapState.Optimized })
        {
            SlotMap map = machine.MapIn(state);
            Assert.Equal(slots, map.Count);
            for (int slot = 0; slot < slots; slot++)
            {
                bool isAlias = state == VmemmapState.Optimized && slot >= kept;
                Assert.Equal(isAlias, map.IsAlias(slot));
                Assert.Equal(!isAlias || !target.HasReadOnlyMappings, map.IsWritable(slot));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AWrite_IsAFaultInAnAliasOnly(string name)
    {
        Target target = Targets.Concrete.Single(t => t.Name == name);
        var machine = MachineOf(target);
        Delegate write = machine.Bind(typeof(Writer<,>)
            .MakeGenericType(target.Architectures[0].Architecture, target.Architectures[0].Layout).GetMethod("Write")!);
        RunResult Run(VmemmapState state, long index) => machine.Run(write, new PageInput(state, Other: null, IsShort: false, index, Flag: false));

        Assert.Equal(new RunResult(Reached: true, Faulted: true), Run(VmemmapState.Optimized, target.ReadOnlyFrom));
        Assert.Equal(new RunResult(Reached: true, Faulted: true), Run(VmemmapState.Optimized, target.StructPages - 1));
        Assert.Equal(new RunResult(Reached: true, Faulted: false), Run(VmemmapState.Optimized, target.ReadOnlyFrom - 1));
        Assert.Equal(new RunResult(Reached: true, Faulted: false), Run(VmemmapState.Fresh, target.ReadOnlyFrom));
        Assert.Equal(new RunResult(Reached: true, Faulted: false), Run(VmemmapState.Restored, target.StructPages - 1));
        Assert.Equal(new RunResult(Reached: false, Faulted: false), Run(VmemmapState.Optimized, target.StructPages));
    }

    private static SnippetMachine MachineOf(Target target) => SnippetMachine.Of(
        target.Architectures[0].Architecture, target.Architectures[0].Layout, (structPages, pageBytes) => new ShadowMemory(structPages, pageBytes));

    private static class Writer<TArch, TLayout>
        where TArch : struct, IArchitecture
        where TLayout : struct, HugeTlb.IVmemmapLayout
    {
#pragma warning disable VMM1002 // It is here to write tails, and to be seen doing so.
        public static void Write(
            ShadowedPage<TArch, TLayout> page,
            ShadowedPage<TArch, TLayout> other,
            HugeTlb.VmemmapRemapper<TArch> vmemmap,
            Simulation.Cpu<TArch> cpu,
            long n,
            bool flag) => page.Unchecked(n).RefCount ^= 1;
#pragma warning restore VMM1002
    }
}

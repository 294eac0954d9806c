using Vmemmap.Devmap;
using Vmemmap.Simulation;
using Vmemmap.Tests.Simulation.Machine;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>Every allocation of a population is made to fail in turn: the machine is as before.</summary>
public class UnwindTests
{
    [Theory]
    [InlineData("x86-64", 1024, 2048, 1024, false)]
    [InlineData("x86-64", 1024, 2048, 1024, true)]
    [InlineData("x86-64", 1024 + 64, 2048, 1024, true)]
    [InlineData("x86-64", 1024 + 100, 60, 2, false)]
    [InlineData("x86-64", 1024, 512, 0, false)]
    [InlineData("x86-64", 1024 + 120, 16, 0, false)]
    [InlineData("arm64-4k", 1024, 1024, 1024, true)]
    [InlineData("arm64-16k", 1024, 256, 32, false)]
    [InlineData("arm64-64k", 1024, 1024, 512, false)]
    [InlineData("riscv64-sv57", 1024, 64, 2, false)]
    public void APopulationThatFails_LeavesNothing(string architecture, int start, int size, int align, bool shares)
    {
        DaxDeviceOptions options = PopulateTests.Options(start, size, align) with { SharesTables = shares };
        OnMachine.Run(architecture, new Failing(options, alone: true));
        OnMachine.Run(architecture, new Failing(options, alone: false));
    }

    [Fact]
    public void WithStructPagesOnTheDevice_TablesFail()
    {
        DaxDeviceOptions options = PopulateTests.Options(1024 + 128, 256, 2) with { StructPagesOnDevice = true };
        OnMachine.Run("x86-64", new Failing(options, alone: true));
        OnMachine.Run("arm64-16k", new Failing(options with { Align = 32UL << 20 }, alone: true));
    }

    // One allocation fails, or it and all that follow.
    private sealed class Failing(DaxDeviceOptions options, bool alone) : IArchitectureTypeVisitor<bool>
    {
        public bool Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var rig = new DevmapRig<TArch>(options);
            long attempts = rig.Machine.PageAllocator.Attempts;
            DaxDevice<TArch> whole = rig.Plug();
            attempts = rig.Machine.PageAllocator.Attempts - attempts;
            Assert.True(whole.TryUnplug(rig.Cpu));
            rig.AssertAsBefore();
            long failed = 0;
            for (long fail = 0; fail < attempts; fail++)
            {
                long first = rig.Machine.PageAllocator.Attempts + fail;
                rig.Machine.PageAllocator.Fail = attempt => alone ? attempt.Number == first : attempt.Number >= first;
                bool plugged = DaxDevice<TArch>.TryPlug(rig.Cpu, options, out DaxDevice<TArch>? device);
                rig.Machine.PageAllocator.Fail = null;
                Assert.Equal(plugged, device is not null);

                // A block that is not to be had is made of pages.
                Assert.True(!plugged || alone);
                failed += plugged ? 0 : 1;
                Assert.True(device?.TryUnplug(rig.Cpu) ?? true);
                Assert.Equal(rig.Before[..Enum.GetValues<FrameUse>().Length], OnMachine.Books(rig.Machine));
                Assert.Equal(rig.Before[Enum.GetValues<FrameUse>().Length..], rig.Machine.FreeByOrder());
                ulong end = (options.Start + options.Bytes) >> TArch.PageShift;
                for (ulong pfn = options.Start >> TArch.PageShift; pfn < end; pfn += rig.Machine.Sections.PageCount)
                {
                    Assert.Equal(SectionState.Absent, rig.Machine.Sections.Of(pfn).State);
                }

                Assert.Equal(SectionState.Absent, rig.Machine.Sections.Of(((options.Start + options.Bytes) >> TArch.PageShift) - 1).State);
            }

            Assert.True(failed > 0 || attempts == 0 || options.Align == 0);
            rig.AssertAsBefore();
            return true;
        }
    }
}

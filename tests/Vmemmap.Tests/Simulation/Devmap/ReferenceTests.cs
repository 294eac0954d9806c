using Vmemmap.Devmap;
using Vmemmap.Simulation;

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>References, memory errors and faults: what the series gained beside memory.</summary>
public class ReferenceTests
{
    private const ulong Mapping = 0xffff888012345678;
    private const ulong Mega = 1UL << 20;

    /// <summary>
    /// One change of the head's references for each compound page; one for each base page elsewhere. 1 GiB is
    /// 512 pages of 2M, 262144 of 4K.
    /// </summary>
    [Theory]
    [InlineData(0, false, 262144)]
    [InlineData(2, false, 512)]
    [InlineData(1024, false, 1)]
    [InlineData(1024, true, 1)]
    public void PinningAGibibyte_ChangesReferences(int align, bool shares, long updates)
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024, 1024, align) with { SharesTables = shares });
        DaxDevice<X64> device = rig.Plug();
        (OperationCounters pin, OperationCounters unpin) = PinAndUnpin(rig, device, device.DataPfn, device.DataFrames);
        Assert.Equal((updates, 0, 262144), (pin.ReferenceUpdates, pin.DeviceReferenceUpdates, pin.PagesRecorded));
        Assert.Equal((updates, 0, 262144), (unpin.ReferenceUpdates, unpin.DeviceReferenceUpdates, unpin.PagesRecorded));
        rig.Checker.CheckStructPages(device);
        Assert.True(device.TryUnplug(rig.Cpu));
        rig.AssertAsBefore();
    }

    /// <summary>Struct pages on the device: as many changes, but of slower memory.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void StructPagesOnTheDevice_AreCountedApart(int align)
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024, 512, align) with { StructPagesOnDevice = true });
        DaxDevice<X64> device = rig.Plug();

        // 8 MiB of struct pages and what describes the device take 10 MiB of it.
        Assert.Equal(502 * Mega >> 12, device.DataFrames);
        Assert.Equal(align == 0 ? NotDeduplicated.BasePages : NotDeduplicated.OnDevice, device.NotDeduplicated);
        (OperationCounters pin, _) = PinAndUnpin(rig, device, device.DataPfn, device.DataFrames);
        Assert.Equal((0, align == 0 ? 502 * 256 : 251), (pin.ReferenceUpdates, pin.DeviceReferenceUpdates));
    }

    [Fact]
    public void ARangeWithinCompoundPages_IsCountedByPages()
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024 + 6, 250, 2));
        DaxDevice<X64> device = rig.Plug();
        device.Pin(rig.Cpu, device.FirstPfn + 500, 512 + 24);
        Assert.Equal(3, rig.Cpu.Counters.ReferenceUpdates);

        // 12 of the first page, all of the second, 12 of the third; the count of pins is in the high half of word 24 of the first tail.
        Assert.Equal(
            [13, 513, 13, 1], Enumerable.Range(0, 4).Select(i => rig.Cpu.ReadStructPage(device.FirstPfn + ((ulong)i * 512)).RefCount));
        Assert.Equal(
            [12, 512, 12, 0], Enumerable.Range(0, 4).Select(i => rig.Cpu.ReadStructPage(device.FirstPfn + ((ulong)i * 512) + 1).PinCount));
        Assert.False(device.IsIdle(rig.Cpu, device.FirstPfn + 511));
        Assert.True(device.IsIdle(rig.Cpu, device.FirstPfn + (3 * 512)));
        Assert.False(device.TryUnplug(rig.Cpu));
        rig.Check(device);
        device.Unpin(rig.Cpu, device.FirstPfn + 500, 12);
        Assert.True(device.IsIdle(rig.Cpu, device.FirstPfn));
        device.Unpin(rig.Cpu, device.FirstPfn + 512, 512 + 12);
        Assert.Throws<InconsistentMachineException>(() => device.Unpin(rig.Cpu, device.FirstPfn, 1));
    }

    /// <summary>A single page has no count of pins: a pin adds 1024 to its references.</summary>
    [Fact]
    public void ABasePage_CountsPinsInItsReferences()
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024, 128, 0));
        DaxDevice<X64> device = rig.Plug();
        device.Pin(rig.Cpu, device.FirstPfn + 10, 200);
        device.Pin(rig.Cpu, device.FirstPfn + 64, 64);
        Assert.Equal(
            [1, 1025, 1025, 2049, 2049, 1025, 1025, 1],
            new ulong[] { 9, 10, 63, 64, 127, 128, 209, 210 }.Select(i => rig.Cpu.ReadStructPage(device.FirstPfn + i).RefCount));
        Assert.Equal(264, rig.Cpu.Counters.ReferenceUpdates);
        device.Unpin(rig.Cpu, device.FirstPfn + 64, 64);
        device.Unpin(rig.Cpu, device.FirstPfn + 10, 200);
        rig.Checker.CheckStructPages(device);
        Assert.Throws<InconsistentMachineException>(() => device.Unpin(rig.Cpu, device.FirstPfn + 128, 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Pin(rig.Cpu, device.FirstPfn - 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Pin(rig.Cpu, device.FirstPfn, device.Frames + 1));
    }

    /// <summary>
    /// The kernel fails a pin that the count of references does not hold. 8191 times 2^18, and the page's own, fit in
    /// 2^31 - 1; once more does not.
    /// </summary>
    [Fact]
    public void APinThatWouldOverflow_ChangesNothing()
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024, 2048, 1024));
        DaxDevice<X64> device = rig.Plug();
        for (int i = 0; i < 8191; i++)
        {
            device.Pin(rig.Cpu, device.DataPfn + (1UL << 18), 1UL << 18);
        }

        // The first of the two pages could be pinned.
        Assert.Contains(
            "has 2147221505 references",
            Assert.Throws<InvalidOperationException>(() => device.Pin(rig.Cpu, device.DataPfn, 1UL << 19)).Message,
            StringComparison.Ordinal);
        Assert.True(device.IsIdle(rig.Cpu, device.DataPfn));
        Assert.Equal(8191L << 18, device.Pins);
        for (int i = 0; i < 8191; i++)
        {
            device.Unpin(rig.Cpu, device.DataPfn + (1UL << 18), 1UL << 18);
        }

        Assert.True(device.TryUnplug(rig.Cpu));
        rig.AssertAsBefore();
    }

    /// <summary>Of a base page, each pin takes 1024 of them: 2097151 pins fit. They are put there at once, as the count says.</summary>
    [Fact]
    public void APinOfBasePagesThatWouldOverflow_ChangesNothing()
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024, 128, 0));
        DaxDevice<X64> device = rig.Plug();
        for (int i = 0; i < 64; i++)
        {
            device.Pin(rig.Cpu, device.DataPfn, device.DataFrames);
        }

        // 2^21 pins are known to the device now, so that it looks; page 100 has all that it can have.
        StructPage page = rig.Cpu.ReadStructPage(device.DataPfn + 100);
        page.RefCount = 1 + (2097151 * 1024);
        rig.Cpu.WriteStructPage(device.DataPfn + 100, in page);
        Assert.Throws<InvalidOperationException>(() => device.Pin(rig.Cpu, device.DataPfn, 128));
        Assert.Equal(1 + (64 * 1024), rig.Cpu.ReadStructPage(device.DataPfn).RefCount);
        Assert.Equal(64L << 15, device.Pins);
    }

    /// <summary>All is looked at before anything is given back.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void AnUnpinOfMoreThanIsPinned_ChangesNothing(int align)
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024, 128, align));
        DaxDevice<X64> device = rig.Plug();
        device.Pin(rig.Cpu, device.DataPfn, 512);
        int references = rig.Cpu.ReadStructPage(device.DataPfn).RefCount;
        Assert.Throws<InconsistentMachineException>(() => device.Unpin(rig.Cpu, device.DataPfn, 1024));
        Assert.Equal((512, references), (device.Pins, rig.Cpu.ReadStructPage(device.DataPfn).RefCount));
        device.Unpin(rig.Cpu, device.DataPfn, 512);
        Assert.True(device.TryUnplug(rig.Cpu));
        rig.AssertAsBefore();
    }

    [Fact]
    public void ASizeThatIsNoPowerOfTwo_IsNone() =>
        Assert.Throws<ArgumentOutOfRangeException>("align", () => Deduplication.Of(12, 64, 3 * Mega, onDevice: false));

    /// <summary>
    /// Whichever base page is bad, the head of its compound page is marked, and that page's part of the file is unmapped.
    /// </summary>
    [Theory]
    [InlineData(2, 700UL, 512UL, 2UL)]
    [InlineData(1024, 262143UL, 0UL, 1024UL)]
    public void AMemoryError_MarksTheHead(int align, ulong bad, ulong head, ulong megabytes)
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024, 1024, align) with { SharesTables = align == 1024 });
        DaxDevice<X64> device = rig.Plug();
        ulong bytes = megabytes * Mega;
        var vma = new DaxVma(1UL << 40, (1UL << 40) + (1024 * Mega), 0, Mapping);
        DaxFault fault = device.Fault(rig.Cpu, vma, vma.Start + (bad << 12) + 8);
        Assert.Equal(new DaxFault(DaxFaultKind.Mapped, device.FirstPfn + head, head), fault);
        StructPage marked = rig.Cpu.ReadStructPage(device.FirstPfn + head);
        Assert.Equal((Mapping, head), (marked.Mapping, marked.Index));
        DaxMemoryFailure failure = device.MemoryFailure(rig.Cpu, device.FirstPfn + bad);
        Assert.Equal(new DaxMemoryFailure(DaxMemoryFailureKind.Unmapped, device.FirstPfn + head, head << 12, bytes), failure);
        Assert.True(rig.Cpu.ReadStructPage(device.FirstPfn + head).IsHwPoisoned);
        Assert.False(rig.Cpu.ReadStructPage(device.FirstPfn + head + 1).IsHwPoisoned);
        Assert.Empty(rig.Machine.Violations.First);
        Assert.True(device.TryUnplug(rig.Cpu));
        rig.AssertAsBefore();
    }

    [Fact]
    public void AnErrorInWhatDescribesTheDevice_IsNotLookedInto()
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024 + 6, 250, 2) with { StructPagesOnDevice = true });
        DaxDevice<X64> device = rig.Plug();
        Assert.Equal(DaxMemoryFailureKind.NotOfDevice, device.MemoryFailure(rig.Cpu, device.FirstPfn - 1).Kind);
        Assert.Equal(DaxMemoryFailureKind.NotOfDevice, device.MemoryFailure(rig.Cpu, device.FirstPfn + device.Frames).Kind);
        Assert.Equal(DaxMemoryFailureKind.NotRecoverable, device.MemoryFailure(rig.Cpu, device.FirstPfn).Kind);
        Assert.Equal(DaxMemoryFailureKind.NotRecoverable, device.MemoryFailure(rig.Cpu, device.DataPfn - 1).Kind);
        Assert.Equal(DaxMemoryFailureKind.NotMapped, device.MemoryFailure(rig.Cpu, device.DataPfn).Kind);
        rig.Check(device);
    }

    /// <summary>The offset in the file is that of the address aligned down; a mapping may begin at any page of the device.</summary>
    [Fact]
    public void AFault_NotesTheOffsetOfItsPage()
    {
        DevmapRig<X64> rig = new(PopulateTests.Options(1024, 128, 2));
        DaxDevice<X64> device = rig.Plug();
        var vma = new DaxVma(1UL << 40, (1UL << 40) + (8 * Mega), 1024, Mapping);
        Assert.Equal(
            new DaxFault(DaxFaultKind.Mapped, device.FirstPfn + 1536, 1536), device.Fault(rig.Cpu, vma, vma.Start + (2 * Mega) + 4096));
        Assert.Equal(1536UL, rig.Cpu.ReadStructPage(device.FirstPfn + 1536).Index);
        Assert.Equal(0UL, rig.Cpu.ReadStructPage(device.FirstPfn + 2048).Index);
        Assert.Equal(DaxFaultKind.Outside, device.Fault(rig.Cpu, vma, vma.End).Kind);
        Assert.Equal(DaxFaultKind.Outside, device.Fault(rig.Cpu, vma, vma.Start - 1).Kind);
        Assert.Equal(DaxFaultKind.Outside, device.Fault(rig.Cpu, vma with { PageOffset = 32768 }, vma.Start).Kind);
        Assert.Equal(DaxFaultKind.UnalignedVma, device.Fault(rig.Cpu, vma with { Start = vma.Start + 4096 }, vma.Start + 8192).Kind);
        Assert.Equal(DaxFaultKind.UnalignedVma, device.Fault(rig.Cpu, vma with { PageOffset = 1 }, vma.Start).Kind);

        // 512 pages before the end of 64 bits: the sum for the second page of the mapping is 0 again.
        Assert.Equal(
            DaxFaultKind.Outside, device.Fault(rig.Cpu, vma with { PageOffset = ulong.MaxValue - 511 }, vma.Start + (2 * Mega)).Kind);
        Assert.Throws<ArgumentException>("vma", () => device.Fault(rig.Cpu, vma with { Mapping = 0 }, vma.Start));

        // Base pages note it one by one.
        rig = new DevmapRig<X64>(PopulateTests.Options(1024, 128, 0));
        device = rig.Plug();
        device.Fault(rig.Cpu, vma, vma.Start + 4096);
        Assert.Equal([0UL, 1025, 0], new ulong[] { 1024, 1025, 1026 }.Select(i => rig.Cpu.ReadStructPage(device.FirstPfn + i).Index));
    }

    private static (OperationCounters Pin, OperationCounters Unpin) PinAndUnpin(
        DevmapRig<X64> rig, DaxDevice<X64> device, ulong pfn, ulong count)
    {
        OperationCounters before = rig.Machine.Count();
        device.Pin(rig.Cpu, pfn, count);
        OperationCounters between = rig.Machine.Count();
        Assert.Equal((long)count, device.Pins);
        device.Unpin(rig.Cpu, pfn, count);
        Assert.Equal(0, device.Pins);
        return (between.Since(in before), rig.Machine.Count().Since(in between));
    }
}

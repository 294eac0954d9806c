using System.Runtime.InteropServices;
using Vmemmap.Simulation;
using Vmemmap.Tests.Manuals;

namespace Vmemmap.Tests.Simulation.Checking;

/// <summary>What the page tables say of each page of vmemmap, read with the walker that was written by hand from the manual.</summary>
/// <typeparam name="TArch">The machine's architecture; only its name is used.</typeparam>
internal sealed class VmemmapMap<TArch>
    where TArch : struct, IArchitecture
{
    /// <summary>The frame of a page that nothing maps.</summary>
    public const ulong Unmapped = ulong.MaxValue;

    private readonly Machine<TArch> _machine;
    private readonly MachineWords _words;
    private readonly ulong[] _frames;
    private readonly bool[] _writable;
    private readonly List<ulong> _path = [];
    private readonly byte[] _frameBytes;

    public VmemmapMap(Machine<TArch> machine)
    {
        _machine = machine;
        _words = new MachineWords(machine.Memory);
        Manual = AllManuals.Of(TArch.Name);
        StructPageSize = (ulong)machine.Options.StructPageSize;
        ulong frames = machine.Memory.FrameCount;
        Pages = (long)(((frames * StructPageSize) + (1UL << Manual.PageShift) - 1) >> Manual.PageShift);
        _frames = new ulong[Pages];
        _frameBytes = new byte[1 << Manual.PageShift];
        _writable = new bool[Pages];
    }

    public Manual Manual { get; }

    public ulong StructPageSize { get; }

    public long Pages { get; }

    public ulong AddressOf(ulong pfn) => _machine.Vmemmap.Start + (pfn * StructPageSize);

    public long PageOf(ulong address) => (long)((address - _machine.Vmemmap.Start) >> Manual.PageShift);

    public ulong Frame(long page) => _frames[page];

    public bool IsWritable(long page) => _writable[page];

    /// <summary>Walks every page, and says what tables there are.</summary>
    public void Walk(FrameCensus census)
    {
        for (long page = 0; page < Pages; page++)
        {
            ulong address = _machine.Vmemmap.Start + ((ulong)page << Manual.PageShift);
            _path.Clear();
            Outcome outcome = Manual.Walk(_words, _machine.PageTables.Root, address, _path);
            foreach (ulong table in _path)
            {
                ulong frame = table >> Manual.PageShift;
                if (!census.Is(frame, FrameUse.PageTable))
                {
                    census.Claim(frame, FrameUse.PageTable);
                }
            }

            if (outcome.Fault is not (TranslationFault.None or TranslationFault.NotPresent))
            {
                Assert.Fail($"Page {page} of vmemmap, address 0x{address:x}: {outcome}.");
            }

            _frames[page] = outcome.Fault == TranslationFault.None ? outcome.PhysicalAddress >> Manual.PageShift : Unmapped;
            _writable[page] = outcome.IsWritable;
        }
    }

    /// <summary>A word of a struct page, where one page of vmemmap may be seen in another frame than the tables say.</summary>
    /// <param name="pfn">The struct page's frame.</param>
    /// <param name="offset">Offset in the struct page.</param>
    /// <param name="page">The page that is seen elsewhere.</param>
    /// <param name="frame">Where it is seen.</param>
    public ulong Word(ulong pfn, ulong offset, long page, ulong frame)
    {
        ulong address = AddressOf(pfn) + offset;
        long at = PageOf(address);
        ulong seen = at == page ? frame : _frames[at];
        if (seen == Unmapped)
        {
            Assert.Fail($"The struct page of 0x{pfn:x} is in page {at} of vmemmap, which nothing maps.");
        }

        return _machine.Memory.ReadWord((seen << Manual.PageShift) | (address & ((1UL << Manual.PageShift) - 1)));
    }

    /// <summary>Whether a frame holds nothing but one and the same line of 64 bytes.</summary>
    public bool IsFilledWith(ulong frame, ReadOnlySpan<ulong> line)
    {
        Span<byte> bytes = _frameBytes;
        _machine.Memory.ReadFrame(frame, bytes);
        ReadOnlySpan<byte> wanted = MemoryMarshal.AsBytes(line);
        return bytes[..wanted.Length].SequenceEqual(wanted) && bytes[wanted.Length..].SequenceEqual(bytes[..^wanted.Length]);
    }

    public ulong Word(ulong pfn, ulong offset) => Word(pfn, offset, -1, Unmapped);
}

using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Fork.</content>
public sealed partial class HugetlbMapping<TArch, TLayout>
{
    /// <summary>
    /// Copies the mapping into a child's address space, at the same addresses (copy_hugetlb_page_range, 6.12 mm/hugetlb.c): every leaf with its mapping and
    /// reference; entries of migrations and memory errors as they are; no markers. Tables are shared where the file has them shared. Since v6.0 a
    /// kernel leaves a shared mapping to the child's faults; RFC v1 is older.
    /// </summary>
    /// <remarks>
    /// What <see cref="AdviseSplit"/> said holds for the copy too, as the kernel copies the flags of a mapping; faults are not its user's any more, as
    /// without UFFD_FEATURE_EVENT_FORK.
    /// </remarks>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="child">The child's address space.</param>
    /// <param name="copy">The copy; null if there is an error: then nothing is left of it, no page table either.</param>
    /// <returns>
    /// <see cref="MappingError.Invalid"/>: a private mapping, or a huge page that is mapped in pieces. <see cref="MappingError.NoMemory"/>: no frame
    /// for a table, or no room in a count of references.
    /// </returns>
    /// <exception cref="ArgumentException">The CPU, or the child, is another machine's; the child is this process; or it has something at these addresses.</exception>
    /// <exception cref="InvalidOperationException">The mapping has ended.</exception>
    public MappingResult Fork(Cpu<TArch> cpu, AddressSpace<TArch> child, out HugetlbMapping<TArch, TLayout>? copy)
    {
        Space.Machine.RequireOwn(cpu);
        ArgumentNullException.ThrowIfNull(child);
        copy = null;
        if (child == Space || child.Machine != Space.Machine)
        {
            throw new ArgumentException("The child is another address space of the same machine.", nameof(child));
        }

        cpu.Counters.SystemCalls++;
        if (!IsShared)
        {
            return Refused($"The mapping at 0x{Start:x} is private: its pages would have to be copied when they are written. Map the file shared.");
        }

        // In one order, whichever of the two is the child.
        (AddressSpace<TArch> first, AddressSpace<TArch> second) = Space.Root < child.Root ? (Space, child) : (child, Space);
        using KernelSemaphore.Scope firstMappings = first.MmapLock.HoldToWrite(cpu);
        using KernelSemaphore.Scope secondMappings = second.MmapLock.HoldToWrite(cpu);
        RequireLive();
        HugetlbMapping<TArch, TLayout> made = File.Add(cpu, child, new HugetlbMappingOptions
        {
            Start = Start,
            Pages = Pages,
            FirstPage = FirstPage,
            IsWritable = IsWritable,
        });
        made._isHighGranularity = IsHighGranularity;
        made.CollapsesAutomatically = CollapsesAutomatically;
        MappingResult result = CopyTo(cpu, made);
        if (result.IsDone)
        {
            copy = made;
            return result;
        }

        var gone = new GonePages<TArch, TLayout>();
        using (File.MappingsLock.HoldToWrite(cpu))
        {
            made.ClearAll(cpu, gone);
            gone.Drop(cpu, child);
        }

        return result;
    }

    private MappingResult CopyTo(Cpu<TArch> cpu, HugetlbMapping<TArch, TLayout> copy)
    {
        using KernelSemaphore.Scope walks = File.MappingsLock.HoldToRead(cpu);
        for (ulong address = Start; address < End;)
        {
            _ = Walk(cpu, address, HugeShift, stopAtNone: true, out HugetlbPte from);
            MappingResult result = Tables.StateOf(from) switch
            {
                HugetlbPteState.Smaller => Refused(InPieces(address, "fork")),
                HugetlbPteState.None => MappingResult.Done(0),
                _ => CopyOne(cpu, copy, from, address),
            };
            if (!result.IsDone)
            {
                return result;
            }

            address = (address | from.OffsetMask) + 1;
        }

        return MappingResult.Done(End - Start);
    }

    private MappingResult CopyOne(Cpu<TArch> cpu, HugetlbMapping<TArch, TLayout> copy, HugetlbPte from, ulong address)
    {
        NonPresentKind kind = Tables.NonPresentAt(from);
        if (kind == NonPresentKind.Marker)
        {
            return MappingResult.Done(0);
        }

        MappingError error = copy.Walk(cpu, address, HugeShift, stopAtNone: false, out HugetlbPte to);
        if (error == MappingError.None && !IsSharedTable(cpu, TableOf(to)))
        {
            if (kind != NonPresentKind.None)
            {
                using KernelLock.Scope<TArch> held = Tables.LockOf(to.EntryAddress).Hold(cpu);
                copy.Tables.WriteNonPresent(cpu, to, address, Tables.Read(from.EntryAddress));
            }
            else
            {
                HugePage<TArch, TLayout> page = PageOf(address)
                    ?? throw new InconsistentMachineException($"Address 0x{address:x} is mapped, and its page is not in the file.");
                error = copy.AddLeaf(cpu, to, address, page, Tables.BitsOf(from));
            }
        }

        return error == MappingError.None
            ? MappingResult.Done(0)
            : new MappingResult(error, 0, $"No frame for a page table, or no room in the count of references, to copy 0x{address:x} to the child.");
    }

    /// <summary>Why an operation of the kernel's that knows no pieces is refused.</summary>
    private static string InPieces(ulong address, string operation) =>
        $"The huge page at 0x{address:x} is mapped in pieces, or by a table, which {operation} does not know: collapse it with AdviseCollapse, or unmap it, first.";
}

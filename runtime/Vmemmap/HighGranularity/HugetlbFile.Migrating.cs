using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.HighGranularity;

/// <content>Migration of huge pages.</content>
public sealed partial class HugetlbFile<TArch, TLayout>
{
    private readonly HashSet<HugePage<TArch, TLayout>> _migrating = [];

    /// <summary>
    /// Begins to move a huge page of the file to other memory (unmap_and_move_huge_page, 6.12 mm/migrate.c): a huge page of the pool is taken, and every leaf
    /// of the old one becomes an entry that says so. Until the migration is finished or aborted, faults on it give <see cref="FaultKind.Migrating"/>.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="index">Which huge page of the file.</param>
    /// <param name="node">The only node that will do; null: that of the old page first.</param>
    /// <param name="migration">The migration; null if there is an error: then nothing has changed.</param>
    /// <returns>
    /// <see cref="MappingError.Busy"/>: a mapping has it in pieces, somebody has a reference to it (a pin), or it is being migrated already.
    /// <see cref="MappingError.Fault"/>: the file has no page there. <see cref="MappingError.InputOutput"/>: it has a memory error.
    /// <see cref="MappingError.NoMemory"/>: the pool has no other huge page.
    /// </returns>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The file is not so long, or the machine has no such node.</exception>
    public MappingResult BeginMigration(Cpu<TArch> cpu, long index, int? node, out HugePageMigration<TArch, TLayout>? migration)
    {
        Machine.RequireOwn(cpu);
        CheckIndex(index);
        migration = null;
        using KernelLock.Scope<TArch> held = FaultMutexOf(index).Hold(cpu);
        if (PageAt(index) is not { } page)
        {
            return new MappingResult(MappingError.Fault, 0, $"The file has no page {index}: there is nothing to move.");
        }

        if (page.IsPoisoned)
        {
            return new MappingResult(MappingError.InputOutput, 0, $"Page {index} of the file, at PFN 0x{page.HeadPfn:x}, has a memory error: it cannot be copied.");
        }

        if (Pool.TryAllocate(Hstate, node ?? page.Node, cpu: cpu) is not { } target)
        {
            return new MappingResult(MappingError.NoMemory, 0, $"The pool has no other page of {Hstate.Name} to move page {index} of the file to.");
        }

        string reason = string.Empty;
        MappingError error = MappingError.Busy;
        if (node is { } only && target.Node != only)
        {
            error = MappingError.NoMemory;
            reason = $"The pool has no page of {Hstate.Name} on node {only} to move page {index} of the file to.";
        }
        else
        {
            using KernelSemaphore.Scope walks = MappingsLock.HoldToWrite(cpu);
            reason = WhyNotMigrated(cpu, index, page);
            if (reason.Length == 0)
            {
                Begin(cpu, index, page);
            }
        }

        if (reason.Length > 0)
        {
            Pool.Free(target, cpu);
            return new MappingResult(error, 0, reason);
        }

        migration = new HugePageMigration<TArch, TLayout>(this, index, page, target);
        return MappingResult.Done(Hstate.Size);
    }

    /// <summary>Whether a page is being moved (folio_test_locked, which faults wait for).</summary>
    internal bool IsMigrating(HugePage<TArch, TLayout> page)
    {
        lock (_cacheLock)
        {
            return _migrating.Contains(page);
        }
    }

    /// <summary>Ends a migration, with the new page in the place of the old one or without.</summary>
    internal MappingResult End(Cpu<TArch> cpu, HugePageMigration<TArch, TLayout> migration, bool finish)
    {
        (HugePage<TArch, TLayout> from, HugePage<TArch, TLayout> to) = (migration.From, migration.To);
        MappingResult result = MappingResult.Done(Hstate.Size);
        using KernelLock.Scope<TArch> held = FaultMutexOf(migration.Index).Hold(cpu);
        migration.SetOver();
        bool isThere = PageAt(migration.Index) == from;
        if (finish && isThere)
        {
            Copy(cpu, from, to);
        }

        using (MappingsLock.HoldToWrite(cpu))
        {
            result = finish ? Replace(cpu, migration, isThere) : result;
            lock (_cacheLock)
            {
                _migrating.Remove(from);
            }

            // With a memory error nothing is put back: the fault that follows finds the error by the page's list.
            HugePage<TArch, TLayout> mapped = finish && result.IsDone ? to : from;
            foreach ((HugetlbMapping<TArch, TLayout> mapping, ulong address) in MappingsOf(migration.Index))
            {
                mapping.EndMigration(cpu, address, from.HeadPfn, isThere && !mapped.IsPoisoned ? mapped : null);
            }
        }

        if (finish && result.IsDone)
        {
            // What the page cache had.
            Pool.Free(from, cpu);
        }
        else
        {
            Pool.Free(to, cpu);
        }

        Pool.Free(from, cpu);
        return result;
    }

    private void Begin(Cpu<TArch> cpu, long index, HugePage<TArch, TLayout> page)
    {
        // The reference keeps the page from being freed, and used for something else, while it is being moved (folio_isolate_hugetlb).
        new FolioHead<TArch>(cpu, page.HeadPfn).AddReferences(1);
        lock (_cacheLock)
        {
            _migrating.Add(page);
        }

        foreach ((HugetlbMapping<TArch, TLayout> mapping, ulong address) in MappingsOf(index))
        {
            mapping.BeginMigration(cpu, address, page.HeadPfn);
        }
    }

    private string WhyNotMigrated(Cpu<TArch> cpu, long index, HugePage<TArch, TLayout> page)
    {
        if (IsMigrating(page))
        {
            return $"Page {index} of the file is being migrated already: finish or abort that first.";
        }

        foreach ((HugetlbMapping<TArch, TLayout> mapping, ulong address) in MappingsOf(index))
        {
            if (mapping.HasPieces(cpu, address))
            {
                return $"Page {index} of the file is mapped in pieces, or by a table, at 0x{address:x}: collapse it with AdviseCollapse, or unmap it, first.";
            }
        }

        int references = new FolioHead<TArch>(cpu, page.HeadPfn).RefCount;
        int expected = 1 + new MapCounts<TArch>(cpu, page.HeadPfn).Entire;
        return references == expected
            ? string.Empty
            : $"Page {index} of the file, at PFN 0x{page.HeadPfn:x}, has {references} references, and {expected} are the file's and its mappings': somebody has pinned it.";
    }

    /// <summary>Puts the new page into the page cache (migrate_huge_page_move_mapping).</summary>
    private MappingResult Replace(Cpu<TArch> cpu, HugePageMigration<TArch, TLayout> migration, bool isThere)
    {
        (long index, HugePage<TArch, TLayout> from, HugePage<TArch, TLayout> to) = (migration.Index, migration.From, migration.To);
        if (!isThere)
        {
            return new MappingResult(MappingError.Fault, 0, $"Page {index} was taken away from the file while it was being moved.");
        }

        if (from.IsPoisoned || to.IsPoisoned)
        {
            return new MappingResult(
                MappingError.HwPoison, 0, $"A memory error came up while page {index} of the file was being moved: it stays at PFN 0x{from.HeadPfn:x}.");
        }

        // The file's reference and the migration's, and nobody may take another one while the page changes.
        const int Expected = 2;
        var head = new FolioHead<TArch>(cpu, from.HeadPfn);
        if (!head.TryFreeze(Expected))
        {
            return new MappingResult(
                MappingError.Busy, 0, $"Somebody took a reference to page {index} of the file while it was being moved: it stays at PFN 0x{from.HeadPfn:x}.");
        }

        SetPage(index, to);
        head.AddReferences(Expected);
        return MappingResult.Done(Hstate.Size);
    }

    private void Copy(Cpu<TArch> cpu, HugePage<TArch, TLayout> from, HugePage<TArch, TLayout> to)
    {
        for (ulong i = 0; i < (ulong)from.Count; i++)
        {
            Machine.Memory.CopyFrame(from.HeadPfn + i, to.HeadPfn + i);
        }

        cpu.Counters.BytesCopied += (long)Hstate.Size;
    }

    private IEnumerable<(HugetlbMapping<TArch, TLayout> Mapping, ulong Address)> MappingsOf(long index)
    {
        foreach (HugetlbMapping<TArch, TLayout> mapping in Mappings)
        {
            if (mapping.IsShared && mapping.TryAddressOf(index, out ulong address))
            {
                yield return (mapping, address);
            }
        }
    }
}

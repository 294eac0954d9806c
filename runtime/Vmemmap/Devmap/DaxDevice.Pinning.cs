using Vmemmap.HugeTlb;
using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <content>References: get_user_pages with FOLL_PIN (6.12 mm/gup.c, try_grab_folio and unpin_user_page_range_dirty_lock).</content>
public sealed partial class DaxDevice<TArch>
{
    // GUP_PIN_COUNTING_BIAS (6.12 include/linux/mm.h): what a pin adds to the references of a single page, which has no count of pins.
    private const int PinBias = 1024;

    /// <summary>Base pages that are pinned, those pinned twice counted twice.</summary>
    public long Pins { get; private set; }

    /// <summary>
    /// Pins base pages. Of a compound page, whatever part of it, the head's references are changed once, and its count of pins once; of
    /// base pages those of each.
    /// </summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="pfn">The first base page, of the device's data.</param>
    /// <param name="count">Base pages.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">They are not all of the device's data.</exception>
    /// <exception cref="InvalidOperationException">A page would have more references than its count holds, for which the kernel fails the
    /// pin (try_grab_folio, -ENOMEM); nothing changes then.</exception>
    public void Pin(Cpu<TArch> cpu, ulong pfn, ulong count) => ChangePins(cpu, pfn, count, 1);

    /// <summary>Gives back what <see cref="Pin"/> took.</summary>
    /// <param name="cpu">The CPU that does it.</param>
    /// <param name="pfn">The first base page.</param>
    /// <param name="count">Base pages.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">They are not all of the device's data.</exception>
    /// <exception cref="InconsistentMachineException">A page has fewer pins than are given back; nothing changes then.</exception>
    public void Unpin(Cpu<TArch> cpu, ulong pfn, ulong count) => ChangePins(cpu, pfn, count, -1);

    /// <summary>
    /// Whether nobody uses a page: pages of a device are idle with one reference, not with none (6.12 include/linux/mm.h and
    /// mm/memremap.c; so until v6.15).
    /// </summary>
    /// <param name="cpu">The CPU that looks.</param>
    /// <param name="pfn">A base page of the device's data.</param>
    /// <exception cref="ArgumentException">The CPU is another machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public bool IsIdle(Cpu<TArch> cpu, ulong pfn)
    {
        CheckUse(cpu);
        CheckData(pfn, 1);
        return new FolioHead<TArch>(cpu, HeadOf(pfn)).RefCount == 1;
    }

    /// <summary>The first base page of a compound page, by arithmetic from the start of the device's data.</summary>
    private ulong HeadOf(ulong pfn) => DataPfn + ((pfn - DataPfn) >> CompoundOrder << CompoundOrder);

    private long ForPages(Cpu<TArch> cpu, ulong pfn, ulong count, int sign, bool changes) => CompoundOrder == 0
        ? ForBasePages(cpu, pfn, count, sign, changes)
        : ForCompoundPages(cpu, pfn, count, sign, changes);

    private void ChangePins(Cpu<TArch> cpu, ulong pfn, ulong count, int sign)
    {
        CheckUse(cpu);
        CheckData(pfn, count);
        if (sign < 0 || MayOverflow(count))
        {
            _ = ForPages(cpu, pfn, count, sign, changes: false);
        }

        long updates = ForPages(cpu, pfn, count, sign, changes: true);
        if (StructPagesOnDevice)
        {
            cpu.Counters.DeviceReferenceUpdates += updates;
        }
        else
        {
            cpu.Counters.ReferenceUpdates += updates;
        }

        cpu.Counters.PagesRecorded += (long)count;
        Pins += sign * (long)count;
    }

    // Whether a page may have so many pins that the next are looked at one by one first: no page has more than the device.
    private bool MayOverflow(ulong count)
    {
        long most = CompoundOrder == 0 ? (Pins + 1) * PinBias : Pins + (long)count;
        return most >= int.MaxValue;
    }

    private long ForCompoundPages(Cpu<TArch> cpu, ulong pfn, ulong count, int sign, bool changes)
    {
        long heads = 0;
        for (ulong end = pfn + count; pfn < end; heads++)
        {
            ulong head = HeadOf(pfn);
            ulong next = Math.Min(end, head + (1UL << CompoundOrder));
            int pages = sign * (int)(next - pfn);
            var folio = new FolioHead<TArch>(cpu, head);
            var pins = new PinCount<TArch>(cpu, head);
            if (changes)
            {
                folio.AddReferences(pages);
                pins.Add(pages);
            }
            else
            {
                CheckReferences(folio.RefCount, pages, head);
                if (pins.Value + (long)pages < 0)
                {
                    throw new InconsistentMachineException(
                        $"The compound page at PFN 0x{head:x} has {pins.Value} pins, fewer than the {-pages} it loses.");
                }
            }

            pfn = next;
        }

        return heads;
    }

    private long ForBasePages(Cpu<TArch> cpu, ulong pfn, ulong count, int sign, bool changes)
    {
        ulong perPage = (1UL << TArch.PageShift) / StructPage.Size;
        ulong end = pfn + count;
        while (pfn < end)
        {
            // A page of vmemmap whose struct pages are alike, and stay alike, is changed in one step; they are counted one by one.
            bool whole = Machine.Vmemmap.StructPageSize == StructPage.Size && (pfn & (perPage - 1)) == 0 && end - pfn >= perPage;
            if (whole && cpu.TryChangeUniformPage(pfn, page => Changed(page, pfn, sign, changes)))
            {
                pfn += perPage;
                continue;
            }

            var folio = new FolioHead<TArch>(cpu, pfn);
            if (changes)
            {
                folio.AddReferences(sign * PinBias);
            }
            else
            {
                CheckReferences(folio.RefCount, sign * PinBias, pfn);
            }

            pfn++;
        }

        return (long)count;
    }

    private static StructPage Changed(StructPage page, ulong pfn, int sign, bool changes)
    {
        if (changes)
        {
            page.RefCount += sign * PinBias;
        }
        else
        {
            CheckReferences(page.RefCount, sign * PinBias, pfn);
        }

        return page;
    }

    // One reference is that of the page itself.
    private static void CheckReferences(int references, int change, ulong pfn)
    {
        long left = references + (long)change;
        if (left < 1)
        {
            throw new InconsistentMachineException(
                $"The page at PFN 0x{pfn:x} would lose a reference that nobody took: {left} would be left, and 1 is its own.");
        }

        if (left > int.MaxValue)
        {
            throw new InvalidOperationException(
                $"The page at PFN 0x{pfn:x} has {references} references, and cannot have {change} more: its count ends at {int.MaxValue}.");
        }
    }

    private void CheckData(ulong pfn, ulong count)
    {
        if (count == 0 || pfn < DataPfn || pfn - DataPfn >= DataFrames || count > DataFrames - (pfn - DataPfn))
        {
            throw new ArgumentOutOfRangeException(
                nameof(pfn),
                pfn,
                $"{count} base pages from PFN 0x{pfn:x} on: the data of the device are the {DataFrames} from 0x{DataPfn:x} on.");
        }
    }
}

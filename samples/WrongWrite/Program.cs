// This does not compile, and that is what it shows: an optimized huge page has read-only struct pages, and the compiler knows which.
using Vmemmap;
using Vmemmap.HugeTlb;

Console.WriteLine(nameof(Reserve));

static void Reserve(HugePage<X64, ReserveOne> page)
{
    page.Writable[0].Flags |= PageFlags.Reserved;            // the head: kept, and always writable

    if (page.IsOptimized)
    {
        page.Unchecked(63).Flags |= PageFlags.Reserved;      // the last tail of the vmemmap page that is kept
        page.Unchecked(64).Flags |= PageFlags.Reserved;      // the first alias: an oops in a kernel, an error here
    }

    using RestoredScope<X64, ReserveOne> scope = page.Restore();
    scope[64].Flags |= PageFlags.Reserved;                   // right: while the scope lives every struct page has a frame of its own
}

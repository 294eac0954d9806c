using Vmemmap;
using Vmemmap.HugeTlb;

namespace TailWrite;

public static class Marking
{
    public static void Mark(HugePage<X64, ReserveOne> page)
    {
        page.Unchecked(63).MemcgData = 0;
        if (page.IsOptimized)
        {
            page.Unchecked(64).MemcgData = 0;
        }
    }
}

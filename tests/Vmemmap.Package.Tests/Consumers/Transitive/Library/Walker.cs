using Vmemmap;

namespace Library;

public static class Walker
{
    public static bool IsMapped<TArch, TMemory>(in TMemory memory, ulong root, ulong address)
        where TArch : struct, IArchitecture
        where TMemory : struct, IPhysicalMemory => TArch.TryTranslate(in memory, root, address, out _);
}

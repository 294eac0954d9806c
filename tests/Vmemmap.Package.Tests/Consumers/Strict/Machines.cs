using Vmemmap;

namespace Strict
{
    /// <summary>What the kernel in config-test has.</summary>
    [KernelConfig("config-test")]
    public static partial class Production
    {
    }

    /// <summary>Uses all that is generated.</summary>
    public static class Machines
    {
        /// <summary>A page of each.</summary>
        /// <returns>Bytes.</returns>
        public static ulong PageSizes()
        {
            return Target.PageSize + Narrow.PageSize + (ulong)Production.StructPageSize;
        }
    }
}

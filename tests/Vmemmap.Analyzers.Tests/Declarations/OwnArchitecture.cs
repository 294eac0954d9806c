namespace Vmemmap.Analyzers.Tests.Declarations;

/// <summary>What the generator emits of a table of the project's own, as far as a rule looks at it: constants, and the contract.</summary>
internal static class OwnArchitecture
{
    /// <summary>Pages of 16K under two names.</summary>
    public const string Source = """
        namespace Mine.Tables
        {
            readonly struct Mine16K : IArchitecture
            {
                public const string Name = "mine-16k-va48";
                public const string Alias = "mine-16k";
                public const ulong PageSize = 0x4000UL;

                static int IArchitecture.ContractVersion => 3;
                static string IArchitecture.Name => Name;
                static string IArchitecture.Alias => Alias;
                static int IArchitecture.PageShift => 14;
                static int IArchitecture.VirtualAddressBits => 48;
                static int IArchitecture.PhysicalAddressBits => 48;
                static CanonicalRule IArchitecture.Canonical => CanonicalRule.UpperHalf;
                static bool IArchitecture.HasReadOnlyKernelMappings => true;
                static bool IArchitecture.RequiresBreakBeforeMake => true;
                static bool IArchitecture.MapsVmemmapByBlocks => false;
                static ReadOnlySpan<Level> IArchitecture.Levels => throw null!;
                static ReadOnlySpan<Hstate> IArchitecture.Hstates => throw null!;
                static Hstate IArchitecture.DefaultHstate => throw null!;
                static int IArchitecture.LevelCount => 4;
                static ulong IArchitecture.ValidMask => 1;
                static ulong IArchitecture.AddressMask => 0xffffffffc000;
                static ulong IArchitecture.SharedAddressMask => 0;
                static int IArchitecture.LevelShift(int level) => throw null!;
                static int IArchitecture.LevelIndexBits(int level) => throw null!;
                static bool IArchitecture.IsCanonical(ulong virtualAddress) => throw null!;
                static EntryKind IArchitecture.Classify(int level, ulong entry) => throw null!;
                static ulong IArchitecture.TableAddress(ulong entry) => throw null!;
                static ulong IArchitecture.PhysicalAddress(int level, ulong entry, ulong virtualAddress) => throw null!;
                static int IArchitecture.LeafSizeShift(int level, ulong entry) => throw null!;
                static bool IArchitecture.IsWritable(ulong entry) => throw null!;
                static bool IArchitecture.TableAllowsWrite(ulong entry) => throw null!;
                static bool IArchitecture.TryTranslate<TMemory>(in TMemory memory, ulong root, ulong virtualAddress, out Translation translation) => throw null!;
            }
        }

        """;
}

namespace Vmemmap.Tests.Simulation.Devmap;

/// <summary>Devices of every geometry. Sizes and places are in MiB.</summary>
public static class DevmapCases
{
    public static TheoryData<string, int, int, int, bool, int> All() => new()
    {
        // Architecture, start, size, align (0: base pages), tables shared, sizeof(struct page).
        { "x86-64", 1024, 256, 0, false, 64 },
        { "x86-64", 1024, 256, 2, false, 64 },
        { "x86-64", 1024, 2048, 1024, false, 64 },
        { "x86-64", 1024, 2048, 1024, true, 64 },
        { "x86-64-la57", 1024, 1024, 1024, true, 64 },
        { "riscv64-sv39", 1024, 1024, 1024, true, 64 },
        { "riscv64-sv48", 1024, 256, 2, false, 64 },
        { "riscv64-sv57", 1024, 1024, 1024, false, 64 },
        { "arm64-4k", 1024, 256, 32, false, 64 },
        { "arm64-4k", 1024, 1024, 1024, true, 64 },
        { "arm64-4k-va52", 1024, 128, 2, false, 64 },
        { "arm64-16k", 1024, 256, 32, false, 64 },
        { "arm64-16k", 1024, 2048, 1024, false, 64 },
        { "arm64-64k", 1024, 1024, 512, false, 64 },
        { "arm64-64k", 1024, 1024, 0, false, 64 },
        { "arm64-64k", 16384, 16384, 16384, false, 64 },

        // Where the device begins: within a section, where a section holds the end of a compound page and the start of the next, and where
        // the compound pages are not aligned.
        { "x86-64", 1024 + 6, 250, 2, false, 64 },
        { "x86-64", 1024 + 6, 250, 0, false, 64 },
        { "x86-64", 1024 + 384, 2048, 1024, false, 64 },
        { "x86-64", 1024 + 384, 2048, 1024, true, 64 },
        { "x86-64", 1024 + 64, 2048, 1024, false, 64 },
        { "x86-64", 1024 + 64, 2048, 1024, true, 64 },
        { "x86-64", 1024 + 126, 1024, 1024, true, 64 },
        { "arm64-4k", 1024 + 16, 320, 32, false, 64 },
        { "arm64-16k", 1024 + 124, 320, 32, false, 64 },

        // Struct pages of other sizes: twice as many pages; none shared where it is no power of two.
        { "x86-64", 1024, 128, 2, false, 128 },
        { "x86-64", 1024, 1024, 1024, true, 128 },
        { "x86-64", 1024, 128, 2, false, 56 },
        { "x86-64", 1024, 128, 2, false, 80 },
        { "x86-64", 1024, 1024, 0, false, 56 },
        { "x86-64", 1024 + 124, 520, 2, false, 80 },
        { "riscv64-sv57", 1024 + 128, 640, 0, false, 56 },
        { "x86-64", 1024, 64, 0, false, 128 },

        // Sizes whose struct pages fill no more than two pages.
        { "arm64-64k", 1024, 512, 2, false, 64 },
        { "arm64-16k", 1024, 128, 2, false, 64 },
    };
}

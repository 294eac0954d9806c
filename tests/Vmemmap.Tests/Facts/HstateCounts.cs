namespace Vmemmap.Tests.Facts;

/// <summary>
/// What HVO frees of one huge page, written out for each page size and huge page size: worked out from the kernel's formulas (v5.14 and
/// 6.12 mm/hugetlb_vmemmap.[ch]) and, for 2M and 1G on x86, the boot log's own 28 KiB and 16380 KiB.
/// </summary>
/// <param name="Size">Huge page size.</param>
/// <param name="Order">log2 of its base pages.</param>
/// <param name="StructPages">Its base pages.</param>
/// <param name="Bytes">Bytes of these, 64 each.</param>
/// <param name="VmemmapPages">Pages that these fill.</param>
/// <param name="FreedReserveTwo">Pages given back when two are kept.</param>
/// <param name="FreedBytesReserveTwo">The same in bytes.</param>
/// <param name="FreedReserveOne">Pages given back when one is kept.</param>
/// <param name="FreedBytesReserveOne">The same in bytes.</param>
/// <param name="PerTebibyteReserveTwo">Bytes given back of 1 TiB of such huge pages when two are kept.</param>
/// <param name="PerTebibyteReserveOne">Bytes given back of 1 TiB of such huge pages when one is kept.</param>
/// <param name="FreedReserveTwoOf128">As above, with struct pages of 128 bytes: always one less than when one is kept, or nothing.</param>
/// <param name="FreedReserveOneOf128">As above, with struct pages of 128 bytes.</param>
public sealed record HstateCounts(
    string Size,
    int Order,
    long StructPages,
    long Bytes,
    double VmemmapPages,
    long FreedReserveTwo,
    long FreedBytesReserveTwo,
    long FreedReserveOne,
    long FreedBytesReserveOne,
    long PerTebibyteReserveTwo,
    long PerTebibyteReserveOne,
    long FreedReserveTwoOf128,
    long FreedReserveOneOf128)
{
    private static readonly (string PageSize, HstateCounts Counts)[] All =
    [
        ("4k", new("1G", 18, 262144, 16777216, 4096, 4094, 16769024, 4095, 16773120, 17171480576, 17175674880, 8190, 8191)),
        ("4k", new("32M", 13, 8192, 524288, 128, 126, 516096, 127, 520192, 16911433728, 17045651456, 254, 255)),
        ("4k", new("2M", 9, 512, 32768, 8, 6, 24576, 7, 28672, 12884901888, 15032385536, 14, 15)),
        ("4k", new("64K", 4, 16, 1024, 0.25, 0, 0, 0, 0, 0, 0, 0, 0)),
        ("16k", new("1G", 16, 65536, 4194304, 256, 254, 4161536, 255, 4177920, 4261412864, 4278190080, 510, 511)),
        ("16k", new("32M", 11, 2048, 131072, 8, 6, 98304, 7, 114688, 3221225472, 3758096384, 14, 15)),
        ("16k", new("2M", 7, 128, 8192, 0.5, 0, 0, 0, 0, 0, 0, 0, 0)),
        ("64k", new("16G", 18, 262144, 16777216, 256, 254, 16646144, 255, 16711680, 1065353216, 1069547520, 510, 511)),
        ("64k", new("512M", 13, 8192, 524288, 8, 6, 393216, 7, 458752, 805306368, 939524096, 14, 15)),
        ("64k", new("2M", 5, 32, 2048, 0.03125, 0, 0, 0, 0, 0, 0, 0, 0)),
    ];

    public static TheoryData<string, HstateCounts> ForEveryArchitecture { get; } = Rows();

    public override string ToString() => Size;

    private static TheoryData<string, HstateCounts> Rows()
    {
        TheoryData<string, HstateCounts> rows = new();
        foreach (string name in ArchitectureNames.All)
        {
            string[] sizes = name.Split('-') switch
            {
                ["x86", ..] => ["4k", "1G", "2M"],
                ["riscv64", ..] => ["4k", "64K", "1G", "2M"],
                ["arm64", "4k", ..] => ["4k", "1G", "32M", "2M", "64K"],
                ["arm64", "16k", ..] => ["16k", "1G", "32M", "2M"],
                _ => ["64k", "16G", "512M", "2M"],
            };
            foreach (string size in sizes[1..])
            {
                rows.Add(name, All.Single(c => c.PageSize == sizes[0] && c.Counts.Size == size).Counts);
            }
        }

        return rows;
    }
}

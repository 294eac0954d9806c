using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Vmemmap.Tests.StructPages;

/// <summary>Where the fields lie: as 6.12.117's own VMCOREINFO and include/linux/mm_types.h say.</summary>
public class StructPageLayoutTests
{
    [Fact]
    public void Size_Is64()
    {
        Assert.Equal(64, Unsafe.SizeOf<StructPage>());
        Assert.Equal(64, StructPage.Size);
    }

    // VMCOREINFO of 6.12.117 on x86-64, arm64 and riscv64: OFFSET(page.flags)=0, lru=8, compound_head=8, mapping=24, private=40,
    // _mapcount=48, _refcount=52. The others are the words between, and of struct folio: two words (flags, head), then the fields in order.
    [Theory]
    [InlineData(nameof(StructPage.Flags), 0, 8)]
    [InlineData(nameof(StructPage.CompoundInfo), 8, 8)]
    [InlineData(nameof(StructPage.LruNext), 8, 8)]
    [InlineData(nameof(StructPage.LruPrevious), 16, 8)]
    [InlineData(nameof(StructPage.Mapping), 24, 8)]
    [InlineData(nameof(StructPage.Index), 32, 8)]
    [InlineData(nameof(StructPage.Private), 40, 8)]
    [InlineData(nameof(StructPage.PageType), 48, 4)]
    [InlineData(nameof(StructPage.MapCount), 48, 4)]
    [InlineData(nameof(StructPage.RefCount), 52, 4)]
    [InlineData(nameof(StructPage.MemcgData), 56, 8)]
    [InlineData(nameof(StructPage.LargeMapCount), 16, 4)]
    [InlineData(nameof(StructPage.EntireMapCount), 20, 4)]
    [InlineData(nameof(StructPage.PagesMapped), 24, 4)]
    [InlineData(nameof(StructPage.PinCount), 28, 4)]
    [InlineData(nameof(StructPage.FolioPages), 32, 4)]
    [InlineData(nameof(StructPage.DeferredNext), 16, 8)]
    [InlineData(nameof(StructPage.DeferredPrevious), 24, 8)]
    [InlineData(nameof(StructPage.HugeTlbSubpool), 16, 8)]
    [InlineData(nameof(StructPage.HugeTlbCgroup), 24, 8)]
    [InlineData(nameof(StructPage.HugeTlbCgroupReserved), 32, 8)]
    [InlineData(nameof(StructPage.HugeTlbHwPoison), 40, 8)]
    public void Field_IsWhereTheKernelHasIt(string field, int offset, int bytes)
    {
        Assert.Equal(offset, Marshal.OffsetOf<StructPage>(field).ToInt32());
        Assert.Equal(bytes, Marshal.SizeOf(typeof(StructPage).GetField(field)!.FieldType));
    }

    [Fact]
    public void EveryField_IsPlaced()
    {
        int rows = typeof(StructPageLayoutTests).GetMethod(nameof(Field_IsWhereTheKernelHasIt))!.GetCustomAttributes<InlineDataAttribute>().Count();
        Assert.Equal(typeof(StructPage).GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Length, rows);
    }

    [Fact]
    public void Line_IsTheBytesInMemory()
    {
        byte[] bytes = new byte[64];
        new Random(5).NextBytes(bytes);
        StructPage page = MemoryMarshal.Read<StructPage>(bytes);

        Vector512<ulong> line = page.AsLine();
        for (int word = 0; word < 8; word++)
        {
            Assert.Equal(BitConverter.ToUInt64(bytes, 8 * word), line[word]);
        }

        StructPage back = StructPage.FromLine(line);
        Assert.Equal(bytes, MemoryMarshal.AsBytes(new ReadOnlySpan<StructPage>(in back)).ToArray());
    }

    [Fact]
    public void Equality_SeesEveryByte()
    {
        byte[] bytes = new byte[64];
        new Random(6).NextBytes(bytes);
        StructPage page = MemoryMarshal.Read<StructPage>(bytes);
        StructPage same = MemoryMarshal.Read<StructPage>(bytes);
        Assert.True(page == same && page.Equals((object)same) && !(page != same));
        Assert.Equal(page.GetHashCode(), same.GetHashCode());
        Assert.False(page.Equals("page"));

        for (int at = 0; at < 64; at++)
        {
            bytes[at] ^= 0x10;
            StructPage other = MemoryMarshal.Read<StructPage>(bytes);
            Assert.True(page != other && !(page == other) && !page.Equals((object)other), $"byte {at}");
            bytes[at] ^= 0x10;
        }
    }

    /// <summary>The rules for read-only tails tell a read from a write by this.</summary>
    [Fact]
    public void MembersThatDoNotWrite_AreReadOnly()
    {
        IEnumerable<string> writing = typeof(StructPage)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => m.GetCustomAttribute<IsReadOnlyAttribute>() == null)
            .Select(m => m.Name)
            .Order(StringComparer.Ordinal);
        Assert.Equal(["ClearHead", "SetHead", "SetTail", "set_FolioOrder", "set_HugeTlbFlags"], writing);
    }
}
